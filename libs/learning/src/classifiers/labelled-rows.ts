import { OrreryError } from '@orrery/errors';

/** Rows of numbers with the class of each. */
export interface LabelledRows {
  /** Row-major, [rowCount, featureCount]; NaN is a missing value. */
  readonly features: Float32Array;
  readonly rowCount: number;
  readonly featureCount: number;
  /** Whole numbers from 0, below classCount. */
  readonly classes: ArrayLike<number>;
  readonly classCount: number;
}

/** @throws ORRERY_VALIDATION when shapes or classes do not fit together. */
export function expectLabelledRows({ features, rowCount, featureCount, classes, classCount }: LabelledRows): void {
  if (rowCount < 1 || features.length !== rowCount * featureCount || classes.length !== rowCount) {
    throw new OrreryError('ORRERY_VALIDATION', `classifier expects ${rowCount} x ${featureCount} features and as many classes, got ${features.length} and ${classes.length}`);
  }
  for (let row = 0; row < rowCount; row++) {
    const found = classes[row] as number;
    if (!Number.isInteger(found) || found < 0 || found >= classCount) throw new OrreryError('ORRERY_VALIDATION', `row ${row}: expected a class below ${classCount}, got ${found}`);
  }
}
