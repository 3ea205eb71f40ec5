import { describe, expect, it } from '@jest/globals';
import { hourChart, roundTop } from './chart-shapes.js';

const hour = (index: number) => new Date(Date.UTC(2026, 2, 2, 22) + index * 3_600_000).toISOString();
const band = (p50: number) => ({ p10: p50 / 2, p50, p90: p50 * 2 });
const forecast = {
  as_of: hour(2),
  history: [0, 1].map((index) => ({ at: hour(index), runs: index * 3, load_hours: 0.5 })),
  hours: [2, 3].map((index) => ({ at: hour(index), arrivals: band(2), load_hours: band(1), cost_usd: null })),
};
const size = { width: 400, height: 80 };

describe('a chart of hours', () => {
  it('has what was as bars and what is to come as a line in a band, on one scale', () => {
    const chart = hourChart(forecast, 'arrivals', size);

    expect(chart.bars).toEqual([{ x: 100, y: 20, width: 99.5, height: 60 }]);
    expect(chart.middle).toBe('M250,40L350,40');
    expect(chart.band).toBe('M250,0L350,0L350,60L250,60Z');
    expect(chart.nowX).toBe(200);
    expect(chart.days).toEqual([{ x: 200, label: 'Tue 3' }]);
    expect(chart.levels).toEqual([
      { y: 80, value: 0 },
      { y: 40, value: 2 },
      { y: 0, value: 4 },
    ]);
  });

  it('shows the load on a scale of its own', () => {
    expect(hourChart(forecast, 'load_hours', size).levels.at(-1)?.value).toBe(2);
  });

  it('is empty where nothing is known', () => {
    expect(hourChart({ as_of: hour(0), history: [], hours: [] }, 'arrivals', size)).toMatchObject({ bars: [], middle: '', band: '', nowX: 0 });
  });
});

describe('the top of a scale', () => {
  it.each([
    [0, 1],
    [1, 1],
    [3, 4],
    [9, 10],
    [0.03, 0.04],
    [1234, 2000],
  ])('of %p is %p', (most, top) => {
    expect(roundTop(most)).toBeCloseTo(top, 12);
  });
});
