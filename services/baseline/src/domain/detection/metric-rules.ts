import type { MetricName } from '@orrery/contracts';
import { durationText, sizeText, trimmed } from '../wording.js';
import type { FindingType } from './finding.js';

/** When one metric is not as usual. A value must be both unlikely (deviations) and worth a person's time (ratio, least difference). */
export interface MetricRule {
  readonly metric: MetricName;
  readonly type: FindingType;
  readonly cause: string;
  readonly side: 'above' | 'below';
  /** Robust deviations beyond which it is a warning, and critical. */
  readonly warningZ: number;
  readonly criticalZ: number;
  /** Times (below: parts of) the median that it must reach to be a warning, and critical. */
  readonly warningRatio: number;
  readonly criticalRatio: number;
  /** Times a high quantile of the latest values that it must reach: what happens each week is no news. Not for `below`. */
  readonly beyond: { readonly quantile: number; readonly ratio: number } | null;
  /** Difference to the median, in the metric's unit, below which nobody cares. */
  readonly leastDifference: number;
  readonly unit: string;
  readonly say: (value: number) => string;
  /** What the sentence calls it: "build took 14 min". */
  readonly verb: string;
  readonly title: string;
}

const tokens = (value: number) => `${trimmed(value)} tokens`;
const high = { side: 'above', warningZ: 3, criticalZ: 5, criticalRatio: 10, beyond: { quantile: 0.99, ratio: 1.2 } } as const;
const low = { side: 'below', warningZ: 3, criticalZ: 6, warningRatio: 5, criticalRatio: 50, beyond: null } as const;

/**
 * The bounds of durations were chosen on half of the repositories of a public collection of CI runs: the ones with the highest recall of a
 * single run made three times as slow, at one run in a hundred flagged. Deviations alone flag more than twice as many, as durations have heavy tails.
 */
export const metricRules: readonly MetricRule[] = [
  {
    ...{ metric: 'duration', type: 'duration', cause: 'duration:slow', side: 'above', warningZ: 2, criticalZ: 3, warningRatio: 2.1, criticalRatio: 3 },
    ...{ beyond: { quantile: 0.9, ratio: 1.45 }, leastDifference: 2000, unit: 'ms', say: durationText, verb: 'took', title: 'slower than usual' },
  },
  { ...low, metric: 'duration', type: 'duration', cause: 'duration:fast', warningRatio: 10, leastDifference: 5000, unit: 'ms', say: durationText, verb: 'took only', title: 'faster than usual' },
  {
    ...{ metric: 'memory', type: 'memory', cause: 'memory:high', side: 'above', warningZ: 0, criticalZ: 3, warningRatio: 1.5, criticalRatio: 3 },
    ...{ beyond: { quantile: 1, ratio: 1.5 }, leastDifference: 8 * 2 ** 20, unit: 'By', say: sizeText, verb: 'used', title: 'more memory than ever' },
  },
  { ...high, metric: 'queueTime', type: 'queue_time', cause: 'queue_time:long', warningRatio: 3, leastDifference: 60_000, unit: 'ms', say: durationText, verb: 'waited', title: 'waited longer than usual' },
  { ...high, metric: 'outputSize', type: 'output_size', cause: 'output_size:large', warningRatio: 3, leastDifference: 2 ** 20, unit: 'By', say: sizeText, verb: 'wrote', title: 'wrote more than usual' },
  { ...low, metric: 'outputSize', type: 'output_size', cause: 'output_size:small', leastDifference: 2 ** 16, unit: 'By', say: sizeText, verb: 'wrote only', title: 'wrote less than usual' },
  { ...high, metric: 'cost', type: 'cost', cause: 'cost:high', warningRatio: 2, leastDifference: 0.01, unit: 'USD', say: (value) => `${trimmed(value)} USD`, verb: 'cost', title: 'cost more than usual' },
  { ...high, metric: 'inputTokens', type: 'tokens', cause: 'tokens:input', warningRatio: 2, leastDifference: 1000, unit: '{token}', say: tokens, verb: 'read', title: 'read more tokens than usual' },
  { ...high, metric: 'outputTokens', type: 'tokens', cause: 'tokens:output', warningRatio: 2, leastDifference: 500, unit: '{token}', say: tokens, verb: 'wrote', title: 'wrote more tokens than usual' },
];
