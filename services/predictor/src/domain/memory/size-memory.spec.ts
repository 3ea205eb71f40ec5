import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '@orrery/stats';
import fc from 'fast-check';
import type { MemoryPoint, MemoryQuery, MemorySizing } from './memory-point.js';
import { sizeMemory } from './size-memory.js';

const gigabyte = 1e9;
const query: MemoryQuery = { inputSizeBytes: null, attempt: 1, nowMs: 1_000_000 };

const success = (peakMemoryBytes: number, finishedAtMs: number, other: Partial<MemoryPoint> = {}): MemoryPoint => ({
  ...{ peakMemoryBytes, allocatedBytes: null, durationMs: 60_000, inputSizeBytes: null, outcome: 'success', isOutOfMemory: false, attempt: 1, finishedAtMs },
  ...other,
});
const killed = (allocatedBytes: number, finishedAtMs: number, other: Partial<MemoryPoint> = {}): MemoryPoint =>
  success(allocatedBytes, finishedAtMs, { allocatedBytes, outcome: 'failure', isOutOfMemory: true, ...other });
const series = (peaks: readonly number[]): MemoryPoint[] => peaks.map((peak, index) => success(peak, index));

const bytes = fc.double({ min: 1, max: 1e12, noNaN: true });
const size = fc.option(fc.double({ min: 0, max: 1e12, noNaN: true }));
const anyPoint: fc.Arbitrary<MemoryPoint> = fc.record({
  peakMemoryBytes: bytes,
  allocatedBytes: fc.option(bytes),
  durationMs: fc.oneof(fc.constant(0), fc.double({ min: 1, max: 1e8, noNaN: true })),
  inputSizeBytes: size,
  outcome: fc.constantFrom('success', 'failure', 'timeout'),
  isOutOfMemory: fc.boolean(),
  attempt: fc.integer({ min: 1, max: 4 }),
  finishedAtMs: fc.integer({ min: 0, max: 40 }),
});
const anyHistory = fc.array(anyPoint, { minLength: 1, maxLength: 64 });
const anyQuery = fc.record({ inputSizeBytes: size, attempt: fc.integer({ min: 1, max: 6 }), nowMs: fc.constant(1_000_000) });

describe('memory sizing', () => {
  it('gives rising steps and quantiles in order, finite and above zero, whatever the history', () => {
    fc.assert(
      fc.property(anyHistory, anyQuery, (history, asked) => {
        const { allocationBytes, ladder, p10Bytes, p50Bytes, p90Bytes } = sizeMemory(history, asked);
        const steps = [allocationBytes, ...ladder];

        expect(ladder.length).toBeGreaterThan(0);
        steps.forEach((step, index) => expect(step).toBeGreaterThan(steps[index - 1] ?? 0));
        expect(p10Bytes).toBeGreaterThan(0);
        expect(p50Bytes).toBeGreaterThanOrEqual(p10Bytes);
        expect(p90Bytes).toBeGreaterThanOrEqual(p50Bytes);
        expect(Number.isFinite(p90Bytes) && steps.every(Number.isFinite)).toBe(true);
      }),
    );
  });

  it('does not depend on the order in which the history is given', () => {
    fc.assert(
      fc.property(anyHistory, anyQuery, (history, asked) => {
        expect(sizeMemory([...history].reverse(), asked)).toEqual(sizeMemory(history, asked));
      }),
    );
  });

  it('is c times as much for peaks and limits c times as great', () => {
    fc.assert(
      fc.property(anyHistory, anyQuery, fc.constantFrom(0.25, 4, 1024), (history, asked, factor) => {
        const one = sizeMemory(history, asked);
        const scaled = history.map((point) => ({ ...point, peakMemoryBytes: point.peakMemoryBytes * factor, allocatedBytes: point.allocatedBytes === null ? null : point.allocatedBytes * factor }));
        const other = sizeMemory(scaled, asked);

        for (const name of ['allocationBytes', 'p10Bytes', 'p50Bytes', 'p90Bytes'] as const) expect(other[name] / (one[name] * factor)).toBeCloseTo(1, 6);
      }),
    );
  });

  it('never gives what was too little for an input no greater, unless later runs needed less', () => {
    fc.assert(
      fc.property(anyHistory, anyQuery, (history, asked) => {
        const { allocationBytes } = sizeMemory(history, asked);
        const successes = history.filter(({ outcome, isOutOfMemory }) => outcome === 'success' && !isOutOfMemory);
        const failures = history.filter((one) => one.isOutOfMemory && one.inputSizeBytes !== null && asked.inputSizeBytes !== null && one.inputSizeBytes <= asked.inputSizeBytes);
        for (const failure of failures) if (!successes.some(({ finishedAtMs }) => finishedAtMs >= failure.finishedAtMs)) expect(allocationBytes).toBeGreaterThan(Math.max(failure.allocatedBytes ?? 0, failure.peakMemoryBytes));
      }),
    );
  });

  it('of a constant is little more than the constant', () => {
    const { allocationBytes, p50Bytes } = sizeMemory(series(new Array<number>(40).fill(gigabyte)), query);

    expect(allocationBytes).toBeGreaterThanOrEqual(gigabyte);
    expect(allocationBytes).toBeLessThan(1.02 * gigabyte);
    expect(p50Bytes).toBeCloseTo(gigabyte, 0);
  });

  it('from one attempt leaves some room', () => {
    const { allocationBytes, p10Bytes, p90Bytes, basis } = sizeMemory(series([gigabyte]), query);

    expect(allocationBytes).toBeGreaterThan(1.02 * gigabyte);
    expect(allocationBytes).toBeLessThan(1.5 * gigabyte);
    expect(p10Bytes).toBeLessThan(0.9 * gigabyte);
    expect(p90Bytes).toBeGreaterThan(1.1 * gigabyte);
    expect(basis).toEqual({ model: 'level', samples: 1 });
  });

  it('lets a rare great need fail and be retried when that wastes least', () => {
    const peaks = Array.from({ length: 60 }, (_, index) => (index % 20 === 7 ? 32 : 1) * gigabyte);
    const { allocationBytes, ladder } = sizeMemory(series(peaks), query);

    expect(allocationBytes).toBeLessThan(2 * gigabyte);
    expect(ladder[0]).toBeGreaterThanOrEqual(32 * gigabyte);
  });

  it('covers a great need where failures would waste more', () => {
    const peaks = Array.from({ length: 60 }, (_, index) => (index % 2 === 0 ? 1.4 : 1) * gigabyte);

    expect(sizeMemory(series(peaks), query).allocationBytes).toBeGreaterThanOrEqual(1.4 * gigabyte);
  });

  it('counts the time that an allocation is held, not the attempts', () => {
    const history = Array.from({ length: 60 }, (_, index) => (index % 2 === 0 ? success(2 * gigabyte, index, { durationMs: 1000 }) : success(gigabyte, index, { durationMs: 3_600_000 })));

    expect(sizeMemory(history, query).allocationBytes).toBeLessThan(1.1 * gigabyte);
  });

  it('wastes less than the 95th percentile on what it has not seen', () => {
    const random = seededRandom(1);
    const peaks = Array.from({ length: 400 }, () => gigabyte * (random.next() < 0.06 ? 8 : 1) * Math.exp(0.05 * random.normal()));
    const waste = (sizeOf: (history: readonly MemoryPoint[]) => MemorySizing): number =>
      peaks.slice(100).reduce((sum, peak, index) => {
        const { allocationBytes, ladder } = sizeOf(series(peaks.slice(36 + index, 100 + index)));
        const steps = [allocationBytes, ...ladder];
        const enough = steps.findIndex((step) => step >= peak);
        return sum + steps.slice(0, enough + 1).reduce((all, step) => all + step, 0) - peak;
      }, 0);
    const percentile = (history: readonly MemoryPoint[]): MemorySizing => {
      const sorted = history.map(({ peakMemoryBytes }) => peakMemoryBytes).sort((one, other) => one - other);
      const allocationBytes = sorted[Math.ceil(0.95 * sorted.length) - 1] ?? 0;
      return { allocationBytes, ladder: [2, 4, 8, 16, 32].map((factor) => allocationBytes * factor), p10Bytes: 0, p50Bytes: 0, p90Bytes: 0, basis: { model: '', samples: 0 } };
    };

    expect(waste((history) => sizeMemory(history, query))).toBeLessThan(0.7 * waste(percentile));
  });

  describe('by input size', () => {
    const sized = Array.from({ length: 30 }, (_, index) => success(gigabyte * (1 + (index % 10)), index, { inputSizeBytes: (index % 10) * 1e9 }));

    it('goes along a line', () => {
      const { allocationBytes, basis } = sizeMemory(sized, { ...query, inputSizeBytes: 20e9 });

      expect(basis.model).toBe('line');
      expect(allocationBytes / (21 * gigabyte)).toBeGreaterThan(1);
      expect(allocationBytes / (21 * gigabyte)).toBeLessThan(1.1);
    });

    it('takes one level for an unknown size', () => {
      expect(sizeMemory(sized, query).basis.model).toBe('level');
    });

    it('ignores a size that does not matter', () => {
      const random = seededRandom(2);
      const history = Array.from({ length: 40 }, (_, index) => success(gigabyte * (1 + 0.1 * random.next()), index, { inputSizeBytes: 1e9 * random.next() }));

      expect(sizeMemory(history, { ...query, inputSizeBytes: 1e9 }).basis.model).toBe('level');
    });
  });

  describe('after a lack of memory', () => {
    it('gives more than what was too little, and what a retry got away with', () => {
      const history = [...series([gigabyte, gigabyte, gigabyte]), killed(1.2 * gigabyte, 10), success(1.9 * gigabyte, 11, { allocatedBytes: 2.4 * gigabyte, attempt: 2 })];

      expect(sizeMemory(history, query).allocationBytes).toBeGreaterThanOrEqual(1.9 * gigabyte);
    });

    it('gives more though nothing has succeeded yet', () => {
      const { allocationBytes, ladder } = sizeMemory([killed(gigabyte, 1)], query);

      expect(allocationBytes).toBeGreaterThan(1.2 * gigabyte);
      expect(allocationBytes).toBeLessThanOrEqual(2 * gigabyte);
      expect(ladder[0]).toBeGreaterThan(allocationBytes);
    });

    it('asks less for inputs smaller than the one that failed', () => {
      const history = [...Array.from({ length: 6 }, (_, index) => success(gigabyte, index, { inputSizeBytes: 1e9 })), killed(1.5 * gigabyte, 10, { inputSizeBytes: 8e9 })];

      expect(sizeMemory(history, { ...query, inputSizeBytes: 8e9 }).allocationBytes).toBeGreaterThan(1.5 * gigabyte);
      expect(sizeMemory(history, { ...query, inputSizeBytes: 1e9 }).allocationBytes).toBeLessThanOrEqual(1.5 * gigabyte);
    });

    it('forgets a failure that later successes of that size refute', () => {
      const history = [killed(4 * gigabyte, 1), ...Array.from({ length: 20 }, (_, index) => success(gigabyte, 2 + index))];

      expect(sizeMemory(history, query).allocationBytes).toBeLessThan(2 * gigabyte);
    });

    it('gives a retry the next step', () => {
      const history = series(Array.from({ length: 60 }, (_, index) => (index % 20 === 7 ? 32 : 1) * gigabyte));
      const first = sizeMemory(history, query);

      expect(sizeMemory(history, { ...query, attempt: 2 }).allocationBytes).toBe(first.ladder[0]);
      expect(sizeMemory(history, { ...query, attempt: 3 }).allocationBytes).toBe(first.ladder[1]);
    });
  });

  it('follows a new level after a few attempts', () => {
    const random = seededRandom(3);
    const peaks = Array.from({ length: 60 }, (_, index) => (index < 54 ? 1 : 2) * gigabyte * Math.exp(0.02 * random.normal()));

    expect(sizeMemory(series(peaks), query).allocationBytes).toBeGreaterThan(1.9 * gigabyte);
    expect(sizeMemory(series(peaks.map((peak) => gigabyte ** 2 / peak)), query).allocationBytes).toBeLessThan(0.7 * gigabyte);
  });

  it.each([
    ['peakMemoryBytes', success(Number.NaN, 1)],
    ['peakMemoryBytes', success(0, 1)],
    ['allocatedBytes', success(1, 1, { allocatedBytes: -1 })],
    ['durationMs', success(1, 1, { durationMs: Number.NaN })],
    ['inputSizeBytes', success(1, 1, { inputSizeBytes: -1 })],
  ])('refuses a %s that is no sensible number', (name, wrong) => {
    expect(() => sizeMemory([wrong], query)).toThrow(name);
  });

  it('refuses to guess without history', () => {
    expect(() => sizeMemory([], query)).toThrow('got none');
  });
});
