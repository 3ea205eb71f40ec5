import type { BoostedTarget } from './boosted-model.js';
import type { Timed } from './time-split.js';
import type { PastExecution } from './past-execution.js';

/** An example with what is to be learned of it. */
export interface BoostedRow extends Timed {
  readonly example: PastExecution;
  /** ln(actual / reference). */
  readonly logRatio: number;
  readonly reference: number;
}

/**
 * The examples that a target can be learned from, in the order in which they began: what succeeded, was measured, and had a history. How
 * long something took that failed says little of how long it takes.
 */
export function boostedRows(examples: readonly PastExecution[], target: BoostedTarget): readonly BoostedRow[] {
  return inOrder(examples).flatMap((example) => {
    const [actual, reference] = target === 'duration' ? [example.durationMs, example.referenceMs] : [example.peakMemoryBytes, example.referenceBytes];
    const logRatio = Math.log(actual / reference);
    if (example.outcome !== 'success' || !Number.isFinite(logRatio)) return [];
    return [{ example, logRatio, reference, startedAtMs: example.startedAtMs, finishedAtMs: example.finishedAtMs }];
  });
}

/** By the time they began; where that is alike, always the same way. */
export function inOrder(examples: readonly PastExecution[]): readonly PastExecution[] {
  return [...examples].sort((left, right) => left.startedAtMs - right.startedAtMs || left.finishedAtMs - right.finishedAtMs || (left.exampleId < right.exampleId ? -1 : 1));
}
