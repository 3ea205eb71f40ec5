import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { backoffMs } from './backoff.js';

describe('backoff', () => {
  it('doubles up to its limit', () => {
    const waits = [1, 2, 3, 9, 10, 1_000].map((attempt) => backoffMs({ baseMs: 200, maxMs: 30_000 }, attempt, 1));

    expect(waits).toEqual([200, 400, 800, 30_000, 30_000, 30_000]);
  });

  it('is spread over the upper half', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), fc.double({ min: 0, max: 0.999, noNaN: true }), (attempt, random) => {
        const longest = backoffMs({ baseMs: 100, maxMs: 5_000 }, attempt, 1);
        const wait = backoffMs({ baseMs: 100, maxMs: 5_000 }, attempt, random);
        expect(wait).toBeGreaterThanOrEqual(longest / 2);
        expect(wait).toBeLessThanOrEqual(longest);
      }),
    );
  });
});
