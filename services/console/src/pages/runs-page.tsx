import { useMemo, useRef, type ReactElement } from 'react';
import type { Run } from '../api/wire-shapes.js';
import { LiveDot } from '../parts/live-dot.js';
import { LoadMore } from '../parts/load-more.js';
import { changeQuery } from '../routing/use-route.js';
import { FilterBar } from './filter-bar.js';
import { NoRunsYet } from './no-runs-yet.js';
import { filterOf, isNarrowed, queryOfFilter, type RunFilter } from './run-filter.js';
import { RunTable } from './run-table.js';
import { useRuns } from './use-runs.js';
import { useTitle } from './use-title.js';

const none: RunFilter = { engine: '', workflow: '', text: '', standing: '' };

/** All runs of all engines, newest first. */
export function RunsPage({ query }: { readonly query: URLSearchParams }): ReactElement {
  useTitle('Runs');
  const filter = useMemo(() => filterOf(query), [query]);
  const { pages, feed } = useRuns(filter);
  const seen = useSeenNames(pages.items);
  const isEmpty = pages.isReady && pages.items.length === 0 && pages.problem === undefined;
  const change = (part: Partial<RunFilter>): void => {
    const next = queryOfFilter({ ...filter, ...part });
    changeQuery(Object.fromEntries(Object.entries(next).map(([name, value]) => [name, value === '' ? null : value])));
  };
  return (
    <div className="page">
      <div className="page-head">
        <h1>Runs</h1>
        <LiveDot state={feed} />
      </div>
      {!(isEmpty && !isNarrowed(filter)) && <FilterBar filter={filter} change={change} engines={seen.engines} workflows={seen.workflows} />}
      {pages.items.length > 0 && <RunTable runs={pages.items} />}
      {pages.items.length === 0 && pages.isLoading && <Waiting />}
      {isEmpty && (isNarrowed(filter) ? <NothingMatches reset={() => { change(none); }} /> : <NoRunsYet />)}
      <LoadMore pages={pages} />
    </div>
  );
}

function NothingMatches({ reset }: { readonly reset: () => void }): ReactElement {
  return (
    <div className="empty">
      <h2>No run matches</h2>
      <p>Nothing that was sent here fits these filters.</p>
      <button type="button" onClick={reset}>
        Show all runs
      </button>
    </div>
  );
}

function Waiting(): ReactElement {
  return (
    <div className="waiting" aria-busy="true" aria-label="Reading the runs">
      {[0, 1, 2, 3, 4, 5].map((line) => (
        <div key={line} className="shimmer" />
      ))}
    </div>
  );
}

interface SeenNames {
  readonly engines: readonly string[];
  readonly workflows: readonly string[];
}

/** Every engine and workflow that was on the page so far: what the filters can offer. */
function useSeenNames(runs: readonly Run[]): SeenNames {
  const seen = useRef({ engines: new Set<string>(), workflows: new Set<string>() });
  return useMemo(() => {
    for (const { engine, workflow } of runs) {
      if (engine !== null) seen.current.engines.add(engine);
      if (workflow !== null) seen.current.workflows.add(workflow);
    }
    return { engines: [...seen.current.engines].sort(), workflows: [...seen.current.workflows].sort() };
  }, [runs]);
}
