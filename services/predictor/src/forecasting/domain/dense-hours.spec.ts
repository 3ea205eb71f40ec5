import { describe, expect, it } from '@jest/globals';
import { hourMs } from './arrival-hours.js';
import { denseHours, settledLoad } from './dense-hours.js';

const dayMs = Date.UTC(2026, 2, 2);
const figure = (hour: number, runs: number, loadHours = 0, costUsd = 0) => ({ hourMs: dayMs + hour * hourMs, runs, tasks: 0, loadMs: loadHours * hourMs, costUsd });
const period = { sinceMs: dayMs, untilMs: dayMs + 6 * hourMs };

describe('hours in a row', () => {
  it('are zero where nothing happened, and begin with the first in which anything did', () => {
    expect(denseHours([figure(2, 3, 1.5, 0.2), figure(5, 1, 0.25)], { ...period, isWatched: false })).toEqual({
      startMs: dayMs + 2 * hourMs,
      runs: [3, 0, 0, 1],
      loadHours: [1.5, 0, 0, 0.25],
      totals: { runs: 4, tasks: 0, loadHours: 1.75, costUsd: 0.2 },
    });
  });

  it('begin with the period where there is something older', () => {
    expect(denseHours([figure(4, 1)], { ...period, isWatched: true })?.runs).toEqual([0, 0, 0, 0, 1, 0]);
  });

  it('are none where nothing happened at all', () => {
    expect(denseHours([], { ...period, isWatched: true })).toBeNull();
  });
});

describe('the load of the last hours', () => {
  const load = (tasks: number, loadHours: readonly number[]) => settledLoad({ startMs: dayMs, runs: [], loadHours, totals: { runs: 0, tasks, loadHours: loadHours.reduce((sum, hours) => sum + hours, 0), costUsd: 0 } });
  const days = [...Array.from({ length: 24 }, (_, hour) => hour), ...Array.from({ length: 24 }, (_, hour) => (hour < 22 ? hour : 0))];

  it('is no less than a day earlier where the tasks that ran in them have hardly ended', () => {
    // 507 hours of load in 253 tasks: two hours each.
    expect(load(253, days).slice(-3)).toEqual([21, 22, 23]);
  });

  it('is no less than a week earlier where that is known', () => {
    const weeks = [...days.slice(0, 24), ...Array.from({ length: 168 }, () => 1)];

    expect(load(200, weeks).at(-1)).toBe(23);
  });

  it('is what it is where tasks are short, or there are none', () => {
    expect(load(10_000, days)).toEqual(days);
    expect(load(0, [0, 0])).toEqual([0, 0]);
  });
});
