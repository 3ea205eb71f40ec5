import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addToBeta, betaCumulative, betaQuantile, betaSummary } from './beta-posterior.js';

/** P(X <= x) of Beta(a, b) for whole a and b is a binomial tail (DLMF 8.17.5). */
function binomialTail(x: number, a: number, b: number): number {
  const n = a + b - 1;
  let ways = 1;
  let sum = 0;
  for (let k = 0; k <= n; k++) {
    if (k >= a) sum += ways * x ** k * (1 - x) ** (n - k);
    ways = (ways * (n - k)) / (k + 1);
  }
  return sum;
}

describe('beta distribution', () => {
  it('agrees with the binomial tail for whole parameters', () => {
    fc.assert(fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 30 }), (x, a, b) => expect(betaCumulative(x, a, b)).toBeCloseTo(binomialTail(x, a, b), 9)));
  });

  it('agrees with the arcsine law for Beta(1/2, 1/2)', () => {
    for (const p of [0.025, 0.1, 0.5, 0.9, 0.975]) expect(betaQuantile(p, 0.5, 0.5)).toBeCloseTo(Math.sin((Math.PI * p) / 2) ** 2, 8);
  });

  it('has quantiles that its cumulative distribution leads back to, however little or much is known', () => {
    const parameter = fc.oneof(fc.constant(0.5), fc.double({ min: 0.5, max: 60, noNaN: true }), fc.double({ min: 0.5, max: 5000, noNaN: true }));
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 0.999, noNaN: true }), parameter, parameter, (p, alpha, beta) => {
        const quantile = betaQuantile(p, alpha, beta);

        expect(quantile).toBeGreaterThan(0);
        expect(betaCumulative(quantile - 2e-10, alpha, beta)).toBeLessThanOrEqual(p + 1e-12);
        expect(betaCumulative(quantile + 2e-10, alpha, beta)).toBeGreaterThanOrEqual(p - 1e-12);
      }),
      { numRuns: 2000 },
    );
  });

  it('has the ends of the range as quantiles of nothing and of all', () => {
    expect([betaQuantile(0, 2, 3), betaQuantile(1, 2, 3)]).toEqual([0, 1]);
  });

  it('gives the Jeffreys interval: for 0 of 10 the upper end is 0.2172 (Brown, Cai and DasGupta 2001)', () => {
    expect(betaSummary({ successes: 0, failures: 10 }).upper).toBeCloseTo(0.2172, 4);
  });
});

describe('fading evidence', () => {
  it('keeps its weight bounded and its mean between the ends', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 400 }), (results) => {
        const evidence = results.reduce((sum, result) => addToBeta(sum, result, 0.98), { successes: 0, failures: 0 });
        const { mean, lower, upper } = betaSummary(evidence);

        expect(evidence.successes + evidence.failures).toBeLessThanOrEqual(50.01);
        expect(lower).toBeGreaterThanOrEqual(0);
        expect(lower).toBeLessThanOrEqual(mean);
        expect(mean).toBeLessThanOrEqual(upper);
        expect(upper).toBeLessThanOrEqual(1);
      }),
    );
  });
});
