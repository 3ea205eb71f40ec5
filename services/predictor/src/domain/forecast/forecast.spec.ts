import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '@orrery/stats';
import fc from 'fast-check';
import { forecastCapacity } from './forecast-capacity.js';
import { forecastSamples } from './forecast-samples.js';

const hourMs = 3_600_000;
const minuteMs = 60_000;
// A Monday at midnight.
const startMs = Date.UTC(2026, 0, 5);
const officeHours = (hour: number) => (hour % 24 >= 8 && hour % 24 < 18 && Math.floor(hour / 24) % 7 < 5 ? 20 : 2);
const history = (hours: number, valueAt: (hour: number) => number = officeHours) => {
  const arrivalsPerHour = Array.from({ length: hours }, (_, hour) => valueAt(hour));
  return { startMs, arrivalsPerHour, loadHoursPerHour: arrivalsPerHour.map((value) => value / 4), nowMs: startMs + hours * hourMs };
};

describe('capacity forecast', () => {
  it('tells the next week by the hour, with office hours and free weekends', () => {
    const { hours, basis } = forecastCapacity(history(4 * 168));

    expect(hours).toHaveLength(168);
    expect(hours[0]?.atMs).toBe(startMs + 4 * 168 * hourMs);
    hours.forEach(({ arrivals, loadHours }, hour) => {
      expect(Math.abs(arrivals.p50 - officeHours(hour))).toBeLessThan(1);
      expect(Math.abs(loadHours.p50 - officeHours(hour) / 4)).toBeLessThan(0.25);
    });
    expect(basis).toMatchObject({ historyHours: 672, seasonsHours: [24, 168], backtests: 5, words: '28 days of history; the time of day and the weekday are known; the intervals come from 5 forecasts of the past' });
  });

  it('finds the busiest hour of each working day', () => {
    const random = seededRandom(1);
    const noon = (hour: number) => officeHours(hour) * (hour % 24 === 12 ? 2 : 1) + random.next();
    const { peaks } = forecastCapacity(history(4 * 168, noon));

    expect(peaks).toHaveLength(5);
    expect(peaks.map(({ atMs }) => new Date(atMs).getUTCHours())).toEqual([12, 12, 12, 12, 12]);
    expect(peaks.every(({ loadHours }, index) => loadHours.p50 <= (peaks[index - 1]?.loadHours.p50 ?? Infinity))).toBe(true);
  });

  it('says what the week will cost', () => {
    const { cost, totals } = forecastCapacity({ ...history(4 * 168), pricePerHour: 0.5 });
    const truth = Array.from({ length: 168 }, (_, hour) => officeHours(hour) / 4).reduce((sum, load) => sum + load, 0);

    expect(cost?.p50).toBeCloseTo(0.5 * totals.loadHours.p50, 9);
    expect(Math.abs(totals.loadHours.p50 - truth) / truth).toBeLessThan(0.02);
    expect(cost!.p10).toBeLessThanOrEqual(cost!.p50);
    expect(cost!.p50).toBeLessThanOrEqual(cost!.p90);
    expect(forecastCapacity(history(24))).not.toHaveProperty('cost');
  });

  it('says what a short history does not tell', () => {
    const words = (hours: number) => forecastCapacity(history(hours)).basis.words;

    expect(words(0)).toBe('no history yet: nothing is expected');
    expect(words(1)).toBe('1 hour of history; every hour is expected alike: a time of day takes two days; too little to test the forecast on');
    expect(words(20)).toBe('20 hours of history; every hour is expected alike: a time of day takes two days; the intervals come from 5 forecasts of the past');
    expect(words(100)).toBe('4 days of history; the time of day is known, the weekday not yet: that takes two weeks; the intervals come from 5 forecasts of the past');
  });

  it('expects nothing without a history', () => {
    const { hours, peaks, totals } = forecastCapacity({ ...history(0), horizonHours: 2 });

    expect(hours.map(({ arrivals }) => arrivals)).toEqual([
      { p10: 0, p50: 0, p90: 0 },
      { p10: 0, p50: 0, p90: 0 },
    ]);
    expect([peaks, totals.loadHours.p90]).toEqual([[], 0]);
  });

  it('leaves out the hour that has only begun, and takes missing hours for empty ones', () => {
    const early = { ...history(48, () => 8), nowMs: startMs + 47.5 * hourMs };
    const late = { ...history(48, () => 8), nowMs: startMs + 96 * hourMs };

    expect(forecastCapacity(early).hours[0]?.atMs).toBe(startMs + 47 * hourMs);
    expect(forecastCapacity(late).hours[0]?.atMs).toBe(startMs + 96 * hourMs);
    expect(forecastCapacity(late).hours[0]?.arrivals.p50).toBeLessThan(4);
  });

  it('never expects less than nothing, and keeps its quantiles in order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 80 }), (counts) => {
        const { hours } = forecastCapacity({ ...history(counts.length, (hour) => counts[hour]!), horizonHours: 30 });

        for (const { p10, p50, p90 } of hours.flatMap(({ arrivals, loadHours }) => [arrivals, loadHours])) {
          expect(p10).toBeGreaterThanOrEqual(0);
          expect(p50).toBeGreaterThanOrEqual(p10);
          expect(p90).toBeGreaterThanOrEqual(p50);
        }
      }),
      { numRuns: 25 },
    );
  });

  it('refuses histories that do not belong together', () => {
    expect(() => forecastCapacity({ ...history(3), loadHoursPerHour: [1] })).toThrow('capacity forecast has 3 hours of arrivals and 1 of load');
    expect(() => forecastCapacity({ ...history(3), horizonHours: 0 })).toThrow('capacity forecast is asked for 0 hours, expected at least 1');
  });
});

describe('forecast of readings', () => {
  const readings = (count: number, valueAt: (index: number) => number) => Array.from({ length: count }, (_, index) => ({ atMs: startMs + index * minuteMs, value: valueAt(index) }));

  it('follows a ramp in the steps of the readings', () => {
    const { stepMs, steps } = forecastSamples({ samples: readings(120, (index) => 1000 + 5 * index), horizonMinutes: 10 });

    expect([stepMs, steps.length, steps[0]?.atMs]).toEqual([minuteMs, 10, startMs + 120 * minuteMs]);
    steps.forEach(({ p50 }, step) => expect(Math.abs(p50 - (1600 + 5 * step))).toBeLessThan(8));
  });

  it('takes readings in any order, and with holes', () => {
    const samples = readings(60, (index) => 50 + 0 * index);
    const { steps } = forecastSamples({ samples: [...samples.slice(30).reverse(), ...samples.slice(0, 20)], horizonMinutes: 3 });

    expect(steps.map(({ p50 }) => p50)).toEqual([50, 50, 50]);
  });

  it('looks at no more steps than show the course', () => {
    const fast = Array.from({ length: 500 }, (_, index) => ({ atMs: startMs + index * 200, value: index % 7 }));

    expect(forecastSamples({ samples: fast, horizonMinutes: 60 })).toMatchObject({ stepMs: 15_000, basis: { samples: 500 } });
    expect(forecastSamples({ samples: fast, horizonMinutes: 60 }).steps).toHaveLength(240);
  });

  it('knows from one reading only that reading', () => {
    expect(forecastSamples({ samples: readings(1, () => 7), horizonMinutes: 1 })).toMatchObject({ steps: [{ p50: 7 }], basis: { backtests: 0, words: '1 reading; too few to test the forecast on' } });
  });

  it('refuses to say anything of nothing', () => {
    expect(() => forecastSamples({ samples: [{ atMs: 0, value: Number.NaN }], horizonMinutes: 1 })).toThrow('forecast has no finite reading among 1');
    expect(() => forecastSamples({ samples: readings(1, () => 1), horizonMinutes: 0 })).toThrow('forecast is asked for 0 minutes');
  });
});
