import type { OutcomeWord } from '@orrery/contracts';
import { hash } from 'node:crypto';
import type { Execution } from './execution.js';

/** What could have been said of a duration beforehand: ours, then the plain rules, in the order of the ledger. */
export const durationCandidates = ['history', 'boosted_trees', 'last_success', 'mean_of_ten', 'median', 'average'] as const;

export type DurationCandidate = (typeof durationCandidates)[number];

/** One execution as its history keeps it. */
export interface HistoryPoint {
  readonly startedAtMs: number | null;
  readonly finishedAtMs: number;
  readonly durationMs: number | null;
  readonly inputSizeBytes: number | null;
  readonly peakMemoryBytes: number | null;
  readonly allocatedBytes: number | null;
  readonly outcome: OutcomeWord;
  readonly isOutOfMemory: boolean;
  readonly attempt: number;
  /** 32 bits of a hash, 0 for none: equal where the text was. */
  readonly revision: number;
  readonly refName: number;
  readonly trigger: number;
  /** |ln(predicted / actual)| of each duration candidate; NaN where there was none. */
  readonly errors: readonly number[];
}

/** The last executions of a key, in the order in which the log told that they ended. */
export interface History {
  /** All that there ever were. */
  readonly count: number;
  readonly points: readonly HistoryPoint[];
}

/** Executions that a history keeps. */
export const historyLength = 64;

export const emptyHistory: History = { count: 0, points: [] };

/** The point that an execution leaves behind. */
export function historyPointOf({ observation, inputSizeBytes, isOutOfMemory }: Execution, errors: readonly number[]): HistoryPoint {
  const { startedAtMs, observedAtMs, measures, memoryLimitBytes, outcome, attempt, revision, refName, trigger } = observation;
  return {
    ...{ startedAtMs, finishedAtMs: observedAtMs, durationMs: single(measures.durationMs), inputSizeBytes: single(inputSizeBytes) },
    ...{ peakMemoryBytes: single(measures.peakMemoryBytes), allocatedBytes: single(memoryLimitBytes), outcome, isOutOfMemory, attempt: Math.min(attempt, 255) },
    ...{ revision: hashOf(revision), refName: hashOf(refName), trigger: hashOf(trigger), errors: errors.map((error) => Math.fround(error)) },
  };
}

// Single precision, as it is stored: what is read back must be what was learned.
function single(value: number | null): number | null {
  return value === null ? null : Math.fround(value);
}

/** The history with one execution more. */
export function remember({ count, points }: History, point: HistoryPoint): History {
  return { count: count + 1, points: [...points.slice(Math.max(points.length + 1 - historyLength, 0)), point] };
}

/**
 * What was known of a history at a moment: the executions that had ended by then. Whoever predicts for something that began then may look
 * at nothing else.
 */
export function knownAt({ count, points }: History, atMs: number): History {
  const known = points.filter(({ finishedAtMs }) => finishedAtMs <= atMs);
  return { count: count - (points.length - known.length), points: known };
}

/** 32 bits that stand for a text; 0 for the empty one. */
export function hashOf(text: string): number {
  return text === '' ? 0 : parseInt(hash('sha256', text, 'hex').slice(0, 8), 16) || 1;
}
