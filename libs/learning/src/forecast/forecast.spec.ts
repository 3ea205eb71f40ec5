import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '@orrery/stats';
import fc from 'fast-check';
import { forecast } from './forecast.js';

const hourMs = 3_600_000;
const hourly = (length: number, valueAt: (hour: number) => number): number[] => Array.from({ length }, (_, hour) => valueAt(hour));
const daily = (hour: number) => 50 + 40 * Math.sin((2 * Math.PI * hour) / 24);
const weekly = (hour: number) => daily(hour) + (Math.floor(hour / 24) % 7 >= 5 ? -8 : 20);
const input = (values: readonly number[], horizon: number) => ({ values, startMs: 0, stepMs: hourMs, horizon });
const worst = (path: readonly number[], truth: (step: number) => number) => Math.max(...path.map((value, step) => Math.abs(value - truth(step))));

describe('forecast', () => {
  it('is whole, ordered and finite for any history, however short, broken or constant', () => {
    const value = fc.oneof(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.constantFrom(0, Number.NaN, Number.POSITIVE_INFINITY));
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 60 }), fc.integer({ min: 1, max: 30 }), fc.boolean(), (values, horizon, isNonNegative) => {
        fc.pre(values.some(Number.isFinite));
        const { atMs, p10, p50, p90, members } = forecast({ ...input(values, horizon), isNonNegative });

        expect([atMs, p10, p50, p90].map(({ length }) => length)).toEqual([horizon, horizon, horizon, horizon]);
        for (let step = 0; step < horizon; step++) {
          expect([p10[step], p50[step], p90[step]].every(Number.isFinite)).toBe(true);
          expect(p10[step]).toBeLessThanOrEqual(p50[step]!);
          expect(p50[step]).toBeLessThanOrEqual(p90[step]!);
          if (isNonNegative) expect(p10[step]).toBeGreaterThanOrEqual(0);
        }
        expect(members.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 9);
      }),
      { numRuns: 60 },
    );
  });

  it('continues what repeats by the day and the week', () => {
    const values = hourly(4 * 168, weekly);
    const { p50, seasons } = forecast(input(values, 168));

    expect(seasons).toEqual([24, 168]);
    expect(worst(p50, (step) => weekly(values.length + step))).toBeLessThan(1);
  });

  it('knows a day from two days of history, and no week', () => {
    const { p50, seasons } = forecast(input(hourly(60, daily), 24));

    expect(seasons).toEqual([24]);
    expect(worst(p50, (step) => daily(60 + step))).toBeLessThan(8);
  });

  it('follows a series to its new level', () => {
    const random = seededRandom(5);
    const values = hourly(400, (hour) => (hour < 300 ? 10 : 100) + random.normal());

    expect(worst(forecast(input(values, 12)).p50, () => 100)).toBeLessThan(5);
  });

  it('forecasts the same with holes in the history, nearly', () => {
    const values = hourly(3 * 168, weekly);
    const holed = values.map((value, hour) => (hour % 17 === 3 || (hour > 200 && hour < 210) ? Number.NaN : value));

    expect(worst(forecast(input(holed, 24)).p50, (step) => weekly(values.length + step))).toBeLessThan(3);
  });

  it('holds about eighty percent of what comes within its interval', () => {
    const random = seededRandom(11);
    const covered = Array.from({ length: 25 }, () => {
      const values = hourly(168, (hour) => daily(hour) + 10 * random.normal());
      const { p10, p90 } = forecast(input(values.slice(0, 144), 24));
      return values.slice(144).filter((value, step) => value >= p10[step]! && value <= p90[step]!).length / 24;
    });

    expect(covered.reduce((sum, share) => sum + share, 0) / covered.length).toBeGreaterThan(0.72);
    expect(covered.reduce((sum, share) => sum + share, 0) / covered.length).toBeLessThan(0.9);
  });

  it('adds up to what will come where most values are zero, when it aims at the mean', () => {
    const random = seededRandom(9);
    const totals = Array.from({ length: 6 }, () => forecast({ ...input(hourly(400, () => Number(random.next() < 0.2)), 100), aim: 'mean', isNonNegative: true }).sum.p50);

    expect(totals.reduce((sum, total) => sum + total, 0) / 6).toBeGreaterThan(15);
    expect(totals.reduce((sum, total) => sum + total, 0) / 6).toBeLessThan(25);
  });

  it('says when each value stands', () => {
    expect(forecast({ values: [1, 2, 3], startMs: 1000, stepMs: 10, horizon: 2 }).atMs).toEqual([1030, 1040]);
  });

  it('says that it has tested nothing when there is one value', () => {
    expect(forecast(input([4], 3))).toMatchObject({ p50: [4, 4, 4], p10: [2, 2, 2], p90: [6, 6, 6], backtests: 0 });
  });

  it('refuses a history without a number', () => {
    expect(() => forecast(input([Number.NaN], 3))).toThrow('forecast has no finite value among 1, expected at least one');
    expect(() => forecast(input([1], 0))).toThrow('forecast horizon is 0, expected at least 1');
  });
});
