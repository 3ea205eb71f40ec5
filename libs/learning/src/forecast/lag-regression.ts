import { addRidge, factorise, solveFactorised, squareMatrix } from './linear-system.js';
import { meanOf, runningSums } from './observed-series.js';

export interface LagRegression {
  /** Which earlier values explain the next one, in steps back. */
  readonly lags: readonly number[];
  /** The ridge, as a share of the features' mean square. @minimum 0 */
  readonly ridge: number;
  /** The level that values are measured from: the mean of so many values before. */
  readonly levelLength: number;
}

/** Fewer rows than this teach nothing. */
const leastRows = 12;

/** Whether a history is long enough for {@link lagForecast}. */
export function canLearnLags(length: number, { lags }: LagRegression): boolean {
  return length - Math.max(...lags) >= leastRows;
}

/**
 * Linear autoregression by ridge on chosen lags, continued step by step; both sides are measured from the mean of the values just before, so that a series
 * that has moved is forecast where it is now.
 */
export function lagForecast(values: readonly number[], regression: LagRegression, horizon: number): number[] {
  const weights = fitted(values, regression);
  const sums = runningSums(values);
  const path = [...values];
  for (let step = 0; step < horizon; step++) {
    const at = path.length;
    const level = levelBefore(sums, at, regression.levelLength);
    const next = regression.lags.reduce((sum, lag, index) => sum + (weights[index] ?? 0) * ((path[at - lag] ?? level) - level), level);
    path.push(next);
    sums.push((sums[at] ?? 0) + next);
  }
  return path.slice(values.length);
}

function fitted(values: readonly number[], { lags, ridge, levelLength }: LagRegression): Float64Array {
  const matrix = squareMatrix(lags.length);
  const { cells } = matrix;
  const weights = new Float64Array(lags.length);
  const features = new Float64Array(lags.length);
  const sums = runningSums(values);
  const scale = spread(values);
  for (let at = Math.max(...lags); at < values.length; at++) {
    const level = levelBefore(sums, at, levelLength);
    for (let index = 0; index < lags.length; index++) features[index] = ((values[at - (lags[index] ?? 0)] ?? 0) - level) / scale;
    const target = ((values[at] ?? 0) - level) / scale;
    for (let row = 0; row < lags.length; row++) {
      const feature = features[row] ?? 0;
      const start = row * lags.length;
      weights[row] = (weights[row] ?? 0) + feature * target;
      for (let column = 0; column <= row; column++) cells[start + column] = (cells[start + column] ?? 0) + feature * (features[column] ?? 0);
    }
  }
  addRidge(matrix, ridge);
  return solveFactorised(factorise(matrix), weights);
}

function levelBefore(sums: readonly number[], at: number, length: number): number {
  const start = Math.max(0, at - length);
  return at === start ? 0 : ((sums[at] ?? 0) - (sums[start] ?? 0)) / (at - start);
}

function spread(values: readonly number[]): number {
  const mean = meanOf(values);
  return Math.sqrt(meanOf(values.map((value) => (value - mean) ** 2))) || 1;
}
