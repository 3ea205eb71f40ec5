import type { ReactElement } from 'react';
import { TextFilter } from '../pages/filter-bar.js';
import { LoadMore } from '../parts/load-more.js';
import { useNow } from '../parts/use-now.js';
import { changeQuery } from '../routing/use-route.js';
import { NothingYet } from './command-line.js';
import { DecisionCard } from './decision-card.js';
import { DecisionSummaryCard } from './decision-summary.js';
import { fallbackChoices } from './decision-words.js';
import { useDecisions } from './use-decisions.js';
import { Waiting } from './waiting.js';

interface DecisionFilter {
  readonly fallback: string;
  readonly run: string;
  readonly scheduler: string;
}

const filterOf = (query: URLSearchParams): DecisionFilter => ({ fallback: query.get('fallback') ?? '', run: query.get('run') ?? '', scheduler: query.get('scheduler') ?? '' });

const clear = (): void => {
  changeQuery({ fallback: null, run: null, scheduler: null });
};

/** What was started and why, where a policy did otherwise than the heuristic, and where that stood in. */
export function DecisionsTab({ query }: { readonly query: URLSearchParams }): ReactElement {
  const filter = filterOf(query);
  const pages = useDecisions({ fallback: filter.fallback, run_id: filter.run, scheduler: filter.scheduler });
  const { items, isReady, isLoading, problem } = pages;
  const isNarrowed = Object.values(filter).some((value) => value !== '');
  const isEmpty = isReady && items.length === 0 && problem === undefined;
  return (
    <>
      {(!isEmpty || isNarrowed) && <Filters filter={filter} isNarrowed={isNarrowed} />}
      {items.length > 0 && <DecisionSummaryCard decisions={items} />}
      {items.length > 0 && <DecisionList pages={pages} />}
      {items.length === 0 && isLoading && <Waiting what="the decisions" />}
      {isEmpty && (isNarrowed ? <NoMatch /> : <NoneYet />)}
      <LoadMore pages={pages} />
    </>
  );
}

function Filters({ filter: { fallback, run, scheduler }, isNarrowed }: { readonly filter: DecisionFilter; readonly isNarrowed: boolean }): ReactElement {
  return (
    <div className="filters" role="search">
      <TextFilter value={run} label="Run" placeholder="Any run" change={(text) => { changeQuery({ run: text }); }} />
      <TextFilter value={scheduler} label="Scheduler" placeholder="Any scheduler" change={(text) => { changeQuery({ scheduler: text }); }} />
      <select aria-label="Who decided" value={fallback} onChange={(event) => { changeQuery({ fallback: event.target.value }); }}>
        {fallbackChoices.map(([value, word]) => (
          <option key={value} value={value}>
            {word}
          </option>
        ))}
      </select>
      <button type="button" className={`quiet${isNarrowed ? '' : ' is-absent'}`} disabled={!isNarrowed} onClick={clear}>
        Clear
      </button>
    </div>
  );
}

function DecisionList({ pages: { items } }: { readonly pages: ReturnType<typeof useDecisions> }): ReactElement {
  const nowMs = useNow(true, 15_000);
  return (
    <ol className="decisions" aria-label="Decisions, the latest first">
      {items.map((decision) => (
        <DecisionCard key={decision.decision_id} decision={decision} nowMs={nowMs} />
      ))}
    </ol>
  );
}

function NoneYet(): ReactElement {
  const text = 'Whenever slots are free, an engine asks what to start next. Run a pipeline, and each answer is listed here with its reason.';
  return <NothingYet title="Nothing was decided yet" text={text} command="npx orrery run pipeline.yaml" />;
}

function NoMatch(): ReactElement {
  return (
    <div className="empty">
      <h2>No decision matches</h2>
      <p>Nothing that was decided fits these filters. Old decisions are not kept for ever.</p>
      <button type="button" onClick={clear}>
        Show all
      </button>
    </div>
  );
}
