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
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  // The fraction converges fast on this side of the mean only.
  if (x > (alpha + 1) / (alpha + beta + 2)) return 1 - betaCumulative(1 - x, beta, alpha);
  const front = Math.exp(logGamma(alpha + beta) - logGamma(alpha) - logGamma(beta) + alpha * Math.log(x) + beta * Math.log1p(-x)) / alpha;
  return front * continuedFraction(x, alpha, beta);
}

/** The p-quantile of Beta(alpha, beta) to 1e-10, by bisection: it is called when a person looks, not for every value. */
export function betaQuantile(p: number, alpha: number, beta: number): number {
  let low = 0;
  let high = 1;
  while (high - low > 1e-10) {
    const middle = (low + high) / 2;
    if (betaCumulative(middle, alpha, beta) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

function continuedFraction(x: number, alpha: number, beta: number): number {
  let c = 1;
  let d = 1 / awayFromZero(1 - ((alpha + beta) * x) / (alpha + 1));
  let result = d;
  for (let m = 1; m <= 300; m++) {
    const even = (m * (beta - m) * x) / ((alpha + 2 * m - 1) * (alpha + 2 * m));
    const odd = (-(alpha + m) * (alpha + beta + m) * x) / ((alpha + 2 * m) * (alpha + 2 * m + 1));
    for (const term of [even, odd]) {
      d = 1 / awayFromZero(1 + term * d);
      c = awayFromZero(1 + term / c);
      result *= d * c;
    }
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
  const sum = lanczos.reduce((total, coefficient, index) => (index === 0 ? coefficient : total + coefficient / (shifted + index)), 0);
  return 0.5 * Math.log(2 * Math.PI) + (shifted + 0.5) * Math.log(base) - base + Math.log(sum);
}
