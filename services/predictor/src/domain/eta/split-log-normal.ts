import { normalCumulative, normalQuantile } from '@orrery/stats';

/** A predicted duration. p10 <= p50 <= p90. */
export interface DurationQuantiles {
  readonly p10Ms: number;
  readonly p50Ms: number;
  readonly p90Ms: number;
}

/** A log-normal duration whose two sides have a width of their own, so that it meets all three quantiles. */
export interface SplitLogNormal {
  readonly medianMs: number;
  /** Deviations of ln(duration) below and above the median. */
  readonly lower: number;
  readonly upper: number;
}

/** The normal quantile of 0.9. */
const z90 = 1.2815515655446004;
const leastMs = 1;
/** Nothing that people run takes the same time twice; three parts in a thousand are the least. */
const leastDeviation = 0.003;
/** A history whose 90 % quantile lies beyond e^4 medians says no more than that. */
const greatestDeviation = 3;

/** The distribution that has these quantiles. */
export function splitLogNormal({ p10Ms, p50Ms, p90Ms }: DurationQuantiles): SplitLogNormal {
  const medianMs = Math.max(p50Ms, leastMs);
  const deviation = (ratio: number) => Math.min(Math.max(Math.log(ratio) / z90, leastDeviation), greatestDeviation);
  return { medianMs, lower: deviation(medianMs / Math.max(Math.min(p10Ms, medianMs), leastMs)), upper: deviation(Math.max(p90Ms, medianMs) / medianMs) };
}

/** P(duration <= elapsedMs). */
export function shareEndedBy(duration: SplitLogNormal, elapsedMs: number): number {
  return elapsedMs <= 0 ? 0 : normalCumulative(standardised(duration, elapsedMs));
}

/** The duration that a standard normal number stands for. */
export function durationAt({ medianMs, lower, upper }: SplitLogNormal, z: number): number {
  return medianMs * Math.exp(z * (z < 0 ? lower : upper));
}

/**
 * The duration that a standard normal number stands for among those longer than what has elapsed already: the same share of what is left
 * of the distribution.
 */
export function durationBeyond(duration: SplitLogNormal, elapsedMs: number, z: number): number {
  if (elapsedMs <= 0) return durationAt(duration, z);
  const from = standardised(duration, elapsedMs);
  const left = 1 - normalCumulative(z);
  // Far out the tail is as good as exponential (Mills' ratio), where the difference of two numbers near 1 says nothing any more.
  const conditional = from > 5 ? from - Math.log(Math.max(left, 1e-9)) / from : normalQuantile(1 - (1 - normalCumulative(from)) * left);
  return Math.max(durationAt(duration, Math.max(conditional, from)), elapsedMs);
}

function standardised({ medianMs, lower, upper }: SplitLogNormal, elapsedMs: number): number {
  const log = Math.log(elapsedMs / medianMs);
  return log / (log < 0 ? lower : upper);
}
