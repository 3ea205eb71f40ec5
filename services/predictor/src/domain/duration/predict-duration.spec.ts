import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '@orrery/stats';
import fc from 'fast-check';
import type { DurationPoint, DurationPrediction, DurationQuery } from './duration-point.js';
import { predictDuration } from './predict-duration.js';

const nowMs = 1_000_000;
const query: DurationQuery = { inputSizeBytes: null, machineFactor: null, nowMs };
const point = (durationMs: number, finishedAtMs: number, inputSizeBytes: number | null = null): DurationPoint => ({ durationMs, inputSizeBytes, finishedAtMs, machineFactor: null });
const series = (durations: readonly number[]): DurationPoint[] => durations.map((durationMs, index) => point(durationMs, index));
const predicted = (history: readonly DurationPoint[], asked: DurationQuery = query): DurationPrediction => predictDuration(history, asked);

const anyPoint = fc.record({
  durationMs: fc.oneof(fc.constant(0), fc.double({ min: 1, max: 1e8, noNaN: true })),
  inputSizeBytes: fc.option(fc.oneof(fc.constant(0), fc.double({ min: 1, max: 1e12, noNaN: true }))),
  finishedAtMs: fc.integer({ min: 0, max: 40 }),
  machineFactor: fc.option(fc.double({ min: 0.1, max: 10, noNaN: true })),
});
const anyHistory = fc.array(anyPoint, { minLength: 1, maxLength: 64 });
/** Without equal durations: which of two equals comes first is a matter of the last bit of their logarithms, and of nothing else. */
const historyOfDistinct = fc.uniqueArray(anyPoint.map((some) => ({ ...some, durationMs: 1 + some.durationMs })), { minLength: 1, maxLength: 64, selector: ({ durationMs }) => Math.round(1e6 * Math.log(durationMs)) });
const anyQuery = fc.record({ inputSizeBytes: fc.option(fc.double({ min: 0, max: 1e13, noNaN: true })), machineFactor: fc.option(fc.double({ min: 0.1, max: 10, noNaN: true })), nowMs: fc.constant(nowMs) });

describe('duration prediction', () => {
  it('is in order and finite, whatever the history', () => {
    fc.assert(
      fc.property(anyHistory, anyQuery, (history, asked) => {
        const { p10Ms, p50Ms, p90Ms, confidence } = predicted(history, asked);

        expect(p10Ms).toBeGreaterThanOrEqual(0);
        expect(p50Ms).toBeGreaterThanOrEqual(p10Ms);
        expect(p90Ms).toBeGreaterThanOrEqual(p50Ms);
        expect(Number.isFinite(p90Ms)).toBe(true);
        expect(confidence).toBeGreaterThanOrEqual(0);
        expect(confidence).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('does not depend on the order in which the history is given', () => {
    fc.assert(
      fc.property(anyHistory, anyQuery, (history, asked) => {
        expect(predictDuration([...history].reverse(), asked)).toEqual(predictDuration(history, asked));
      }),
    );
  });

  it('is c times as long for durations c times as long', () => {
    fc.assert(
      fc.property(historyOfDistinct, anyQuery, fc.constantFrom(0.25, 4, 1024), (history, asked, factor) => {
        const one = predicted(history, asked);
        const other = predicted(history.map((some) => ({ ...some, durationMs: some.durationMs * factor })), asked);

        for (const name of ['p10Ms', 'p50Ms', 'p90Ms'] as const) expect(Math.abs(other[name] - one[name] * factor)).toBeLessThanOrEqual(1e-6 * one[name] * factor);
      }),
    );
  });

  it('of a constant is the constant, and narrow with many runs', () => {
    const { p10Ms, p50Ms, p90Ms } = predicted(series(new Array<number>(40).fill(60_000)));

    expect(p50Ms).toBeCloseTo(60_000, 6);
    expect(p90Ms / p10Ms).toBeLessThan(1.1);
  });

  it('from one run is that run within a usual spread, at little confidence', () => {
    const { p10Ms, p50Ms, p90Ms, confidence, basis } = predicted(series([60_000]));

    expect(p50Ms).toBeCloseTo(60_000, 6);
    expect(p10Ms).toBeLessThan(45_000);
    expect(p90Ms).toBeGreaterThan(80_000);
    expect(confidence).toBeLessThan(0.3);
    expect(basis).toEqual({ model: 'level', samples: 1 });
    expect(predicted(series([60_000]), { ...query, pooledSpread: 0.05 }).p90Ms).toBeLessThan(67_000);
  });

  it('of nothing but zeros is zero, and of no history is refused', () => {
    expect(predicted(series([0, 0, 0]))).toMatchObject({ p10Ms: 0, p50Ms: 0, p90Ms: 0 });
    expect(() => predictDuration([], query)).toThrow('got none');
  });

  it('is not moved by huge outliers', () => {
    const random = seededRandom(1);
    const durations = Array.from({ length: 40 }, (_, index) => (index % 13 === 5 ? 1e9 : 60_000 * Math.exp(0.1 * random.normal())));
    const { p50Ms, p90Ms } = predicted(series(durations));

    expect(Math.abs(p50Ms / 60_000 - 1)).toBeLessThan(0.1);
    expect(p90Ms).toBeLessThan(200_000);
  });

  it('follows a new level after a few runs', () => {
    const random = seededRandom(2);
    const durations = Array.from({ length: 40 }, (_, index) => (index < 35 ? 60_000 : 120_000) * Math.exp(0.05 * random.normal()));
    const { p50Ms, basis } = predicted(series(durations));

    expect(Math.abs(p50Ms / 120_000 - 1)).toBeLessThan(0.12);
    expect(basis.model).toBe('level-recent');
  });

  it('follows a trend', () => {
    const random = seededRandom(3);
    const durations = Array.from({ length: 50 }, (_, index) => 60_000 * 1.05 ** index * Math.exp(0.03 * random.normal()));

    expect(Math.abs(predicted(series(durations)).p50Ms / (60_000 * 1.05 ** 50) - 1)).toBeLessThan(0.1);
  });

  it('stays with the median of all while durations only scatter', () => {
    const far = Array.from({ length: 50 }, (_, seed) => {
      const random = seededRandom(seed);
      return predicted(series(Array.from({ length: 60 }, () => 60_000 * Math.exp(0.3 * random.normal())))).p50Ms / 60_000;
    }).filter((ratio) => Math.abs(ratio - 1) > 0.15);

    expect(far.length).toBeLessThan(5);
  });

  describe('by input size', () => {
    const sized = (sizes: readonly number[], of: (size: number) => number): DurationPoint[] => sizes.map((size, index) => point(of(size), index, size));
    const doubling = [1e6, 2e6, 4e6, 8e6, 16e6, 32e6];

    it('goes on along a line beyond the inputs seen, less surely the further', () => {
      const history = sized(doubling, (size) => 5000 + size / 1000);
      const near = predicted(history, { ...query, inputSizeBytes: 32e6 });
      const far = predicted(history, { ...query, inputSizeBytes: 320e6 });

      expect(near.p50Ms).toBeCloseTo(37_000, 3);
      expect(far.p50Ms).toBeCloseTo(325_000, 3);
      expect(far.basis.model).toBe('line');
      expect(far.p90Ms / far.p50Ms).toBeGreaterThan(near.p90Ms / near.p50Ms);
    });

    it('goes on along a power law where the work grows faster than its input', () => {
      const sizes = Array.from({ length: 16 }, (_, index) => 1e6 * 1.5 ** index);
      const { p50Ms, basis } = predicted(sized(sizes, (size) => (size / 1e4) ** 1.6), { ...query, inputSizeBytes: 1e10 });

      expect(basis.model).toBe('power');
      expect(p50Ms / (1e10 / 1e4) ** 1.6).toBeCloseTo(1, 6);
    });

    it('ignores a size that does not matter', () => {
      const random = seededRandom(5);
      const history = sized(Array.from({ length: 30 }, () => 1e6 * (1 + random.below(50))), () => 60_000 * Math.exp(0.1 * random.normal()));

      expect(predicted(history, { ...query, inputSizeBytes: 50e6 }).basis.model).toMatch(/^level/);
    });

    it('falls back to the level for an unknown size', () => {
      expect(predicted(sized(doubling, (size) => size / 1000)).basis.model).toMatch(/^level/);
    });

    it('follows a new level on top of the line', () => {
      const random = seededRandom(6);
      const sizes = Array.from({ length: 40 }, () => 1e6 * (1 + random.below(100)));
      const history = sizes.map((size, index) => point((5000 + size / 1000) * (index < 34 ? 1 : 2), index, size));
      const { p50Ms } = predicted(history, { ...query, inputSizeBytes: 50e6 });

      expect(Math.abs(p50Ms / 110_000 - 1)).toBeLessThan(0.1);
    });
  });

  it('takes runs of other machines by their factors', () => {
    const history = [1, 2, 0.5, 1].map((machineFactor, index) => ({ ...point(60_000 * machineFactor, index), machineFactor }));

    expect(predicted(history, { ...query, machineFactor: 3 }).p50Ms).toBeCloseTo(180_000, 3);
    expect(predicted(history, { ...query, machineFactor: 3, machineSpread: 0.5 }).p90Ms).toBeGreaterThan(predicted(history, { ...query, machineFactor: 3 }).p90Ms);
  });

  it('is surer the more runs there are and the fresher they are', () => {
    const runs = (count: number) => series(new Array<number>(count).fill(60_000));

    expect(predicted(runs(10)).confidence).toBeGreaterThan(predicted(runs(2)).confidence);
    expect(predicted(runs(10), { ...query, nowMs: nowMs + 365 * 86_400_000 }).confidence).toBeLessThan(predicted(runs(10)).confidence / 4);
  });

  it.each([
    ['durationMs', { ...point(1, 1), durationMs: Number.NaN }],
    ['durationMs', { ...point(1, 1), durationMs: -1 }],
    ['inputSizeBytes', point(1, 1, Number.NaN)],
    ['machineFactor', { ...point(1, 1), machineFactor: 0 }],
    ['finishedAtMs', point(1, Number.POSITIVE_INFINITY)],
  ])('refuses a %s that is no sensible number', (name, wrong) => {
    expect(() => predictDuration([wrong], query)).toThrow(name);
  });

  it('refuses a question that is not a number', () => {
    expect(() => predictDuration(series([1]), { ...query, inputSizeBytes: Number.NaN })).toThrow('inputSizeBytes');
  });
});
