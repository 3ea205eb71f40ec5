import { useMemo, useRef, type ReactElement } from 'react';
import { AnomalyCard } from '../anomalies/anomaly-card.js';
import { AnomalyFilterBar } from '../anomalies/anomaly-filter-bar.js';
import { addressQueryOf, anomalyFilterOf, atFirst, isChanged, type AnomalyFilter } from '../anomalies/anomaly-filter.js';
import { useAnomalies, type AnomalyPages } from '../anomalies/use-anomalies.js';
import type { Anomaly } from '../api/anomaly-shapes.js';
import { LoadMore } from '../parts/load-more.js';
import { Plain } from '../parts/plain.js';
import { useNow } from '../parts/use-now.js';
import { runAddress, runsAddress } from '../routing/route.js';
import { changeQuery } from '../routing/use-route.js';
import { useTitle } from './use-title.js';

/** What is not as usual anywhere, what was seen last first, and what can be done about it. */
export function AnomaliesPage({ query }: { readonly query: URLSearchParams }): ReactElement {
  useTitle('Anomalies');
  const filter = useMemo(() => anomalyFilterOf(query), [query]);
  const list = useAnomalies(filter);
  const { items, isReady, isLoading, problem } = list.pages;
  const workflows = useSeenWorkflows(items);
  const isUnknown = problem?.status === 404;
  const isEmpty = isReady && items.length === 0 && problem === undefined;
  const change = (part: Partial<AnomalyFilter>): void => {
    changeQuery(addressQueryOf({ ...filter, ...part }));
  };
  return (
    <div className="page page-anomalies">
      <div className="page-head">
        <h1>Anomalies</h1>
      </div>
      <p className="muted lead">What is not as it usually is: tasks and workflows that were slow, grew, failed more often, or did not start.</p>
      {!isUnknown && <AnomalyFilterBar filter={filter} change={change} workflows={workflows} />}
      {items.length > 0 && <AnomalyList list={list} />}
      {items.length === 0 && isLoading && <Waiting />}
      {isEmpty && <NothingFound filter={filter} reset={() => { change(atFirst); }} />}
      {isUnknown ? <NotKept /> : <LoadMore pages={list.pages} />}
    </div>
  );
}

function AnomalyList({ list: { pages, changed } }: { readonly list: AnomalyPages }): ReactElement {
  const nowMs = useNow(true, 15_000);
  return (
    <ul className="anomalies">
      {pages.items.map((anomaly) => (
        <AnomalyCard key={anomaly.anomaly_id} anomaly={anomaly} nowMs={nowMs} changed={changed}>
          <Places anomaly={anomaly} />
        </AnomalyCard>
      ))}
    </ul>
  );
}

/** Where it was seen: the workflow and the newest run that shows it. */
function Places({ anomaly }: { readonly anomaly: Anomaly }): ReactElement {
  const { workflow, task } = anomaly.subject;
  const latest = anomaly.run_ids.at(-1);
  return (
    <>
      {workflow !== null && workflow !== '' && (
        <span>
          <a href={runsAddress({ workflow })}>
            <Plain text={workflow} />
          </a>
          {task !== null && task !== '' && (
            <span className="muted">
              {' / '}
              <Plain text={task} />
            </span>
          )}
        </span>
      )}
      {latest !== undefined && <a href={runAddress(latest)}>{anomaly.run_ids.length > 1 ? `Latest of ${String(anomaly.run_ids.length)} runs` : 'Run'}</a>}
    </>
  );
}

function NothingFound({ filter, reset }: { readonly filter: AnomalyFilter; readonly reset: () => void }): ReactElement {
  if (!isChanged(filter)) {
    return (
      <div className="empty">
        <h2>Everything is as usual</h2>
        <p>Orrery learns from finished runs what is normal. What is not appears here by itself.</p>
      </div>
    );
  }
  return (
    <div className="empty">
      <h2>No anomaly matches</h2>
      <p>Nothing that was found fits these filters.</p>
      <button type="button" onClick={reset}>
        Show what is unresolved
      </button>
    </div>
  );
}

function NotKept(): ReactElement {
  return (
    <div className="empty">
      <h2>This platform keeps no baselines</h2>
      <p>Without them nothing is known of what is normal, and so nothing of anomalies.</p>
    </div>
  );
}

function Waiting(): ReactElement {
  return (
    <div className="waiting" aria-busy="true" aria-label="Reading the anomalies">
      {[0, 1, 2].map((line) => (
        <div key={line} className="shimmer shimmer-card" />
      ))}
    </div>
  );
}

/** Every workflow that was on the page so far: what the filter can offer. */
function useSeenWorkflows(anomalies: readonly Anomaly[]): readonly string[] {
  const seen = useRef(new Set<string>());
  return useMemo(() => {
    for (const { subject } of anomalies) if (subject.workflow !== null && subject.workflow !== '') seen.current.add(subject.workflow);
    return [...seen.current].sort();
  }, [anomalies]);
}
