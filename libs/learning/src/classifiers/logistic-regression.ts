import { softmaxInPlace } from '../gbdt/gbdt-model.js';
import { expectLabelledRows, type LabelledRows } from './labelled-rows.js';

/** Linear scores of classes over standardised features. */
export interface LogisticRegression {
  readonly featureCount: number;
  readonly classCount: number;
  /** What stands in for a missing value, and is taken off each. */
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
  /** Row-major, [classCount, featureCount + 1]; the last of a class is its intercept. */
  readonly weights: Float64Array;
}

export interface LogisticOptions {
  /** Weight of the squared norm of the weights beside the mean loss. @default 1e-4 */
  readonly l2?: number;
  /** Most steps over all rows. @default 200 */
  readonly steps?: number;
}

/** Steps end when no gradient is larger. */
const tolerance = 1e-4;

/**
 * Multinomial logistic regression by accelerated gradient steps over all rows (Nesterov 1983, as FISTA in Beck and Teboulle 2009,
 * doi 10.1137/080716542, with restarts); deterministic.
 *
 * @throws ORRERY_VALIDATION when shapes or classes do not fit together.
 */
export function fitLogisticRegression(rows: LabelledRows, { l2 = 1e-4, steps = 200 }: LogisticOptions = {}): LogisticRegression {
  expectLabelledRows(rows);
  const { mean, deviation } = scaleOf(rows);
  const standard = standardised(rows, mean, deviation);
  const width = rows.featureCount + 1;
  // The softmax loss curves at most half as much as the rows' second moments. Source: Böhning 1992, doi 10.1007/BF00048682.
  const step = 1 / (0.5 * largestCurvature(standard) + l2);
  let weights = new Float64Array(rows.classCount * width);
  let ahead = weights.slice();
  let momentum = 1;
  for (let index = 0; index < steps; index++) {
    const gradient = gradientOf(rows, standard, ahead, l2);
    if (gradient.every((value) => Math.abs(value) < tolerance)) break;
    const next = ahead.map((value, at) => value - step * (gradient[at] as number));
    // Momentum that points uphill is dropped (O'Donoghue and Candès 2015).
    const isUphill = gradient.reduce((sum, value, at) => sum + value * ((next[at] as number) - (weights[at] as number)), 0) > 0;
    const grown = isUphill ? 1 : (1 + Math.sqrt(1 + 4 * momentum ** 2)) / 2;
    const carried = isUphill ? 0 : (momentum - 1) / grown;
    const last = weights;
    ahead = next.map((value, at) => value + carried * (value - (last[at] as number)));
    weights = next;
    momentum = grown;
  }
  return { featureCount: rows.featureCount, classCount: rows.classCount, mean, deviation, weights };
}

/** The probability of each class. @param out of classCount values. */
export function predictLogistic(model: LogisticRegression, row: Float32Array, out: Float64Array, offset = 0): Float64Array {
  const { featureCount, classCount, mean, deviation, weights } = model;
  for (let index = 0; index < classCount; index++) out[index] = weights[index * (featureCount + 1) + featureCount] as number;
  for (let feature = 0; feature < featureCount; feature++) {
    const value = standardValue(row[offset + feature] as number, mean[feature] as number, deviation[feature] as number);
    for (let index = 0; index < classCount; index++) out[index] = (out[index] as number) + value * (weights[index * (featureCount + 1) + feature] as number);
  }
  return softmaxInPlace(out);
}

function standardValue(value: number, mean: number, deviation: number): number {
  return Number.isNaN(value) ? 0 : (value - mean) / deviation;
}

function scaleOf({ features, rowCount, featureCount }: LabelledRows): { mean: Float64Array; deviation: Float64Array } {
  const mean = new Float64Array(featureCount);
  const deviation = new Float64Array(featureCount);
  for (let feature = 0; feature < featureCount; feature++) {
    let [count, sum, squares] = [0, 0, 0];
    for (let row = 0; row < rowCount; row++) {
      const value = features[row * featureCount + feature] as number;
      if (Number.isNaN(value)) continue;
      // Welford 1962.
      count++;
      const before = sum;
      sum += (value - sum) / count;
      squares += (value - before) * (value - sum);
    }
    mean[feature] = sum;
    deviation[feature] = Math.sqrt(squares / Math.max(count, 1)) || 1;
  }
  return { mean, deviation };
}

/** One array a row, of featureCount + 1 values, the last 1 for the intercept. */
function standardised({ features, rowCount, featureCount }: LabelledRows, mean: Float64Array, deviation: Float64Array): readonly Float64Array[] {
  return Array.from({ length: rowCount }, (_, row) => {
    const values = new Float64Array(featureCount + 1).fill(1);
    for (let feature = 0; feature < featureCount; feature++) {
      values[feature] = standardValue(features[row * featureCount + feature] as number, mean[feature] as number, deviation[feature] as number);
    }
    return values;
  });
}

/** Of the mean loss and the norm, class after class as the weights lie. */
function gradientOf({ classes, classCount, featureCount }: LabelledRows, rows: readonly Float64Array[], weights: Float64Array, l2: number): Float64Array {
  const width = featureCount + 1;
  const gradient = weights.map((weight, at) => (at % width === featureCount ? 0 : l2 * weight));
  const ofClass = (values: Float64Array) => Array.from({ length: classCount }, (_, index) => values.subarray(index * width, (index + 1) * width));
  const [weightsOf, gradientsOf] = [ofClass(weights), ofClass(gradient)];
  const scores = new Float64Array(classCount);
  for (const [row, values] of rows.entries()) {
    weightsOf.forEach((ofOne, index) => (scores[index] = dot(values, ofOne)));
    softmaxInPlace(scores);
    gradientsOf.forEach((ofOne, index) => addTimes(ofOne, values, ((scores[index] as number) - (classes[row] === index ? 1 : 0)) / rows.length));
  }
  return gradient;
}

function dot(one: Float64Array, other: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < one.length; at++) sum += (one[at] as number) * (other[at] as number);
  return sum;
}

function addTimes(sum: Float64Array, values: Float64Array, factor: number): void {
  for (let at = 0; at < sum.length; at++) sum[at] = (sum[at] as number) + factor * (values[at] as number);
}

const powerSteps = 20;

/** The largest eigenvalue of the rows' second moments by power iteration, a tenth above for what it has not reached. */
function largestCurvature(rows: readonly Float64Array[]): number {
  let direction = rows[0]?.map(() => 1) ?? new Float64Array();
  let value = Math.sqrt(direction.length);
  for (let step = 0; step < powerSteps; step++) {
    direction = direction.map((part) => part / value);
    const next = new Float64Array(direction.length);
    for (const row of rows) addTimes(next, row, dot(row, direction) / rows.length);
    value = Math.sqrt(dot(next, next));
    direction = next;
  }
  return 1.1 * value;
}
