import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '@orrery/stats';
import { backtest, originsOf } from './backtest.js';
import { stepIntervals, sumMargin } from './intervals.js';
import { membersFor } from './members.js';

describe('backtest', () => {
  it('judges the last five horizons, each from what came before it', () => {
    expect(originsOf(700, 48)).toEqual({ knownLengths: [652, 604, 556, 508, 460], steps: 48 });
  });

  it('judges fewer steps, closer together, of a short history', () => {
    expect(originsOf(20, 48)).toEqual({ knownLengths: [15, 14, 13, 12, 11], steps: 5 });
    expect(originsOf(4, 48)).toEqual({ knownLengths: [3], steps: 1 });
    expect(originsOf(3, 48)).toEqual({ knownLengths: [], steps: 0 });
  });

  it('gives the weight to the method that is right', () => {
    const values = Array.from({ length: 80 }, (_, at) => [1, 9, 4, 2][at % 4]!);
    const members = [
      { name: 'last value', forecast: (known: readonly number[], horizon: number) => Array.from({ length: horizon }, () => known.at(-1)!) },
      ...membersFor(values, [4]).filter(({ name }) => name === 'seasonal naive 4'),
    ];

    expect(backtest(values, members, { horizon: 8, aim: 'median', bounded: (path) => [...path] }).weights).toEqual([0, 1]);
  });
});

describe('intervals', () => {
  it('are wider where the errors were', () => {
    const random = seededRandom(3);
    const residuals = Array.from({ length: 5 }, () => Array.from({ length: 60 }, (_, step) => random.normal() * (1 + step)));
    const ends = stepIntervals(residuals, 60, 0.8);

    expect(ends[50]!.upper).toBeGreaterThan(3 * ends[5]!.upper);
    expect(ends[50]!.lower).toBeLessThan(0);
  });

  it('grow with the root of time beyond what was tested', () => {
    const ends = stepIntervals([[1, -1, 1, -1]], 16, 0.8);

    expect(ends[15]!.upper / ends[3]!.upper).toBeCloseTo(2, 9);
  });

  it('are nothing when nothing was tested', () => {
    expect(stepIntervals([], 2, 0.8)).toEqual([
      { lower: 0, upper: 0 },
      { lower: 0, upper: 0 },
    ]);
  });
});

describe('interval of a sum', () => {
  it('is wide where errors of neighbouring steps go together, narrow where they cancel', () => {
    // Student's quantile with one degree of freedom over the normal one: 1 + (1.2816^2 + 1) / 4.
    const widened = 1.2815515655446004 * (1 + (1.2815515655446004 ** 2 + 1) / 4);

    expect(sumMargin([[1, 1, 1, 1], [-1, -1, -1, -1]], 4)).toBeCloseTo(4 * widened, 9);
    expect(sumMargin([[1, -1, 1, -1], [-1, 1, -1, 1]], 4)).toBe(0);
    expect(sumMargin([[1, 1], [1, 1]], 8)).toBeCloseTo(8 * widened, 9);
    expect(sumMargin([], 8)).toBe(0);
  });
});
