import { describe, expect, it } from '@jest/globals';
import { hourMs } from './arrival-hours.js';
import { denseHours } from './dense-hours.js';

const dayMs = Date.UTC(2026, 2, 2);
const figure = (hour: number, runs: number, loadHours = 0, costUsd = 0) => ({ hourMs: dayMs + hour * hourMs, runs, tasks: 0, loadMs: loadHours * hourMs, costUsd });
const period = { sinceMs: dayMs, untilMs: dayMs + 6 * hourMs };

describe('hours in a row', () => {
  it('are zero where nothing happened, and begin with the first in which anything did', () => {
    expect(denseHours([figure(2, 3, 1.5, 0.2), figure(5, 1, 0.25)], { ...period, isWatched: false })).toEqual({
      startMs: dayMs + 2 * hourMs,
      runs: [3, 0, 0, 1],
      loadHours: [1.5, 0, 0, 0.25],
      totals: { runs: 4, loadHours: 1.75, costUsd: 0.2 },
    });
  });

  it('begin with the period where there is something older', () => {
    expect(denseHours([figure(4, 1)], { ...period, isWatched: true })?.runs).toEqual([0, 0, 0, 0, 1, 0]);
  });

  it('are none where nothing happened at all', () => {
    expect(denseHours([], { ...period, isWatched: true })).toBeNull();
  });
});
