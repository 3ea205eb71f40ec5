import { huberSlope, pairwiseSlope, type LinePoint } from './robust-slope.js';
import { weightedMedian } from './weighted-quantile.js';

/** What to expect at x >= 0. */
export type GrowthCurve = (x: number) => number;

/**
 * A robust straight line through few points that lie orders of magnitude apart: one slope for all (the geometric mean of Huber's and the
 * pairwise one, which err differently), and a height taken from the points nearest to where it is asked. Null when all x are equal or the
 * response does not grow. Never below half the least response. Equivariant: scaling all x or all y scales the line.
 *
 * @example
 * growthLine([{ x: 0, y: 1, weight: 1 }, { x: 1, y: 3, weight: 1 }, { x: 2, y: 5, weight: 1 }])?.(10) // 21
 */
export function growthLine(points: readonly LinePoint[]): GrowthCurve | null {
  const slope = Math.sqrt(Math.max(0, pairwiseSlope(points)) * Math.max(0, huberSlope(points)));
  if (!(slope > 0)) return null;
  const heights = points.map(({ x, y }) => y - slope * x);
  const least = Math.min(...points.map(({ y }) => y)) / 2;
  return (x) => Math.max(least, slope * x + localMedian(points, heights, x));
}

/** The same in logarithms: a power law, for work that grows faster or slower than its input. Points need x > 0 and y > 0. */
export function growthPower(points: readonly LinePoint[]): GrowthCurve | null {
  const logs = points.map(({ x, y, weight }) => ({ x: Math.log(x), y: Math.log(y), weight }));
  const exponent = pairwiseSlope(logs);
  if (!(exponent > 0)) return null;
  const heights = logs.map(({ x, y }) => y - exponent * x);
  return (x) => Math.exp(exponent * Math.log(x) + localMedian(points, heights, x));
}

// A point of half or of twice the size counts half.
function localMedian(points: readonly LinePoint[], heights: readonly number[], x: number): number {
  const nearness = new Float64Array(points.length);
  for (let index = 0; index < points.length; index++) {
    const point = points[index];
    if (point !== undefined) nearness[index] = point.weight * Math.max(1e-9, point.x < x ? point.x / x : x / Math.max(point.x, Number.MIN_VALUE));
  }
  return weightedMedian(heights, nearness);
}
