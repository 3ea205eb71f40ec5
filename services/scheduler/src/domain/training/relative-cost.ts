import type { TrainingObjective } from '../agents/policy-artifact.js';

/** How an episode went, as far as training looks. */
export interface EpisodeFigures {
  readonly jobCount: number;
  readonly finishedCount: number;
  readonly meanCompletionSeconds: number;
  readonly p95CompletionSeconds: number;
  readonly executorSeconds: number;
}

/** An episode in which jobs were left undone costs so many times what the heuristic's did. */
const unfinishedCost = 3;

/** What is made small, seconds: mean completion time + tail x its 95th percentile + lambda x executor-seconds of a job. */
export function costOf({ lambda, tail }: TrainingObjective, { jobCount, meanCompletionSeconds, p95CompletionSeconds, executorSeconds }: EpisodeFigures): number {
  return meanCompletionSeconds + tail * p95CompletionSeconds + (lambda * executorSeconds) / jobCount;
}

/** Cost against that of the heuristic in the same episode, so that long and short episodes weigh the same: below 1 is better. */
export function relativeCost(objective: TrainingObjective, figures: EpisodeFigures, heuristic: EpisodeFigures): number {
  if (figures.finishedCount < figures.jobCount) return unfinishedCost;
  return costOf(objective, figures) / costOf(objective, heuristic);
}
