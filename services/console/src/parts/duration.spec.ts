import { describe, expect, it } from '@jest/globals';
import { durationText, elapsedMs } from './duration.js';

describe('durationText', () => {
  it.each([
    [null, '–'],
    [NaN, '–'],
    [0, '0 ms'],
    [0.4, '<1 ms'],
    [532, '532 ms'],
    [999.7, '1.00 s'],
    [2007, '2.01 s'],
    [9994, '9.99 s'],
    [9996, '10.0 s'],
    [59_940, '59.9 s'],
    [59_999, '1 min 00 s'],
    [125_000, '2 min 05 s'],
    [3_599_700, '1 h 00 min'],
    [7_380_000, '2 h 03 min'],
    [100 * 3_600_000, '4 d 04 h'],
    [-1500, '−1.50 s'],
  ])('writes %p ms as %p', (durationMs, text) => {
    expect(durationText(durationMs)).toBe(text);
  });
});

describe('elapsedMs', () => {
  it('is the time between two instants', () => {
    expect(elapsedMs('2026-11-20T10:58:39.146Z', '2026-11-20T10:58:55.975Z')).toBe(16_829);
  });

  it('is not known where an instant is missing or broken', () => {
    expect(elapsedMs(null, '2026-11-20T10:58:55Z')).toBeNull();
    expect(elapsedMs('yesterday', '2026-11-20T10:58:55Z')).toBeNull();
  });
});
