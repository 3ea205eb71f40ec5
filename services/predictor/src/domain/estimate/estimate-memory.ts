import { sizeMemory, type MemoryPoint } from '../memory/index.js';
import { hasMemory, historyFor, type HistoryChain } from '../history/history-chain.js';
import type { HistoryPoint } from '../history/history.js';
import { memoised } from '../history/memoised.js';
import type { ExecutionQuery } from '../history/query.js';
import { predictBoosted, type BoostedModel } from '../boosted/index.js';
import type { Interval } from '../tracking/score.js';
import type { Champions } from './champions.js';
import type { Basis, Estimate, Versioned } from './estimate-duration.js';
import { floorsOf } from './floors.js';

export interface MemoryEstimate {
  /** The peak to expect, in bytes, before it is calibrated. */
  readonly interval: Interval;
  /** What the history alone expects. */
  readonly reference: number;
  /** So that the least memory x time is wasted. */
  readonly allocationBytes: number;
  /** What to allocate when that was too little, and so on, rising. */
  readonly ladder: readonly number[];
  /** 0 to 1. */
  readonly confidence: number;
  readonly basis: Basis;
  /** In the order of `floorNames`. */
  readonly floors: readonly number[];
}

/** A trained model, and the features that it sees, as `durationFeatures` gives them. */
export interface TrainedMemory {
  readonly boosted: Versioned<BoostedModel>;
  readonly features: readonly number[];
}

/**
 * Predicts how much memory an execution will need, and what to allocate for it. Null when that was never measured for anything like it.
 *
 * @param trained null where no model serves, or there is no duration to have features of.
 */
export function estimateMemory(chain: HistoryChain, query: ExecutionQuery, trained: TrainedMemory | null): MemoryEstimate | null {
  // Any task of the workflow says nothing of how much memory this one needs.
  const known = historyFor(chain.filter(({ level }) => level !== 4), isMeasured);
  if (known === null) return null;
  const sizing = sizeMemory(memoryPoints(known.points), { inputSizeBytes: query.inputSizeBytes, attempt: query.attempt, nowMs: query.atMs });
  const interval = trained === null ? { p10: sizing.p10Bytes, p50: sizing.p50Bytes, p90: sizing.p90Bytes } : predictBoosted(trained.boosted.model, Float32Array.from(trained.features), sizing.p50Bytes);
  // A model that expects more makes the allocation larger; one that expects less does not undo what is known to have been too little.
  const growth = Math.max(interval.p50 / sizing.p50Bytes, 1);
  return {
    ...{ interval, reference: sizing.p50Bytes, allocationBytes: sizing.allocationBytes * growth, ladder: sizing.ladder.map((bytes) => bytes * growth) },
    confidence: confidenceOf(interval, known.points.length),
    basis: { model: trained === null ? 'history' : 'boosted_trees', version: trained?.boosted.version ?? 0, samples: known.points.length, level: known.level },
    floors: floorsOf(known.points.flatMap(({ isOutOfMemory, peakMemoryBytes }) => (isOutOfMemory || peakMemoryBytes === null ? [] : [peakMemoryBytes]))),
  };
}

/** The model of memory that serves, where there are features for it. */
export function trainedMemory(duration: Estimate | null, { memory }: Champions): TrainedMemory | null {
  return duration === null || memory === null ? null : { boosted: memory, features: duration.features };
}

/** What ran out of memory needed at least what it had, whether or not somebody measured it. */
function isMeasured(point: HistoryPoint): boolean {
  return hasMemory(point) || (point.isOutOfMemory && (point.allocatedBytes ?? 0) > 0);
}

// Half after five executions, and the less the wider the interval is.
function confidenceOf({ p10, p90 }: Interval, samples: number): number {
  return samples / (samples + 5) / (1 + Math.log(p90 / p10));
}

const memoryPoints = memoised((points: readonly HistoryPoint[]) => points.map(memoryPoint));

function memoryPoint({ peakMemoryBytes, allocatedBytes, durationMs, inputSizeBytes, outcome, isOutOfMemory, attempt, finishedAtMs }: HistoryPoint): MemoryPoint {
  return { peakMemoryBytes: peakMemoryBytes ?? allocatedBytes ?? Number.NaN, allocatedBytes, durationMs: durationMs ?? 0, inputSizeBytes, outcome, isOutOfMemory, attempt, finishedAtMs };
}
