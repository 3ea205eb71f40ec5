import { describe, expect, it } from '@jest/globals';
import { contestOrigins, isNetworkBetter, meanError, seriesBefore } from './contest.js';
import { regularReadings } from './regular-readings.js';

const startMs = Date.UTC(2026, 2, 2, 9);
const at = (minute: number, value: number) => ({ atMs: startMs + minute * 60_000, value });

describe('readings at equal distances', () => {
  it('end with the last reading, and carry one on for a few steps', () => {
    const series = regularReadings([at(0, 1), at(1.1, 2), at(2, 3), at(9, 4), at(10, 5)]);

    expect(series).toEqual({ startMs, stepMs: 60_000, values: Float64Array.from([1, 2, 3, 3, 3, 3, NaN, NaN, NaN, 4, 5]) });
  });

  it('lie as far apart as readings usually do, in whole minutes', () => {
    expect(regularReadings([at(0, 1), at(5, 2), at(10.2, 3)])).toMatchObject({ stepMs: 300_000, values: Float64Array.from([1, 2, 3]) });
    expect(regularReadings([at(0, 1)])).toBeNull();
  });
});

describe('the contest of forecasts', () => {
  const series = { startMs, stepMs: 60_000, values: Array.from({ length: 100 }, (_, index) => index) };

  it('is held on the newest part, within what is known', () => {
    const origins = contestOrigins(series, 10);

    expect([origins.length, origins[0], origins.at(-1)]).toEqual([10, 80, 90]);
    expect(contestOrigins(series, 20)).toEqual([80]);
    expect(contestOrigins(series, 21)).toEqual([]);
    expect(seriesBefore(series, 80).values).toHaveLength(80);
  });

  it('is won by who is closer', () => {
    expect(meanError(series, [80, 90], [[80, 80], [95]])).toBe(2);
    expect(meanError({ ...series, values: [NaN] }, [0], [[1]])).toBe(Infinity);
    expect([isNetworkBetter({ origins: 1, networkError: 1, statisticalError: 2 }), isNetworkBetter({ origins: 1, networkError: 2, statisticalError: 2 })]).toEqual([true, false]);
  });
});
