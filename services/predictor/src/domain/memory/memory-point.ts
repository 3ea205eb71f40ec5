import { OrreryError } from '@orrery/errors';

/** One finished attempt of a task whose memory was measured. */
export interface MemoryPoint {
  /** @exclusiveMinimum 0 */
  readonly peakMemoryBytes: number;
  /** What it was allowed; null when unlimited or unknown. @exclusiveMinimum 0 */
  readonly allocatedBytes: number | null;
  /** @minimum 0 */
  readonly durationMs: number;
  /** @minimum 0 */
  readonly inputSizeBytes: number | null;
  /** `success` tells what the task needs; any other outcome at most that it needs as much. */
  readonly outcome: string;
  readonly isOutOfMemory: boolean;
  /** From 1. */
  readonly attempt: number;
  readonly finishedAtMs: number;
}

/** What is known of the attempt that is asked about. */
export interface MemoryQuery {
  readonly inputSizeBytes: number | null;
  /** From 1; a later one is a retry after a lack of memory. */
  readonly attempt: number;
  readonly nowMs: number;
}

/** 0 < p10Bytes <= p50Bytes <= p90Bytes, all finite. */
export interface MemorySizing {
  /** What to allocate: the expected waste is least. */
  readonly allocationBytes: number;
  /** The peak to expect. */
  readonly p10Bytes: number;
  readonly p50Bytes: number;
  readonly p90Bytes: number;
  /** What to allocate when that was too little, and so on, rising; double the last one after it. Never empty. */
  readonly ladder: readonly number[];
  readonly basis: { readonly model: string; readonly samples: number };
}

/** @throws ORRERY_VALIDATION when a number is not in its range, or there is none. */
export function checkMemory(history: readonly MemoryPoint[], { inputSizeBytes, attempt, nowMs }: MemoryQuery): void {
  if (history.length === 0) throw new OrreryError('ORRERY_VALIDATION', 'memory is sized from one finished attempt or more; got none');
  for (const point of history) {
    check('peakMemoryBytes', point.peakMemoryBytes, Number.MIN_VALUE);
    check('allocatedBytes', point.allocatedBytes, Number.MIN_VALUE);
    check('durationMs', point.durationMs, 0);
    check('inputSizeBytes', point.inputSizeBytes, 0);
    check('finishedAtMs', point.finishedAtMs, -Infinity);
  }
  check('inputSizeBytes', inputSizeBytes, 0);
  check('attempt', attempt, 1);
  check('nowMs', nowMs, -Infinity);
}

function check(name: string, value: number | null, least: number): void {
  if (value === null || (Number.isFinite(value) && value >= least)) return;
  throw new OrreryError('ORRERY_VALIDATION', `${name} is a finite number${Number.isFinite(least) ? ` of at least ${least}` : ''}; got ${value}`);
}
