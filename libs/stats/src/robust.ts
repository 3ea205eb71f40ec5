/**
 * The factor that makes a median absolute deviation estimate the standard deviation of normal data, 1 / Phi^-1(3/4).
 * Source: Rousseeuw and Croux, Alternatives to the median absolute deviation, 1993, doi 10.1080/01621459.1993.10476408.
 */
export const madConsistency = 1.482602218505602;

/** The median; the mean of the middle two of an even number. NaN for none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** Median absolute deviation from the median, unscaled. NaN for none. */
export function medianAbsoluteDeviation(values: readonly number[]): number {
  const middle = median(values);
  return median(values.map((value) => Math.abs(value - middle)));
}

export interface Spread {
  readonly median: number;
  readonly mad: number;
  /** The least deviation that counts as spread: keeps constants from alarming at the first jitter. */
  readonly floor: number;
}

/**
 * How many robust standard deviations a value lies from the median. Never NaN or infinite for finite input and a floor above zero.
 *
 * @example
 * robustZ(13, { median: 10, mad: 1, floor: 0.1 }) // 2.02
 */
export function robustZ(value: number, spread: Spread): number {
  return (value - spread.median) / Math.max(madConsistency * spread.mad, spread.floor);
}
