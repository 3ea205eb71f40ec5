import { describe, expect, it } from '@jest/globals';
import { emptyHistory, remember, type HistoryPoint } from '../history/history.js';
import { durationFeatureNames, durationFeatures } from './duration-features.js';

const hourMs = 3_600_000;
const mondayNoonMs = Date.UTC(2026, 2, 2, 12);
const point = (durationMs: number, finishedAtMs: number, changes: Partial<HistoryPoint> = {}): HistoryPoint => ({
  ...{ startedAtMs: finishedAtMs - durationMs, finishedAtMs, durationMs, inputSizeBytes: 100, peakMemoryBytes: null, allocatedBytes: null, outcome: 'success', isOutOfMemory: false },
  ...{ attempt: 1, revision: 7, refName: 8, trigger: 9, errors: [] },
  ...changes,
});
const query = { atMs: mondayNoonMs, inputSizeBytes: 200, attempt: 2, revision: 7, refName: 1, trigger: 0, machineFactor: null };

describe('features of a duration', () => {
  const history = [1000, 1000, 2000, 4000].reduce((known, durationMs, index) => remember(known, point(durationMs, mondayNoonMs - (4 - index) * hourMs)), emptyHistory);
  const named = (values: readonly number[]) => Object.fromEntries(durationFeatureNames.map((name, index) => [name, values[index]]));

  it('are what one works out by hand', () => {
    const features = named(durationFeatures([{ level: 0, history }, { level: 4, history }], query, 2000));

    expect(features).toMatchObject({
      ln_last_over_reference: expect.closeTo(Math.log(2), 12),
      ln_mean_of_ten_over_reference: expect.closeTo(0, 12),
      ln_median_over_reference: expect.closeTo(Math.log(0.75), 12),
      ln_samples: Math.log1p(4),
      level: 0,
      ln_input_over_median_input: expect.closeTo(Math.log(2), 12),
      hour_sine: expect.closeTo(0, 12),
      hour_cosine: expect.closeTo(-1, 12),
      weekday: 1,
      attempt: 2,
      ln_hours_since_last: expect.closeTo(Math.log(2), 12),
      failure_rate_of_ten: 0,
      is_last_revision: 1,
      is_last_ref_name: 0,
      is_last_trigger: NaN,
      ln_machine_factor: NaN,
    });
  });

  it('are one for each name, and not known where nothing is', () => {
    const features = durationFeatures([{ level: 0, history: emptyHistory }], { ...query, inputSizeBytes: null }, null);

    expect(features).toHaveLength(durationFeatureNames.length);
    expect(named(features)).toMatchObject({ ln_last_over_reference: NaN, ln_samples: 0, level: NaN, failure_rate_of_ten: NaN, attempt: 2 });
  });

  it('are the same for a task a thousand times as long, but for its length', () => {
    const longer = history.points.reduce((known, one) => remember(known, { ...one, durationMs: (one.durationMs ?? 0) * 1000 }), emptyHistory);
    const short = durationFeatures([{ level: 0, history }], query, 2000);
    const long = durationFeatures([{ level: 0, history: longer }], query, 2_000_000);

    const length = durationFeatureNames.indexOf('ln_reference_ms');
    short.forEach((value, index) => index === length || Number.isNaN(value) || expect(long[index]).toBeCloseTo(value, 9));
    expect(long.map(Number.isNaN)).toEqual(short.map(Number.isNaN));
  });
});
