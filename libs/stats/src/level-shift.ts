import { median } from './robust.js';

export interface ShiftReference {
  readonly median: number;
  /** Robust standard deviation of the reference. @minimum 0 (exclusive) */
  readonly deviation: number;
  /** The least distance of the medians that counts, in the unit of the values. */
  readonly leastShift: number;
}

/**
 * Tells whether the last values are a new level and not outliers: all lie on one side of the reference, two deviations off or more, and
 * they agree with each other better than with it. A two-window test: cheap, without a tuning of its own for each series.
 */
export function isLevelShift(recent: readonly number[], reference: ShiftReference): boolean {
  const distances = recent.map((value) => value - reference.median);
  const least = Math.max(2 * reference.deviation, reference.leastShift);
  if (!distances.every((distance) => distance > least) && !distances.every((distance) => distance < -least)) return false;
  const spread = Math.max(...distances) - Math.min(...distances);
  return recent.length > 0 && spread <= Math.abs(median(distances));
}
