import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { brierScore, gradeOf, pinballLoss, scoreInterval } from './score.js';

describe('the score of an interval', () => {
  it('is what one works out by hand', () => {
    // (0.1 x 45 + 0.5 x 25 + 0.1 x 5) / 3 / 125
    expect(scoreInterval({ p10: 80, p50: 100, p90: 130 }, 125)).toEqual({ ape: 0.2, grade: 'good', pinball: expect.closeTo(17.5 / 375, 12), isCovered: true });
  });

  it('has its classes at 10, 25 and 50 %', () => {
    expect([0, 0.1, 0.11, 0.25, 0.26, 0.5, 0.51].map(gradeOf)).toEqual(['excellent', 'excellent', 'good', 'good', 'fair', 'fair', 'poor']);
  });

  it('is the same in every unit', () => {
    const positive = fc.double({ min: 0.001, max: 1e6, noNaN: true });

    fc.assert(
      fc.property(positive, positive, fc.double({ min: 0.01, max: 100, noNaN: true }), (p50, actual, factor) => {
        const score = scoreInterval({ p10: p50 / 2, p50, p90: p50 * 2 }, actual);
        const scaled = scoreInterval({ p10: (p50 / 2) * factor, p50: p50 * factor, p90: p50 * 2 * factor }, actual * factor);

        expect(scaled.ape).toBeCloseTo(score.ape, 6);
        expect(scaled.pinball).toBeCloseTo(score.pinball, 6);
      }),
    );
  });
});

describe('the pinball loss', () => {
  it('is never negative, and least at the quantile', () => {
    const values = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    const total = (predicted: number) => values.reduce((sum, value) => sum + pinballLoss(0.9, predicted, value), 0);

    expect(total(9)).toBeLessThanOrEqual(Math.min(total(8), total(10)));
    fc.assert(fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer(), fc.integer(), (level, predicted, actual) => pinballLoss(level, predicted, actual) >= 0));
  });
});

describe('the Brier score', () => {
  it('is nothing for a certainty that comes true and one for one that does not', () => {
    expect([brierScore(1, true), brierScore(0, true), brierScore(0.3, false)]).toEqual([0, 1, expect.closeTo(0.09, 12)]);
  });
});
