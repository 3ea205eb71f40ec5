import type { MemoryPoint } from './memory-point.js';

// A task that was killed for lack of memory would have needed more, nobody knows how much, until a retry shows it.
const unknownNeed = 1.5;

/** What an attempt tells of the memory that the task needs. */
export interface Need {
  readonly bytes: number;
  readonly sizeBytes: number | null;
  readonly durationMs: number;
  readonly atMs: number;
}

/**
 * What the task needed each time, in order of time: the peaks of successes; of those killed for lack of memory more than they had, unless a later
 * success has shown how much; other failures only where nothing has ever succeeded, since they end before their peak.
 */
export function needsOf(history: readonly MemoryPoint[]): Need[] {
  const sorted = [...history].sort((one, other) => one.finishedAtMs - other.finishedAtMs || one.peakMemoryBytes - other.peakMemoryBytes || (one.inputSizeBytes ?? -1) - (other.inputSizeBytes ?? -1) || one.durationMs - other.durationMs);
  const hasSuccess = sorted.some(isSuccess);
  return sorted.flatMap((point) => {
    if (point.isOutOfMemory) return isAnswered(point, sorted) ? [] : [needOf(point, unknownNeed * limitOf(point))];
    return isSuccess(point) || !hasSuccess ? [needOf(point, point.peakMemoryBytes)] : [];
  });
}

/**
 * The most that is known to be too little for an input of this size: the greatest limit at which an attempt with an input no greater was killed for
 * lack of memory. A later success with an input no smaller that needed no more shows that it was chance, or is mended. 0 for none.
 */
export function knownTooLittle(history: readonly MemoryPoint[], sizeBytes: number | null): number {
  const failures = history.filter((point) => point.isOutOfMemory && isAtMost(point.inputSizeBytes, sizeBytes) && !isRefuted(point, history));
  return Math.max(0, ...failures.map(limitOf));
}

/** What retries were allowed that went well, rising. */
export function retriesThatWorked(history: readonly MemoryPoint[]): number[] {
  return history.flatMap((point) => (isSuccess(point) && point.attempt > 1 && point.allocatedBytes !== null ? [point.allocatedBytes] : [])).sort((one, other) => one - other);
}

function isSuccess({ outcome, isOutOfMemory }: MemoryPoint): boolean {
  return outcome === 'success' && !isOutOfMemory;
}

function limitOf({ allocatedBytes, peakMemoryBytes }: MemoryPoint): number {
  return Math.max(allocatedBytes ?? 0, peakMemoryBytes);
}

function isAnswered(failure: MemoryPoint, history: readonly MemoryPoint[]): boolean {
  return history.some((point) => isSuccess(point) && point.finishedAtMs >= failure.finishedAtMs && point.peakMemoryBytes > limitOf(failure));
}

function isRefuted(failure: MemoryPoint, history: readonly MemoryPoint[]): boolean {
  return history.some((point) => isSuccess(point) && point.finishedAtMs >= failure.finishedAtMs && isAtMost(failure.inputSizeBytes, point.inputSizeBytes) && point.peakMemoryBytes <= limitOf(failure));
}

// What is not known may be anything: it never shows that an input was greater.
function isAtMost(one: number | null, other: number | null): boolean {
  return one === null || other === null || one <= other;
}

function needOf({ inputSizeBytes, durationMs, finishedAtMs }: MemoryPoint, bytes: number): Need {
  // What took no measurable time still took some.
  return { bytes, sizeBytes: inputSizeBytes, durationMs: Math.max(1, durationMs), atMs: finishedAtMs };
}
