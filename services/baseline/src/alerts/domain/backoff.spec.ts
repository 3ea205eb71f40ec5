import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { delayAfter } from './backoff.js';

const hourMs = 3_600_000;

describe('the wait after a failed attempt', () => {
  it('doubles from ten seconds up to four hours', () => {
    expect([1, 2, 3, 10, 11, 12, 40].map((attempt) => delayAfter(attempt, 0.5) / 1000)).toEqual([10, 20, 40, 5120, 10_240, 14_400, 14_400]);
  });

  it('adds up to about a day over 16 attempts', () => {
    const total = Array.from({ length: 15 }, (_, index) => delayAfter(index + 1, 0.5)).reduce((sum, delay) => sum + delay, 0);

    expect(total / hourMs).toBeCloseTo(21.7, 1);
  });

  it('is up to a fifth shorter or longer, whatever the attempt', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, random) => {
        const ratio = delayAfter(attempt, random) / delayAfter(attempt, 0.5);
        expect(ratio).toBeGreaterThan(0.799);
        expect(ratio).toBeLessThan(1.201);
      }),
    );
  });

  it('is as long as the receiver asks, but no longer than four hours', () => {
    expect(delayAfter(1, 0.5, 60_000)).toBe(60_000);
    expect(delayAfter(1, 0.5, 1000)).toBe(10_000);
    expect(delayAfter(1, 0.5, 100 * hourMs)).toBe(4 * hourMs);
  });
});
