import type { FailureFacts } from './failure-facts.js';
import type { TopicWeights } from './failure-reasons.js';
import { fadingTallyOf, tallyOf, type Tally } from './tally.js';

/** Of a run that nothing is known of: one in five fails. An assumption, and soon outweighed. */
const assumedRate = 0.2;

/** How many runs the coarser rate counts as beside the finer one's own. */
const strength = { neighbours: 4, recent: 1, follows: 4, revision: 2 };

export interface FailureRate {
  readonly probability: number;
  /** How far each step of the back-off moved the log odds. */
  readonly weights: TopicWeights;
}

/**
 * The risk without a trained model: from what is assumed over the repository's and the workflow's own recent results to those after a result like the latest
 * and on the revision itself. Each is the mean of a Beta posterior whose prior is the coarser rate.
 */
export function failureRate(facts: FailureFacts): FailureRate {
  const neighbours = posterior(tallyOf(facts.neighbours.slice(-10)), assumedRate, strength.neighbours);
  const recent = posterior(fadingTallyOf(facts.points), neighbours, strength.recent);
  // A revision that never ran may end otherwise than the runs just before: what counts is how first runs end.
  const isFirst = facts.sameRevision?.length === 0;
  const follows = posterior(isFirst ? fadingTallyOf(facts.firstRuns) : facts.afterSuch, recent, strength.follows);
  const probability = posterior(tallyOf((facts.sameRevision ?? []).slice(-5)), follows, strength.revision);
  return {
    probability,
    weights: {
      neighbours: logOdds(neighbours) - logOdds(assumedRate),
      recent: logOdds(recent) - logOdds(neighbours),
      [isFirst ? 'revision' : 'streak']: logOdds(follows) - logOdds(recent),
      ...(isFirst ? {} : { revision: logOdds(probability) - logOdds(follows) }),
    },
  };
}

function posterior({ failed, runs }: Tally, prior: number, priorRuns: number): number {
  return (failed + priorRuns * prior) / (runs + priorRuns);
}

function logOdds(probability: number): number {
  return Math.log(probability / (1 - probability));
}
