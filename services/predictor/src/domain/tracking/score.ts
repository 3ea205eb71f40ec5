/** How near a prediction came: within 10 %, 25 %, 50 % of what really happened, or further off. */
export type Grade = 'excellent' | 'good' | 'fair' | 'poor';

export interface Interval {
  readonly p10: number;
  readonly p50: number;
  readonly p90: number;
}

/** What an interval was worth. */
export interface IntervalScore {
  /** |p50 - actual| / actual. */
  readonly ape: number;
  readonly grade: Grade;
  /** Mean pinball loss of the three quantiles, divided by the actual value. */
  readonly pinball: number;
  readonly isCovered: boolean;
}

const levels = [0.1, 0.5, 0.9] as const;

/** The class of an absolute percentage error, 0.1 being 10 %. */
export function gradeOf(ape: number): Grade {
  if (ape <= 0.1) return 'excellent';
  if (ape <= 0.25) return 'good';
  return ape <= 0.5 ? 'fair' : 'poor';
}

/**
 * The loss that the quantile itself makes smallest: `level` a unit below the actual value, `1 - level` a unit above.
 * Source: Koenker and Bassett, Regression quantiles, 1978, doi 10.2307/1913643.
 */
export function pinballLoss(level: number, predicted: number, actual: number): number {
  return Math.max(level * (actual - predicted), (level - 1) * (actual - predicted));
}

/**
 * Scores an interval against what really happened.
 *
 * @param actual above zero: nothing is within a percentage of zero.
 * @example scoreInterval({ p10: 80, p50: 100, p90: 130 }, 125) // { ape: 0.2, grade: 'good', pinball: 0.052, isCovered: true }
 */
export function scoreInterval({ p10, p50, p90 }: Interval, actual: number): IntervalScore {
  const ape = Math.abs(p50 - actual) / actual;
  const losses = [p10, p50, p90].map((predicted, index) => pinballLoss(levels[index] ?? 0.5, predicted, actual));
  return { ape, grade: gradeOf(ape), pinball: losses.reduce((sum, loss) => sum + loss, 0) / losses.length / actual, isCovered: p10 <= actual && actual <= p90 };
}

/** Squared distance of a probability from what happened. Source: Brier 1950, doi 10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2. */
export function brierScore(probability: number, hasHappened: boolean): number {
  return (probability - Number(hasHappened)) ** 2;
}
