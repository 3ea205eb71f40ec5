import { contributions } from '@orrery/learning';
import { failureFacts } from './failure-facts.js';
import { failureFeatureTopics, featuresOf, type FailureTopic } from './failure-features.js';
import { failureProbability, type FailureModel } from './failure-model.js';
import { failureRate } from './failure-rate.js';
import { failureReasons } from './failure-reasons.js';
import type { FailureQuery, OutcomePoint } from './outcome-point.js';

export interface FailurePrediction {
  /** Of a failure, an error or a time-out. @minimum 0 @maximum 1 */
  readonly probability: number;
  /** The three that weigh most, in words; fewer where less is known. */
  readonly reasons: readonly string[];
  readonly basis: {
    /** `boosted_trees`: trained; `rate`: recent results; `assumption`: nothing is known. */
    readonly model: 'boosted_trees' | 'rate' | 'assumption';
    /** Results that were known. */
    readonly samples: number;
  };
}

/**
 * Predicts whether a run will fail, from what is known before it starts, and says why.
 *
 * @param model null while none is trained: recent results answer.
 * @param history at most the last 64 results, in any order; what ended after the moment that is asked for is not looked at.
 * @example
 * predictFailure(null, history, { atMs, attempt: 1, revision: 'a1b2', refName: 'main', trigger: 'push' }).reasons
 * // ['failed 6 of the last 10 runs (usually 1 of 10)', 'the last 3 runs failed', 'first run of this revision']
 */
export function predictFailure(model: FailureModel | null, history: readonly OutcomePoint[], query: FailureQuery): FailurePrediction {
  const facts = failureFacts(history, query);
  const samples = facts.points.length;
  if (model === null) {
    const { probability, weights } = failureRate(facts);
    return { probability, reasons: failureReasons(weights, facts, query), basis: { model: samples + facts.neighbours.length === 0 ? 'assumption' : 'rate', samples } };
  }
  const features = featuresOf(facts, query);
  const weights: Partial<Record<FailureTopic, number>> = {};
  contributions(model.trees, features).forEach((weight, feature) => {
    const topic = failureFeatureTopics[feature] ?? 'amount';
    weights[topic] = (weights[topic] ?? 0) + weight;
  });
  return { probability: failureProbability(model, features), reasons: failureReasons(weights, facts, query), basis: { model: 'boosted_trees', samples } };
}
