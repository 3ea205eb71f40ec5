import { OrreryError } from '@orrery/errors';

export interface ClassMetrics {
  /** Of the rows that were called so, those that were so; 0 when none were called so. */
  readonly precision: number;
  /** Of the rows that were so, those that were called so; 0 when none were so. */
  readonly recall: number;
  readonly f1: number;
  /** Rows that were so. */
  readonly support: number;
}

export interface ClassificationMetrics {
  readonly accuracy: number;
  readonly byClass: readonly ClassMetrics[];
  /** The plain mean of the classes' values over those that occur, in truth or in predictions. */
  readonly macro: { readonly precision: number; readonly recall: number; readonly f1: number };
  /** confusion[truth][predicted]: rows. */
  readonly confusion: readonly (readonly number[])[];
}

/**
 * How well predicted classes match the truth; classes are whole numbers from 0. Without rows every share is 0.
 *
 * @throws ORRERY_VALIDATION when the lengths differ or a class is out of range.
 * @example
 * classificationMetrics([0, 1, 1], [0, 1, 0], 2).accuracy // 0.667
 */
export function classificationMetrics(truth: ArrayLike<number>, predicted: ArrayLike<number>, classes: number): ClassificationMetrics {
  expectPairs(truth, predicted);
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  let right = 0;
  for (let row = 0; row < truth.length; row++) {
    const [isClass, called] = [truth[row] as number, predicted[row] as number];
    const counts = confusion[isClass];
    if (counts?.[called] === undefined) throw new OrreryError('ORRERY_VALIDATION', `row ${row}: expected classes below ${classes}, got ${isClass} and ${called}`);
    counts[called] = (counts[called] ?? 0) + 1;
    if (isClass === called) right++;
  }
  const byClass = confusion.map((counts, index) => classMetrics(confusion, counts, index));
  const occurring = byClass.filter(({ support }, index) => support > 0 || confusion.some((counts) => (counts[index] ?? 0) > 0));
  const mean = (value: (metrics: ClassMetrics) => number) => share(occurring.reduce((sum, metrics) => sum + value(metrics), 0), occurring.length);
  return {
    accuracy: share(right, truth.length),
    byClass,
    macro: { precision: mean(({ precision }) => precision), recall: mean(({ recall }) => recall), f1: mean(({ f1 }) => f1) },
    confusion,
  };
}

function classMetrics(confusion: readonly (readonly number[])[], counts: readonly number[], index: number): ClassMetrics {
  const right = counts[index] ?? 0;
  const support = counts.reduce((sum, count) => sum + count, 0);
  const called = confusion.reduce((sum, row) => sum + (row[index] ?? 0), 0);
  return { precision: share(right, called), recall: share(right, support), f1: share(2 * right, support + called), support };
}

const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

/** Mean squared distance of probabilities from what happened (Brier 1950). @param truth 0 or 1. */
export function brierScore(truth: ArrayLike<number>, probabilities: ArrayLike<number>): number {
  expectPairs(truth, probabilities);
  let sum = 0;
  for (let row = 0; row < truth.length; row++) sum += ((truth[row] as number) - (probabilities[row] as number)) ** 2;
  return sum / truth.length;
}

/** Keeps the loss of a certain and wrong prediction finite. */
const leastProbability = 1e-15;

/** Mean negative log likelihood in nats. @param truth 0 or 1. */
export function logLoss(truth: ArrayLike<number>, probabilities: ArrayLike<number>): number {
  expectPairs(truth, probabilities);
  let sum = 0;
  for (let row = 0; row < truth.length; row++) {
    const probability = probabilities[row] as number;
    sum -= Math.log(Math.max(truth[row] === 1 ? probability : 1 - probability, leastProbability));
  }
  return sum / truth.length;
}

/**
 * The chance that a row of class 1 has a higher score than one of class 0, ties counting half; NaN when either class is absent.
 * Source: Hanley and McNeil 1982, doi 10.1148/radiology.143.1.7063747.
 *
 * @param truth 0 or 1.
 */
export function rocAuc(truth: ArrayLike<number>, scores: ArrayLike<number>): number {
  let pairs = 0;
  let positives = 0;
  let negatives = 0;
  for (const { positive, negative } of tiedGroups(truth, scores)) {
    pairs += negative * (positives + positive / 2);
    positives += positive;
    negatives += negative;
  }
  return positives === 0 || negatives === 0 ? Number.NaN : pairs / (positives * negatives);
}

/**
 * Average precision: the mean over the rows of class 1 of the precision at their score; NaN without any.
 * Source: the step-wise sum of scikit-learn's `average_precision_score`, which no interpolation flatters.
 *
 * @param truth 0 or 1.
 */
export function prAuc(truth: ArrayLike<number>, scores: ArrayLike<number>): number {
  let sum = 0;
  let positives = 0;
  let called = 0;
  for (const { positive, negative } of tiedGroups(truth, scores)) {
    positives += positive;
    called += positive + negative;
    sum += positive * (positives / called);
  }
  return positives === 0 ? Number.NaN : sum / positives;
}

/** Rows of equal score, highest score first. */
function tiedGroups(truth: ArrayLike<number>, scores: ArrayLike<number>): readonly { positive: number; negative: number }[] {
  expectPairs(truth, scores);
  const order = Array.from({ length: truth.length }, (_, row) => row).sort((one, other) => (scores[other] as number) - (scores[one] as number));
  const groups: { positive: number; negative: number }[] = [];
  let last: number | undefined;
  for (const row of order) {
    if (groups.length === 0 || scores[row] !== last) groups.push({ positive: 0, negative: 0 });
    last = scores[row];
    const group = groups.at(-1);
    if (group !== undefined) group[truth[row] === 1 ? 'positive' : 'negative']++;
  }
  return groups;
}

function expectPairs(truth: ArrayLike<number>, other: ArrayLike<number>): void {
  if (truth.length !== other.length) throw new OrreryError('ORRERY_VALIDATION', `expected as many predictions as truths, got ${other.length} and ${truth.length}`);
}
