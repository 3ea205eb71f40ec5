import { OrreryError } from '@orrery/errors';
import { softmaxInPlace } from '../gbdt/gbdt-model.js';

/** Rows of categories with the class of each. */
export interface CategoricalRows {
  /** A row's values, one a feature. */
  readonly rows: readonly (readonly string[])[];
  /** Whole numbers from 0, below classCount. */
  readonly classes: ArrayLike<number>;
  readonly classCount: number;
}

/** How often each value came with each class. */
export interface NaiveBayes {
  readonly classCounts: Float64Array;
  /** Per feature and value, rows of each class. */
  readonly valueCounts: readonly ReadonlyMap<string, Float64Array>[];
  readonly smoothing: number;
}

/**
 * Naive Bayes over categories: features count as independent given the class. A value never seen counts as often as the smoothing says.
 *
 * @param smoothing rows added to each value (Laplace: 1). @minimum 0, exclusive
 * @throws ORRERY_VALIDATION when shapes or classes do not fit together.
 */
export function fitNaiveBayes({ rows, classes, classCount }: CategoricalRows, smoothing = 1): NaiveBayes {
  if (rows.length === 0 || rows.length !== classes.length || !(smoothing > 0)) throw new OrreryError('ORRERY_VALIDATION', `naive Bayes expects rows with a class each and smoothing above 0, got ${rows.length} rows, ${classes.length} classes and ${smoothing}`);
  const classCounts = new Float64Array(classCount);
  const valueCounts = (rows[0] ?? []).map(() => new Map<string, Float64Array>());
  for (const [row, values] of rows.entries()) {
    const index = classes[row] as number;
    const known = classCounts[index];
    if (values.length !== valueCounts.length || known === undefined) throw new OrreryError('ORRERY_VALIDATION', `row ${row}: expected ${valueCounts.length} values and a class below ${classCount}, got ${values.length} and ${index}`);
    classCounts[index] = known + 1;
    values.forEach((value, feature) => add(valueCounts[feature], value, index, classCount));
  }
  return { classCounts, valueCounts, smoothing };
}

/** The probability of each class. */
export function predictNaiveBayes({ classCounts, valueCounts, smoothing }: NaiveBayes, row: readonly string[]): Float64Array {
  const total = classCounts.reduce((sum, count) => sum + count, 0);
  const scores = classCounts.map((count) => Math.log((count + smoothing) / (total + smoothing * classCounts.length)));
  for (const [feature, value] of row.entries()) {
    const known = valueCounts[feature];
    if (known === undefined) continue;
    const counts = known.get(value);
    // One more value than was seen stands for all that were not.
    for (let index = 0; index < scores.length; index++) {
      scores[index] = (scores[index] as number) + Math.log(((counts?.[index] ?? 0) + smoothing) / ((classCounts[index] ?? 0) + smoothing * (known.size + 1)));
    }
  }
  return softmaxInPlace(scores);
}

function add(counts: Map<string, Float64Array> | undefined, value: string, index: number, classCount: number): void {
  const ofValue = counts?.get(value) ?? new Float64Array(classCount);
  ofValue[index] = (ofValue[index] ?? 0) + 1;
  counts?.set(value, ofValue);
}
