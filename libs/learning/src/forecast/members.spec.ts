import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { lagForecast } from './lag-regression.js';
import { membersFor, sparseLags } from './members.js';
import { withoutGaps } from './observed-series.js';
import { seasonalNaive } from './seasonal-naive.js';
import { smoothedForecast } from './seasonal-smoothing.js';
import { seasonalProfile, thetaForecast } from './theta.js';

const close = (path: readonly number[], expected: readonly number[], digits: number) => {
  expect(path).toHaveLength(expected.length);
  path.forEach((value, step) => expect(value).toBeCloseTo(expected[step]!, digits));
};

describe('seasonal naive', () => {
  it('repeats the last season', () => {
    expect(seasonalNaive([9, 1, 2, 3], 3, 5)).toEqual([1, 2, 3, 1, 2]);
    expect(seasonalNaive([9, 1], 3, 2)).toEqual([1, 1]);
  });
});

describe('theta', () => {
  // The trend line is the series; the curved line 2y - line is the series as well, smoothed with 0.95 its level lags by slope * 0.05 / 0.95 in the long run.
  it('goes on with half the slope of a straight line, from its level', () => {
    const values = Array.from({ length: 200 }, (_, index) => 3 + 2 * index);
    const lag = (2 * 0.05) / 0.95;

    close(thetaForecast(values, 1, 3), [0, 1, 2].map((step) => (401 - lag + 3 + 2 * (200 + step)) / 2), 6);
  });

  it('finds the profile of a season, centred', () => {
    close(seasonalProfile([0, 3, 6, 0, 3, 6, 0, 3, 6], 3), [-3, 0, 3], 9);
  });
});

describe('smoothing', () => {
  it('continues two seasons at once', () => {
    const valueAt = (at: number) => 10 + [0, 5, -5, 2][at % 4]! + (at % 12 >= 8 ? 7 : 0);
    const values = Array.from({ length: 120 }, (_, at) => valueAt(at));

    close(smoothedForecast(values, [4, 12], 12), Array.from({ length: 12 }, (_, step) => valueAt(120 + step)), 3);
  });
});

describe('lag regression', () => {
  it('finds the recurrence that made a series', () => {
    const values = [1, 0.3];
    while (values.length < 80) values.push(1.6 * values.at(-1)! - 0.98 * values.at(-2)!);
    const truth = [...values];
    while (truth.length < 90) truth.push(1.6 * truth.at(-1)! - 0.98 * truth.at(-2)!);

    // One value as the level of nothing: measured from zero, the recurrence is exact.
    close(lagForecast(values, { lags: [1, 2], ridge: 1e-12, levelLength: 0 }, 10), truth.slice(80), 6);
  });
});

describe('members', () => {
  it('know the logarithms of positive series only', () => {
    const names = (values: readonly number[]) => membersFor(values, [2, 6]).map(({ name }) => name);

    expect(names([1, 2, 3])).toContain('theta of logarithms');
    expect(names([1, 0, 3])).not.toContain('theta of logarithms');
  });

  it('continue any history, of whatever length', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0.1, max: 1e4, noNaN: true }), { minLength: 1, maxLength: 50 }), (values) => {
        for (const { forecast } of membersFor(values, [4, 12])) expect(forecast(values, 7)).toHaveLength(7);
      }),
      { numRuns: 30 },
    );
  });

  it('look at the hours around now, a day ago and a week ago', () => {
    expect(sparseLags([24, 168])).toEqual([1, 2, 3, 4, 23, 24, 25, 26, 48, 49, 72, 96, 120, 144, 167, 168, 169]);
    expect(sparseLags([])).toEqual([1, 2, 3, 4]);
  });
});

describe('gaps', () => {
  const nothing = Number.NaN;

  it('are bridged by a line while they are short', () => {
    expect(withoutGaps([1, nothing, nothing, 4], [2])).toEqual([1, 2, 3, 4]);
    expect(withoutGaps([nothing, 5, nothing], [2])).toEqual([5, 5, 5]);
  });

  it('are filled by the season before or after, of the longest season that shows it', () => {
    expect(withoutGaps([1, 2, 3, nothing, nothing, nothing], [3])).toEqual([1, 2, 3, 1, 2, 3]);
    expect(withoutGaps([9, 0, 0, 9, 0, 0, nothing], [3])).toEqual([9, 0, 0, 9, 0, 0, 9]);
    expect(withoutGaps([nothing, nothing, nothing, 7, 8, 9], [3])).toEqual([7, 8, 9, 7, 8, 9]);
    expect(withoutGaps([1, 2, 3, 4, 5, nothing, nothing, nothing], [1, 4])).toEqual([1, 2, 3, 4, 5, 2, 3, 4]);
    expect(withoutGaps([nothing, nothing, nothing, 5], [9])).toEqual([5, 5, 5, 5]);
  });
});
