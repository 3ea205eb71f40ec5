import type { Random } from '@orrery/stats';

/** The row numbers 0 to `rowCount - 1` in random order. Source: Fisher and Yates, as Durstenfeld 1964 has it. */
export function shuffledRows(rowCount: number, random: Random): Int32Array {
  const order = Int32Array.from({ length: rowCount }, (_, row) => row);
  for (let last = rowCount - 1; last > 0; last -= 1) {
    const other = random.below(last + 1);
    const kept = order[last] ?? 0;
    order[last] = order[other] ?? 0;
    order[other] = kept;
  }
  return order;
}

export interface TrainingCourse {
  readonly bestEpoch: number;
  readonly validationLoss: number;
  readonly bestWeights: Float32Array;
  /** True when the loss has not become better for as many epochs as patience allows. */
  readonly isOver: boolean;
}

export interface EpochResult {
  readonly epoch: number;
  readonly validationLoss: number;
  readonly weights: Float32Array;
}

/** Keeps the weights of the epoch with the least validation loss and says when to stop. @param patience epochs without a better loss. */
export function afterEpoch(course: TrainingCourse, { epoch, validationLoss, weights }: EpochResult, patience: number): TrainingCourse {
  if (validationLoss < course.validationLoss) return { bestEpoch: epoch, validationLoss, bestWeights: weights, isOver: false };
  return { ...course, isOver: epoch - course.bestEpoch >= patience };
}
