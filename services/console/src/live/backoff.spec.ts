import { describe, expect, it } from '@jest/globals';
import { backoffMs } from './backoff.js';

describe('backoffMs', () => {
  it('doubles from half a second', () => {
    expect([0, 1, 2, 3].map((tries) => backoffMs(tries, 1))).toEqual([500, 1000, 2000, 4000]);
  });

  it('never waits longer than 15 seconds', () => {
    expect(backoffMs(40, 1)).toBe(15_000);
  });

  it('spreads over the upper half', () => {
    expect(backoffMs(1, 0)).toBe(500);
    expect(backoffMs(1, 0.5)).toBe(750);
  });
});
