/** What is remembered of the executions of one task of a workflow: bounded, the newest last. */
export interface TaskEstimate {
  /** Executions that were learned from. */
  readonly count: number;
  /** Of the last successes, ms. */
  readonly durationsMs: readonly number[];
  /** What the last executions needed, or would have, bytes. */
  readonly needsBytes: readonly number[];
}

/** What one execution of a task told. */
export interface TaskOutcome {
  readonly isSuccess: boolean;
  readonly isOutOfMemory: boolean;
  /** Null where nobody told. */
  readonly durationMs: number | null;
  readonly peakMemoryBytes: number | null;
  readonly memoryLimitBytes: number | null;
}

export const emptyEstimate: TaskEstimate = { count: 0, durationsMs: [], needsBytes: [] };

/** Recent enough to follow changes, and enough for a high quantile. */
const remembered = 32;
/** The share of extreme durations that is left out at either end. */
const trimmedShare = 0.1;
const memoryQuantile = 0.95;
/** What a task is given beyond what others needed. */
const headroom = 1.1;
/** A task that ran out of memory needs more than it had; so much is tried next. */
const growth = 2;

/** Learns one execution: how long successes take, and what memory executions need. */
export function learnTask(estimate: TaskEstimate, outcome: TaskOutcome): TaskEstimate {
  const { isSuccess, durationMs } = outcome;
  const needBytes = needOf(outcome);
  return {
    count: estimate.count + 1,
    durationsMs: isSuccess && durationMs !== null ? latest(estimate.durationsMs, durationMs) : estimate.durationsMs,
    needsBytes: needBytes === null ? estimate.needsBytes : latest(estimate.needsBytes, needBytes),
  };
}

/**
 * What to expect of the next execution: a mean duration without the extremes, and memory that all but the hungriest did with, with a tenth
 * more; undefined where nothing was told.
 */
export function expectationOfTask({ durationsMs, needsBytes }: TaskEstimate): { readonly durationMs: number | undefined; readonly memoryBytes: number | undefined } {
  const durations = ascending(durationsMs);
  const needs = ascending(needsBytes);
  const trimmed = Math.floor(durations.length * trimmedShare);
  const kept = durations.slice(trimmed, durations.length - trimmed);
  const need = needs[Math.min(needs.length - 1, Math.ceil(needs.length * memoryQuantile) - 1)];
  return {
    durationMs: kept.length === 0 ? undefined : kept.reduce((sum, value) => sum + value, 0) / kept.length,
    memoryBytes: need === undefined ? undefined : Math.ceil(need * headroom),
  };
}

function needOf({ isSuccess, isOutOfMemory, peakMemoryBytes, memoryLimitBytes }: TaskOutcome): number | null {
  if (isOutOfMemory) {
    const hadBytes = Math.max(peakMemoryBytes ?? 0, memoryLimitBytes ?? 0);
    return hadBytes > 0 ? hadBytes * growth : null;
  }
  // What failed for another reason had not come to its peak.
  return isSuccess ? peakMemoryBytes : null;
}

function latest(values: readonly number[], value: number): readonly number[] {
  return [...values.slice(1 - remembered), value];
}

function ascending(values: readonly number[]): readonly number[] {
  return [...values].sort((one, other) => one - other);
}
