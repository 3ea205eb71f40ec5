export interface DurationShare {
  /** Length of the bar, from 0 to 1. */
  readonly share: number;
  /** True when the duration is beyond the scale, so that the bar is cut. */
  readonly isCut: boolean;
}

const outlierRatio = 4;

/**
 * The scale that makes a list of durations comparable: its longest, unless that is an outlier beside which the others would
 * vanish; then the longest of the others.
 *
 * @returns milliseconds; 0 when there is nothing to compare
 */
export function durationScaleMs(durationsMs: readonly (number | null)[]): number {
  const known = durationsMs.filter((duration): duration is number => duration !== null && duration > 0).sort((a, b) => a - b);
  const usual = known[Math.floor((known.length - 1) * 0.9)] ?? 0;
  const longest = known.at(-1) ?? 0;
  return longest > usual * outlierRatio ? usual : longest;
}

/** The length of one bar on the scale. */
export function durationShare(durationMs: number | null, scaleMs: number): DurationShare | null {
  if (durationMs === null || scaleMs <= 0) return null;
  return { share: Math.min(1, Math.max(0, durationMs / scaleMs)), isCut: durationMs > scaleMs };
}
