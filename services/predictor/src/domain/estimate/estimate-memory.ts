import { sizeMemory, type MemoryPoint, type MemorySizing } from '../memory/index.js';
import { hasMemory, historyFor, type HistoryChain } from '../history/history-chain.js';
import type { HistoryPoint } from '../history/history.js';
import type { ExecutionQuery } from '../history/query.js';
import type { Basis } from './estimate-duration.js';
import { floorsOf } from './floors.js';

export interface MemoryEstimate {
  readonly sizing: MemorySizing;
  /** 0 to 1. */
  readonly confidence: number;
  readonly basis: Basis;
  /** In the order of `floorNames`. */
  readonly floors: readonly number[];
}

/** Predicts how much memory an execution will need, and what to allocate for it. Null when that was never measured for anything like it. */
export function estimateMemory(chain: HistoryChain, query: ExecutionQuery): MemoryEstimate | null {
  // Any task of the workflow says nothing of how much memory this one needs.
  const known = historyFor(chain.filter(({ level }) => level !== 4), isMeasured);
  if (known === null) return null;
  const sizing = sizeMemory(known.points.map(memoryPoint), { inputSizeBytes: query.inputSizeBytes, attempt: query.attempt, nowMs: query.atMs });
  return {
    sizing,
    confidence: confidenceOf(sizing, known.points.length),
    basis: { model: 'history', version: 0, samples: known.points.length, level: known.level },
    floors: floorsOf(known.points.flatMap(({ isOutOfMemory, peakMemoryBytes }) => (isOutOfMemory || peakMemoryBytes === null ? [] : [peakMemoryBytes]))),
  };
}

/** What ran out of memory needed at least what it had, whether or not somebody measured it. */
function isMeasured(point: HistoryPoint): boolean {
  return hasMemory(point) || (point.isOutOfMemory && (point.allocatedBytes ?? 0) > 0);
}

// Half after five executions, and the less the wider the interval is.
function confidenceOf({ p10Bytes, p90Bytes }: MemorySizing, samples: number): number {
  return samples / (samples + 5) / (1 + Math.log(p90Bytes / p10Bytes));
}

function memoryPoint({ peakMemoryBytes, allocatedBytes, durationMs, inputSizeBytes, outcome, isOutOfMemory, attempt, finishedAtMs }: HistoryPoint): MemoryPoint {
  return { peakMemoryBytes: peakMemoryBytes ?? allocatedBytes ?? Number.NaN, allocatedBytes, durationMs: durationMs ?? 0, inputSizeBytes, outcome, isOutOfMemory, attempt, finishedAtMs };
}
