import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { durationAt, durationBeyond, shareEndedBy, splitLogNormal } from './split-log-normal.js';

describe('a duration with given quantiles', () => {
  const duration = splitLogNormal({ p10Ms: 8000, p50Ms: 10_000, p90Ms: 30_000 });

  it('meets them', () => {
    expect(shareEndedBy(duration, 8000)).toBeCloseTo(0.1, 5);
    expect(shareEndedBy(duration, 10_000)).toBeCloseTo(0.5, 5);
    expect(shareEndedBy(duration, 30_000)).toBeCloseTo(0.9, 5);
    expect(durationAt(duration, 0)).toBe(10_000);
  });

  it('lies beyond what has elapsed, in the order of chances', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e9, noNaN: true }), fc.double({ min: -6, max: 6, noNaN: true }), fc.double({ min: 0, max: 2, noNaN: true }), (elapsedMs, z, more) => {
        const [one, other] = [durationBeyond(duration, elapsedMs, z), durationBeyond(duration, elapsedMs, z + more)];

        expect(one).toBeGreaterThanOrEqual(elapsedMs);
        expect(other).toBeGreaterThanOrEqual(one - 1e-6 * one);
        expect(Number.isFinite(other)).toBe(true);
      }),
    );
  });

  it('is the plain one while nothing has elapsed', () => {
    expect(durationBeyond(duration, 0, 1)).toBeCloseTo(durationAt(duration, 1), 6);
    expect(durationBeyond(duration, 1, 1)).toBeCloseTo(durationAt(duration, 1), 0);
  });

  it('is one of something, whatever quantiles come', () => {
    expect(durationAt(splitLogNormal({ p10Ms: 0, p50Ms: 0, p90Ms: 0 }), 0)).toBe(1);
    expect(Number.isFinite(durationBeyond(splitLogNormal({ p10Ms: 5, p50Ms: 5, p90Ms: 5 }), 1e12, 3))).toBe(true);
  });
});
