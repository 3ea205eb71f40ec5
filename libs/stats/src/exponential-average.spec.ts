import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addToEw, emptyEw, ewDeviation } from './exponential-average.js';

const added = (values: readonly number[], alpha: number) => values.reduce((state, value) => addToEw(state, value, alpha), emptyEw);

/** The definition: weights alpha (1 - alpha)^(n - i), divided by their sum. */
function byDefinition(values: readonly number[], alpha: number) {
  const weights = values.map((_, index) => (1 - alpha) ** (values.length - 1 - index));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const mean = values.reduce((sum, value, index) => sum + value * (weights[index] ?? 0), 0) / total;
  const variance = values.reduce((sum, value, index) => sum + (weights[index] ?? 0) * (value - mean) ** 2, 0) / total;
  const squares = weights.reduce((sum, weight) => sum + weight ** 2, 0) / total ** 2;
  return { mean, deviation: Math.sqrt(variance / (1 - squares)) };
}

describe('exponential average', () => {
  it('agrees with the example of the pandas documentation: DataFrame.ewm(com=0.5).mean() of 0, 1, 2', () => {
    expect(added([0], 2 / 3).mean).toBe(0);
    expect(added([0, 1], 2 / 3).mean).toBeCloseTo(0.75, 6);
    expect(added([0, 1, 2], 2 / 3).mean).toBeCloseTo(1.615385, 6);
  });

  it('is the first value after one value, whatever alpha is', () => {
    fc.assert(fc.property(fc.float({ noNaN: true, min: 0, max: 1e9 }), fc.constantFrom(0.1, 0.3), (value, alpha) => expect(added([value], alpha).mean).toBeCloseTo(value, -3)));
  });

  it('agrees with its definition', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 1, max: 1000, noNaN: true }), { minLength: 2, maxLength: 60 }), fc.constantFrom(0.1, 0.3), (values, alpha) => {
        const expected = byDefinition(values, alpha);
        const state = added(values, alpha);

        expect(Math.abs(state.mean - expected.mean)).toBeLessThan(1e-3 * (1 + expected.mean));
        expect(Math.abs(ewDeviation(state, alpha) - expected.deviation)).toBeLessThan(1e-2 * (1 + expected.deviation));
      }),
    );
  });

  it('tells large values apart that are close together', () => {
    const values = [999.3308417962422, 998.6631905484383];

    expect(ewDeviation(added(values, 0.1), 0.1)).toBeCloseTo(byDefinition(values, 0.1).deviation, 4);
  });

  it('has no deviation for constants, one value and none', () => {
    // Up to single precision: shares of the weights do not always sum to one exactly.
    expect(ewDeviation(added([7, 7, 7, 7], 0.1), 0.1)).toBeCloseTo(0, 2);
    expect(ewDeviation(added([7], 0.1), 0.1)).toBe(0);
    expect(ewDeviation(emptyEw, 0.1)).toBe(0);
  });

  it('holds single precision only, so that four bytes keep it', () => {
    const { mean, variance, weight } = added([0.1, 1234.567, 3e14], 0.1);

    for (const value of [mean, variance, weight]) expect(Math.fround(value)).toBe(value);
  });
});
