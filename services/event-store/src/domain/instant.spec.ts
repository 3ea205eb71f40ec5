import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { durationMs, instant, parseInstant, toIso, toMilliseconds } from './instant.js';

describe('a moment', () => {
  it('keeps its microseconds on the way to text and back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000_000_000 }), (microseconds) => {
        expect(parseInstant(toIso(microseconds))).toBe(microseconds);
        expect(instant(toMilliseconds(microseconds))).toBe(microseconds);
      }),
    );
  });

  it('is read from ISO 8601 and from what PostgreSQL writes', () => {
    const microseconds = Date.UTC(2024, 4, 1, 12) * 1000 + 123_456;

    expect(parseInstant('2024-05-01T12:00:00.123456Z')).toBe(microseconds);
    expect(parseInstant('2024-05-01 12:00:00.123456+00')).toBe(microseconds);
    expect(parseInstant('2024-05-01T14:00:00.123456+02:00')).toBe(microseconds);
    expect(parseInstant('2024-05-01T07:30:00.123456-0430')).toBe(microseconds);
    expect(parseInstant('1969-12-31T23:59:59.999999Z')).toBe(-1);
    expect(parseInstant('yesterday')).toBeNull();
    expect(parseInstant('2024-13-01T00:00:00Z')).toBeNull();
  });

  it('is written with as many digits as it has', () => {
    expect(toIso(instant(Date.UTC(2024, 0, 1)) ?? 0)).toBe('2024-01-01T00:00:00.000Z');
    expect(toIso(-1)).toBe('1969-12-31T23:59:59.999999Z');
  });
});

describe('a duration', () => {
  it('is never negative and absent while an end is missing', () => {
    expect(durationMs(1000, 2500)).toBe(1.5);
    expect(durationMs(2000, 1000)).toBe(0);
    expect(durationMs(1000, null)).toBeNull();
  });
});
