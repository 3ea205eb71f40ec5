import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '@orrery/stats';
import fc from 'fast-check';
import { pairedRatio } from './paired-comparison.js';

const values = fc.array(fc.double({ min: 0.5, max: 1000, noNaN: true }), { minLength: 1, maxLength: 20 });

describe('paired ratio', () => {
  it('is the ratio of the means with an interval around it, and counts the sequences that were won', () => {
    expect(pairedRatio([90, 95], [100, 100])).toEqual({ ratio: 0.925, low: 0.9, high: 0.95, wins: 2, count: 2 });
    expect(pairedRatio([90, 110], [100, 100])).toMatchObject({ ratio: 1, low: 0.9, high: 1.1, wins: 1, count: 2 });
  });

  it('is 1 without any doubt for a policy against itself', () => {
    fc.assert(fc.property(values, (own) => expect(pairedRatio(own, own, { resamples: 50 })).toEqual({ ratio: 1, low: 1, high: 1, wins: 0, count: own.length })));
  });

  it('lies inside its interval and scales with the values', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 1000 }), (own, seed) => {
        const other = own.map((value, index) => value * (1 + 0.1 * (index % 3)));
        const { low, high } = pairedRatio(own, other, { resamples: 100, seed });
        expect(low).toBeLessThanOrEqual(high);
        const double = pairedRatio(own.map((value) => value * 2), other, { resamples: 100, seed });
        expect(double.low).toBeCloseTo(2 * low, 9);
        expect(double.high).toBeCloseTo(2 * high, 9);
      }),
    );
  });

  it('holds the true ratio in about 95 of 100 intervals', () => {
    const random = seededRandom(3);
    let held = 0;
    for (let trial = 0; trial < 200; trial += 1) {
      const other = Array.from({ length: 40 }, () => 100 * Math.exp(0.3 * random.normal()));
      const own = other.map((value) => value * 0.9 * Math.exp(0.05 * random.normal() - 0.00125));
      const { low, high } = pairedRatio(own, other, { resamples: 200, seed: trial });
      if (low <= 0.9 && high >= 0.9) held += 1;
    }
    expect(held).toBeGreaterThanOrEqual(180);
    expect(held).toBeLessThanOrEqual(198);
  });

  it('is infinite when a job was left undone, and refuses values that are no pairs', () => {
    expect(pairedRatio([1, Infinity], [2, 2])).toEqual({ ratio: Infinity, low: Infinity, high: Infinity, wins: 1, count: 2 });
    expect(() => pairedRatio([1], [1, 2])).toThrow('expected as many values of both');
    expect(() => pairedRatio([], [])).toThrow('at least one');
  });
});
