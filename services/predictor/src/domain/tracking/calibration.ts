import { conformityScore, createConformalState, observeScore, parseConformalState, widen, type ConformalState } from '@orrery/learning';
import type { Truth } from './ledger-entry.js';
import type { Interval } from './score.js';

/** How far intervals of a workflow have to be widened or narrowed, so that four of five truths lie in them. */
export interface Calibration {
  readonly duration: ConformalState;
  readonly memory: ConformalState;
}

const coverage = 0.8;

export const noCalibration: Calibration = { duration: createConformalState(coverage), memory: createConformalState(coverage) };

/** @throws ORRERY_VALIDATION when what was stored is no calibration. */
export function parseCalibration({ duration, memory }: { readonly duration: unknown; readonly memory: unknown }): Calibration {
  return { duration: parseConformalState(duration), memory: parseConformalState(memory) };
}

/** The interval as it is served. Without width it stays as it is. */
export function calibrate(state: ConformalState, { p10, p50, p90 }: Interval): Interval {
  if (!(p10 > 0)) return { p10, p50, p90 };
  const { lower, upper } = widen(state, { lower: p10, centre: p50, upper: p90 }, 'ratio');
  return { p10: lower, p50, p90: upper };
}

/** Learns from what really happened. @param raw the intervals as they were before they were calibrated. */
export function noteOutcome({ duration, memory }: Calibration, raw: { readonly duration: Interval | null; readonly memory: Interval | null }, truth: Truth): Calibration {
  return { duration: noteOne(duration, raw.duration, truth.durationMs), memory: noteOne(memory, raw.memory, truth.peakMemoryBytes) };
}

function noteOne(state: ConformalState, raw: Interval | null, actual: number | null): ConformalState {
  if (raw === null || actual === null || !(actual > 0) || !(raw.p10 > 0)) return state;
  return observeScore(state, conformityScore({ lower: raw.p10, centre: raw.p50, upper: raw.p90 }, actual, 'ratio'));
}
