import { madConsistency, median } from '@orrery/stats';
import { weightedMedian } from './weighted-quantile.js';

/** One observation of a response y >= 0 at x >= 0; a greater weight counts more. */
export interface LinePoint {
  readonly x: number;
  readonly y: number;
  readonly weight: number;
}

// Up to here every pair is looked at; beyond, each point is paired with the one half the points further on, which keeps the cost linear.
const pairwiseLimit = 12;
const huberRounds = 4;
// Residuals beyond three robust deviations lose influence. The deviation is at least a tenth of the usual response, since six points can lie on
// a line by chance.
const huberDeviations = 3;
const leastRelativeDeviation = 0.1;

/**
 * The weighted median of the slopes between pairs of points, a pair counting as much as its points are apart; NaN when all x are equal.
 *
 * Source: Sievers, Weighted rank statistics for simple linear regression, 1978, doi 10.1080/01621459.1978.10480067; the half-lag pairs are
 * Hussain and Sprent's, 1983.
 */
export function pairwiseSlope(points: readonly LinePoint[]): number {
  const isSmall = points.length <= pairwiseLimit;
  const sorted = isSmall ? points : [...points].sort((left, right) => left.x - right.x || left.y - right.y);
  const lag = isSmall ? 1 : sorted.length >> 1;
  const slopes: number[] = [];
  const weights: number[] = [];
  for (let from = 0; from + lag < sorted.length; from++) {
    const last = isSmall ? sorted.length - 1 : from + lag;
    for (let to = from + lag; to <= last; to++) {
      const one = sorted[from];
      const other = sorted[to];
      if (one === undefined || other === undefined || one.x === other.x) continue;
      slopes.push((other.y - one.y) / (other.x - one.x));
      weights.push(Math.abs(other.x - one.x) * one.weight * other.weight);
    }
  }
  return weights.some((weight) => weight > 0) ? weightedMedian(slopes, weights) : Number.NaN;
}

/** Weighted least squares through the points; the slope is NaN when all x are equal. */
export function leastSquares(points: readonly LinePoint[], weights: readonly number[] = points.map(({ weight }) => weight)): { readonly slope: number; readonly intercept: number } {
  let total = 0;
  let meanX = 0;
  let meanY = 0;
  points.forEach(({ x, y }, index) => {
    const weight = weights[index] ?? 0;
    total += weight;
    meanX += weight * x;
    meanY += weight * y;
  });
  meanX /= total;
  meanY /= total;
  let spread = 0;
  let joint = 0;
  points.forEach(({ x, y }, index) => {
    const weight = weights[index] ?? 0;
    spread += weight * (x - meanX) ** 2;
    joint += weight * (x - meanX) * (y - meanY);
  });
  const slope = spread > 0 ? joint / spread : Number.NaN;
  return { slope, intercept: meanY - slope * meanX };
}

/**
 * The slope of least squares whose outliers lose influence; NaN when all x are equal.
 *
 * Source: Huber, Robust estimation of a location parameter, 1964, by iteratively reweighted least squares.
 */
export function huberSlope(points: readonly LinePoint[]): number {
  const floor = leastRelativeDeviation * median(points.map(({ y }) => Math.abs(y)));
  let weights = points.map(({ weight }) => weight);
  let line = leastSquares(points, weights);
  for (let round = 1; round < huberRounds && Number.isFinite(line.slope); round++) {
    const { slope, intercept } = line;
    const distances = points.map(({ x, y }) => Math.abs(y - intercept - slope * x));
    const greatest = Math.max(...distances);
    // Most fits have no outlier and need no sorting.
    if (greatest <= huberDeviations * floor) return slope;
    const bound = huberDeviations * (madConsistency * median(distances) + floor);
    if (greatest <= bound) return slope;
    weights = points.map(({ weight }, index) => weight * Math.min(1, bound / Math.max(distances[index] ?? 0, Number.MIN_VALUE)));
    line = leastSquares(points, weights);
  }
  return line.slope;
}
