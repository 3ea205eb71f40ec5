import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { nowMs, toIsoTime } from './clock.js';

describe('the clock', () => {
  it('never goes back between two calls, and follows the wall clock', () => {
    const moments = Array.from({ length: 1_000 }, nowMs);

    expect([...moments].sort((a, b) => a - b)).toEqual(moments);
    expect(Math.abs(nowMs() - Date.now())).toBeLessThan(1_000);
  });
});

describe('ISO time', () => {
  it('agrees with Date to the millisecond and adds microseconds', () => {
    fc.assert(
      fc.property(fc.integer({ min: -62_000_000_000_000, max: 253_000_000_000_000 }), (unixMs) => {
        expect(toIsoTime(unixMs)).toBe(`${new Date(unixMs).toISOString().slice(0, -1)}000Z`);
      }),
    );
    expect(toIsoTime(1_700_000_000_000.25)).toBe('2023-11-14T22:13:20.000250Z');
    expect(toIsoTime(new Date(0))).toBe('1970-01-01T00:00:00.000000Z');
  });

  it('leaves text as it is and is absent for what is no moment', () => {
    expect(toIsoTime('2026-01-01T00:00:00Z')).toBe('2026-01-01T00:00:00Z');
    expect([undefined, NaN, Infinity, new Date('x')].map(toIsoTime)).toEqual([undefined, undefined, undefined, undefined]);
  });
});
