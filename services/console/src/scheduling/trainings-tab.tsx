import type { ReactElement } from 'react';
import { useRenewal } from '../anomalies/use-renewal.js';
import { listEvaluations, listTrainings } from '../api/schedule-calls.js';
import type { Evaluation, LearningStatus } from '../api/schedule-shapes.js';
import { usePages, type Pages } from '../api/use-pages.js';
import { LoadMore } from '../parts/load-more.js';
import { CommandLine, NothingYet } from './command-line.js';
import { EvaluationCard, TrainingCard } from './training-card.js';
import { isUnderWay } from './training-words.js';
import { Waiting } from './waiting.js';

const renewalMs = 5000;

/** Trainings and evaluations, the latest first: how far they are, and what came of them. */
export function TrainingsTab(): ReactElement {
  const trainings = usePages('trainings', listTrainings);
  const evaluations = usePages('evaluations', listEvaluations);
  useJobRenewal(trainings);
  useJobRenewal(evaluations);
  if (trainings.problem?.status === 404) return <NotKept />;
  if (isEmpty(trainings) && isEmpty(evaluations)) return <NoneYet />;
  return (
    <>
      {trainings.items.length === 0 && trainings.isLoading && <Waiting what="the trainings" />}
      {trainings.items.length > 0 && (
        <section aria-label="Trainings">
          <h2>Trainings</h2>
          <ul className="experiments">
            {trainings.items.map((training, index) => (
              <TrainingCard key={training.training_id} training={training} isOpenAtFirst={index === 0} />
            ))}
          </ul>
        </section>
      )}
      <LoadMore pages={trainings} />
      <EvaluationList pages={evaluations} />
    </>
  );
}

function EvaluationList({ pages }: { readonly pages: Pages<Evaluation> }): ReactElement {
  return (
    <section aria-label="Evaluations">
      <h2>Evaluations</h2>
      {isEmpty(pages) && (
        <div className="next-step">
          <p className="muted">Nothing was compared yet. An evaluation runs policies on the same sequences of jobs:</p>
          <CommandLine command="npx orrery schedule evaluate" />
        </div>
      )}
      <ul className="experiments">
        {pages.items.map((evaluation, index) => (
          <EvaluationCard key={evaluation.evaluation_id} evaluation={evaluation} isOpenAtFirst={index === 0} />
        ))}
      </ul>
      <LoadMore pages={pages} />
    </section>
  );
}

const isEmpty = ({ isReady, items, problem }: Pick<Pages<unknown>, 'isReady' | 'items' | 'problem'>): boolean => isReady && items.length === 0 && problem === undefined;

/** Renews a list while something of it is under way, and more rarely otherwise; later pages would be lost. */
function useJobRenewal({ items, isReady, isLoading, problem, hasMore, reload }: Omit<Pages<{ readonly status: LearningStatus }>, 'update'>): void {
  const isChanging = items.some(({ status }) => isUnderWay(status));
  useRenewal(isReady && problem === undefined && !isLoading && !hasMore, isChanging ? renewalMs : 6 * renewalMs, reload);
}

function NoneYet(): ReactElement {
  const text = 'A training learns from made-up jobs, or from your own runs, and publishes a policy only if it is better than the tuned heuristic beyond chance.';
  return <NothingYet title="Nothing was trained yet" text={text} command="npx orrery schedule train" />;
}

function NotKept(): ReactElement {
  return (
    <div className="empty">
      <h2>This platform trains no policies</h2>
      <p>Its scheduler is older than this page.</p>
    </div>
  );
}
