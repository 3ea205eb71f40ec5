import { OrreryError } from '@orrery/errors';
import { addRidge, factorise, solveFactorised, squareMatrix } from './linear-system.js';
import { windowMoments, type WindowMoments } from './window-moments.js';

/** A linear map from the last values of a series to its next ones, all measured from the last value. */
export interface NLinear {
  readonly inputLength: number;
  readonly horizon: number;
  /** Row by row, one row of `inputLength` weights a step. */
  readonly weights: Float64Array;
  /** One a step. */
  readonly intercepts: Float64Array;
}

export interface NLinearSettings {
  readonly inputLength: number;
  readonly horizon: number;
  /** As a share of the features' mean square; the one with the least squared error on the validation part is taken. */
  readonly ridges: readonly number[];
}

/** Series of one kind, which share the weights; each is one stretch without gaps. */
export type SeriesGroup = readonly (readonly number[])[];

export interface FittedNLinear {
  readonly model: NLinear;
  readonly ridge: number;
  /** Mean squared error over all windows and steps of the validation part. */
  readonly validationError: number;
}

/**
 * Fits the linear map in closed form to every window of the training part: the least-squares solution of what is usually found by gradient descent.
 *
 * Source: Zeng et al., Are Transformers Effective for Time Series Forecasting?, 2023, NLinear, https://arxiv.org/abs/2205.13504.
 * @param validation its first `inputLength` values may belong to the training part: they are only looked at.
 * @throws ORRERY_VALIDATION when no series is as long as one window.
 */
export function fitNLinear(training: SeriesGroup, validation: SeriesGroup, { inputLength, horizon, ridges }: NLinearSettings): FittedNLinear {
  const learnt = windowMoments(training, inputLength, horizon);
  const judged = windowMoments(validation, inputLength, horizon);
  if (learnt.count === 0 || judged.count === 0) {
    throw new OrreryError('ORRERY_VALIDATION', `no series is as long as a window of ${inputLength} + ${horizon} values, expected one for training and one for validation`);
  }
  const candidates = ridges.map((ridge) => {
    const model = solved(learnt, ridge, { inputLength, horizon });
    return { model, ridge, validationError: meanSquaredError(model, judged) };
  });
  return candidates.reduce((best, each) => (each.validationError < best.validationError ? each : best));
}

/** The next `horizon` values after a window of `inputLength` values. */
export function predictNLinear({ inputLength, horizon, weights, intercepts }: NLinear, window: ArrayLike<number>): Float64Array {
  const last = window[inputLength - 1] ?? 0;
  const path = new Float64Array(horizon);
  for (let step = 0; step < horizon; step++) {
    const start = step * inputLength;
    let sum = last + (intercepts[step] ?? 0);
    for (let index = 0; index < inputLength; index++) sum += (weights[start + index] ?? 0) * ((window[index] ?? 0) - last);
    path[step] = sum;
  }
  return path;
}

function solved({ count, products, sums, width }: WindowMoments, ridge: number, { inputLength, horizon }: Pick<NLinear, 'inputLength' | 'horizon'>): NLinear {
  const covariance = (row: number, column: number) => (products[row * width + column] ?? 0) - ((sums[row] ?? 0) * (sums[column] ?? 0)) / count;
  const matrix = squareMatrix(inputLength);
  for (let row = 0; row < inputLength; row++) for (let column = 0; column <= row; column++) matrix.cells[row * inputLength + column] = covariance(row, column);
  addRidge(matrix, ridge);
  const factor = factorise(matrix);
  const weights = new Float64Array(horizon * inputLength);
  const intercepts = new Float64Array(horizon);
  for (let step = 0; step < horizon; step++) {
    const rightHandSide = Float64Array.from({ length: inputLength }, (_, row) => covariance(row, inputLength + step));
    const row = solveFactorised(factor, rightHandSide);
    weights.set(row, step * inputLength);
    intercepts[step] = ((sums[inputLength + step] ?? 0) - row.reduce((sum, weight, index) => sum + weight * (sums[index] ?? 0), 0)) / count;
  }
  return { inputLength, horizon, weights, intercepts };
}

/** The squared error over all windows, from their moments alone: no window is visited. */
function meanSquaredError({ inputLength, horizon, weights, intercepts }: NLinear, { count, products, sums, squares, width }: WindowMoments): number {
  let total = 0;
  for (let step = 0; step < horizon; step++) {
    const target = inputLength + step;
    const intercept = intercepts[step] ?? 0;
    let error = (squares[step] ?? 0) + count * intercept * intercept - 2 * intercept * (sums[target] ?? 0);
    for (let row = 0; row < inputLength; row++) {
      const weight = weights[step * inputLength + row] ?? 0;
      let product = 0;
      for (let column = 0; column < inputLength; column++) product += (weights[step * inputLength + column] ?? 0) * (products[row * width + column] ?? 0);
      error += weight * (product - 2 * (products[row * width + target] ?? 0) + 2 * intercept * (sums[row] ?? 0));
    }
    total += error;
  }
  return total / (count * horizon);
}
