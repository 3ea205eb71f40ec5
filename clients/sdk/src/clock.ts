/** The largest gap between the wall clock and the monotonic one before the wall clock is believed again: it was set. */
const TOLERATED_DRIFT_MS = 20;

let anchorWallMs = Date.now();
let anchorMonotonicMs = performance.now();

/** Unix time in milliseconds with a fraction, so that two calls within one millisecond keep their order. */
export function nowMs(): number {
  const wallMs = Date.now();
  const monotonicMs = performance.now();
  const estimateMs = anchorWallMs + (monotonicMs - anchorMonotonicMs);
  if (Math.abs(estimateMs - wallMs) <= TOLERATED_DRIFT_MS) return estimateMs;
  anchorWallMs = wallMs;
  anchorMonotonicMs = monotonicMs;
  return wallMs;
}

/** A moment as callers may give it: Unix milliseconds (a fraction counts), a Date, or ISO 8601 text. */
export type Moment = number | Date | string;

// Most moments of a program lie in the same second as the one before.
let lastSecond = NaN;
let lastSecondText = '';

/**
 * Writes a moment as ISO 8601 in UTC with microseconds; text stays as it is.
 *
 * @returns undefined for no moment, and for a number or Date that is none.
 * @example
 * toIsoTime(1700000000000.25) // '2023-11-14T22:13:20.000250Z'
 */
export function toIsoTime(moment: Moment | undefined): string | undefined {
  if (moment === undefined || typeof moment === 'string') return moment;
  const unixMs = Number(moment);
  const second = Math.floor(unixMs / 1000);
  if (!(Math.abs(second) < 8.64e12)) return undefined;
  if (second !== lastSecond) {
    lastSecond = second;
    lastSecondText = new Date(second * 1000).toISOString().slice(0, -4);
  }
  const micros = Math.min(999_999, Math.floor((unixMs - second * 1000) * 1000));
  return `${lastSecondText}${String(micros).padStart(6, '0')}Z`;
}
