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

/** P(Z <= z), within 7.5e-8. Source: Abramowitz and Stegun 1964, 26.2.17. */
export function normalCumulative(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const tail = (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return z >= 0 ? 1 - tail : tail;
}

const central = {
  numerator: [-3.969683028665376e1, 2.209460984245205e2, -2.759285104469687e2, 1.38357751867269e2, -3.066479806614716e1, 2.506628277459239],
  denominator: [-5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2, 6.680131188771972e1, -1.328068155288572e1, 1],
} as const;
const tails = {
  numerator: [-7.784894002430293e-3, -3.223964580411365e-1, -2.400758277161838, -2.549732539343734, 4.374664141464968, 2.938163982698783],
  denominator: [7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416, 1],
} as const;
const tailBelow = 0.02425;

/** The z with P(Z <= z) = share, within 1.15e-9 of itself. Source: Acklam 2003, "An algorithm for computing the inverse normal cumulative distribution function". */
export function normalQuantile(share: number): number {
  const p = Math.min(Math.max(share, 1e-12), 1 - 1e-12);
  if (p < tailBelow) return tailQuantile(p);
  if (p > 1 - tailBelow) return -tailQuantile(1 - p);
  const q = p - 0.5;
  return (polynomial(central.numerator, q * q) * q) / polynomial(central.denominator, q * q);
}

function tailQuantile(p: number): number {
  const q = Math.sqrt(-2 * Math.log(p));
  return polynomial(tails.numerator, q) / polynomial(tails.denominator, q);
}

function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);
}
