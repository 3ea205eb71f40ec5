import { describe, expect, it } from '@jest/globals';
import { backoffMs, retryAfterMs } from './backoff.js';

const settings = { firstMs: 100, longestMs: 1_000 };

describe('backoff', () => {
  it('doubles up to the longest wait, between half and whole', () => {
    expect([1, 2, 3, 4, 5, 1_000].map((failures) => backoffMs(settings, failures, 1))).toEqual([100, 200, 400, 800, 1_000, 1_000]);
    expect(backoffMs(settings, 3, 0)).toBe(200);
  });

  it('never waits less than the server asks for, within reason', () => {
    expect(backoffMs(settings, 1, 0, 5_000)).toBe(5_000);
    expect(backoffMs(settings, 4, 1, 10)).toBe(800);
    expect(backoffMs(settings, 1, 0, 86_400_000)).toBe(300_000);
  });
});

describe('Retry-After', () => {
  it('holds seconds or a date', () => {
    expect(retryAfterMs('2', 0)).toBe(2_000);
    expect(retryAfterMs('Thu, 01 Jan 1970 00:00:03 GMT', 1_000)).toBe(2_000);
  });

  it('is no wait when it is absent, past or nonsense', () => {
    expect([undefined, '', '-5', 'soon', 'Thu, 01 Jan 1970 00:00:00 GMT'].map((header) => retryAfterMs(header, 1_000))).toEqual([0, 0, 0, 0, 0]);
  });
});
