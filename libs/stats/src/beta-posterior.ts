import { normalQuantile } from './normal.js';

/** Evidence of a share, fading. Single precision, so that storing it in four bytes changes nothing. */
export interface BetaEvidence {
  readonly successes: number;
  readonly failures: number;
}

/** Adds a result after letting the old evidence fade. @param keep share of the old evidence that stays. @minimum 0 @maximum 1 */
export function addToBeta({ successes, failures }: BetaEvidence, isSuccess: boolean, keep: number): BetaEvidence {
  return { successes: Math.fround(successes * keep + (isSuccess ? 1 : 0)), failures: Math.fround(failures * keep + (isSuccess ? 0 : 1)) };
}

/** Mean of the posterior under Jeffreys' prior Beta(1/2, 1/2). */
export function betaMean({ successes, failures }: BetaEvidence): number {
  return (successes + 0.5) / (successes + failures + 1);
}

export interface BetaSummary {
  readonly mean: number;
  readonly lower: number;
  readonly upper: number;
}

/** The posterior under Jeffreys' prior Beta(1/2, 1/2): mean and the central interval that holds `mass`. @default mass 0.95 */
export function betaSummary({ successes, failures }: BetaEvidence, mass = 0.95): BetaSummary {
  const alpha = successes + 0.5;
  const beta = failures + 0.5;
  const tail = (1 - mass) / 2;
  return { mean: betaMean({ successes, failures }), lower: betaQuantile(tail, alpha, beta), upper: betaQuantile(1 - tail, alpha, beta) };
}

/** P(X <= x) of Beta(alpha, beta): the regularised incomplete beta function. Source: Lentz's continued fraction, DLMF 8.17.22. */
export function betaCumulative(x: number, alpha: number, beta: number): number {
  return cumulative(x, { alpha, beta, logBeta: logBetaOf(alpha, beta) });
}

/** A distribution, with what all its values have in common. */
interface BetaShape {
  readonly alpha: number;
  readonly beta: number;
  /** ln of the beta function B(alpha, beta). */
  readonly logBeta: number;
}

function logBetaOf(alpha: number, beta: number): number {
  return logGamma(alpha) + logGamma(beta) - logGamma(alpha + beta);
}

function cumulative(x: number, { alpha, beta, logBeta }: BetaShape): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(alpha * Math.log(x) + beta * Math.log1p(-x) - logBeta);
  // The fraction converges fast on this side of the mean only.
  return x > (alpha + 1) / (alpha + beta + 2) ? 1 - (front * continuedFraction(1 - x, beta, alpha)) / beta : (front * continuedFraction(x, alpha, beta)) / alpha;
}

const quantileTolerance = 1e-10;
/** Newton's method needs about five steps; halving alone, were it ever left to that, forty. */
const mostSteps = 100;
/** No quantile that is told apart from 0 or 1 lies beyond, as ln(x / (1 - x)). */
const farthestLogit = 40;

/**
 * The p-quantile of Beta(alpha, beta) to 1e-10: Newton's method on ln(x / (1 - x)), where the density has no poles and the curve is near a normal one.
 * A step that would leave what is known to hold the quantile halves that instead.
 */
export function betaQuantile(p: number, alpha: number, beta: number): number {
  if (p <= 0 || p >= 1) return p <= 0 ? 0 : 1;
  const shape = { alpha, beta, logBeta: logBetaOf(alpha, beta) };
  let [low, high] = [-farthestLogit, farthestLogit];
  let logit = Math.min(Math.max(logitGuess(p, alpha, beta), low), high);
  for (let step = 0; step < mostSteps; step++) {
    const x = logistic(logit);
    const excess = cumulative(x, shape) - p;
    if (excess < 0) low = logit;
    else high = logit;
    // x (1 - x) turns the density of x into that of its logit.
    const next = logit - excess / Math.exp(alpha * Math.log(x) + beta * Math.log1p(-x) - shape.logBeta);
    const isNewton = next > low && next < high;
    logit = isNewton ? next : (low + high) / 2;
    if (isNewton && Math.abs(logistic(logit) - x) < quantileTolerance / 10) break;
    if (logistic(high) - logistic(low) < quantileTolerance) break;
  }
  return logistic(logit);
}

function logistic(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}

/** Near enough for Newton's method: the logit of a beta variable is nearly normal. */
function logitGuess(p: number, alpha: number, beta: number): number {
  return Math.log(alpha / beta) + normalQuantile(p) * Math.sqrt(1 / alpha + 1 / beta);
}

function continuedFraction(x: number, alpha: number, beta: number): number {
  let c = 1;
  let d = 1 / awayFromZero(1 - ((alpha + beta) * x) / (alpha + 1));
  let result = d;
  for (let m = 1; m <= 300; m++) {
    const even = (m * (beta - m) * x) / ((alpha + 2 * m - 1) * (alpha + 2 * m));
    d = 1 / awayFromZero(1 + even * d);
    c = awayFromZero(1 + even / c);
    result *= d * c;
    const odd = (-(alpha + m) * (alpha + beta + m) * x) / ((alpha + 2 * m) * (alpha + 2 * m + 1));
    d = 1 / awayFromZero(1 + odd * d);
    c = awayFromZero(1 + odd / c);
    result *= d * c;
    if (Math.abs(d * c - 1) < 1e-14) break;
  }
  return result;
}

function awayFromZero(value: number): number {
  return Math.abs(value) < 1e-300 ? 1e-300 : value;
}

// Lanczos approximation, g = 7, n = 9 (Godfrey 2001); arguments here are at least 1/2.
const lanczos = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

function logGamma(value: number): number {
  const shifted = value - 1;
  const base = shifted + 7.5;
  let sum = lanczos[0] ?? 0;
  for (let index = 1; index < lanczos.length; index++) sum += (lanczos[index] ?? 0) / (shifted + index);
  return 0.5 * Math.log(2 * Math.PI) + (shifted + 0.5) * Math.log(base) - base + Math.log(sum);
}
