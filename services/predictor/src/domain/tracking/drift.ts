import { addToEw, emptyEw, type EwState } from '@orrery/stats';

/** Whether predictions of a workflow have become worse than they used to be. */
export interface DriftState {
  readonly quick: EwState;
  readonly steady: EwState;
  readonly count: number;
  /** Since when they have been worse; null while they are not. */
  readonly sinceMs: number | null;
}

export const noDrift: DriftState = { quick: emptyEw, steady: emptyEw, count: 0, sinceMs: null };

const quickAlpha = 0.15;
const steadyAlpha = 0.02;
/** Predictions before an average tells anything. */
const enough = 30;
/** Twice as wrong as usual, and by more than a tenth of the duration, is worth an alarm; a third of the way back ends it. */
const alarmRatio = 2;
const calmRatio = 1.4;
const noticeable = 0.1;

/**
 * Takes note of the error of one more prediction.
 *
 * @param error |ln(predicted / actual)|, not negative.
 */
export function noteError({ quick, steady, count, sinceMs }: DriftState, error: number, atMs: number): DriftState {
  const next = { quick: addToEw(quick, error, quickAlpha), steady: addToEw(steady, error, steadyAlpha), count: count + 1 };
  const ratio = driftRatio(next);
  if (sinceMs !== null) return { ...next, sinceMs: ratio < calmRatio ? null : sinceMs };
  const isAlarm = next.count >= enough && ratio >= alarmRatio && next.quick.mean > noticeable;
  return { ...next, sinceMs: isAlarm ? atMs : null };
}

/** How many times as wrong as usual predictions are lately; 1 while nothing was scored. */
export function driftRatio({ quick, steady }: Pick<DriftState, 'quick' | 'steady'>): number {
  return steady.mean > 0 ? quick.mean / steady.mean : 1;
}
