import type { ReactElement } from 'react';
import { useRenewal } from '../anomalies/use-renewal.js';
import { listExperiments } from '../api/schedule-calls.js';
import { usePages } from '../api/use-pages.js';
import { LoadMore } from '../parts/load-more.js';
import { NothingYet } from './command-line.js';
import { ExperimentCard } from './experiment-card.js';
import { Waiting } from './waiting.js';

const renewalMs = 30_000;

/** Policies that are tried in drawn blocks of time or in shadow, the latest first. */
export function ExperimentsTab({ query }: { readonly query: URLSearchParams }): ReactElement {
  const pages = usePages('experiments', listExperiments);
  const { items, isReady, isLoading, problem, hasMore, reload } = pages;
  const sought = query.get('experiment');
  // What was loaded beyond the first page would be lost.
  useRenewal(isReady && problem === undefined && !isLoading && !hasMore, renewalMs, reload);
  if (problem?.status === 404) {
    return (
      <div className="empty">
        <h2>This platform makes no experiments</h2>
        <p>Its scheduler is older than this page.</p>
      </div>
    );
  }
  return (
    <>
      {items.length > 0 && (
        <ul className="experiments">
          {items.map((experiment, index) => (
            <ExperimentCard key={experiment.experiment_id} experiment={experiment} isOpenAtFirst={experiment.status === 'running' || experiment.experiment_id === sought || (index === 0 && sought === null)} isSought={experiment.experiment_id === sought} />
          ))}
        </ul>
      )}
      {items.length === 0 && isLoading && <Waiting what="the experiments" />}
      {isReady && items.length === 0 && problem === undefined && (
        <NothingYet title="Nothing was tried yet" text="An experiment lets a policy decide in drawn blocks of time, or in shadow without effect, and says what came of it once its horizon is reached." command="npx orrery experiment start trial --policy learned" />
      )}
      <LoadMore pages={pages} />
    </>
  );
}
