import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { endNotBefore, parseTimeMs } from './time.js';

describe('moment', () => {
  it.each([
    ['2024-05-01T12:00:00Z', 1714564800000],
    ['2024-05-01T12:00:00.5Z', 1714564800500],
    ['2024-05-01T12:00:00.123456Z', 1714564800123.456],
    ['2024-05-01t12:00:00z', 1714564800000],
    ['2024-05-01T14:00:00+02:00', 1714564800000],
    ['2024-05-01T06:30:00-0530', 1714564800000],
    ['2024-05-01T14:00:00+02', 1714564800000],
    ['2024-05-01 12:00:00', 1714564800000],
    ['2024-05-01 12:00:00 UTC', 1714564800000],
    ['2024-05-01T12:00', 1714564800000],
    ['2024-05-01', 1714521600000],
    ['2024-02-29T00:00:00Z', 1709164800000],
    ['2016-12-31T23:59:60Z', 1483228800000],
    [1714564800, 1714564800000],
    [1714564800123, 1714564800123],
    [1714564800123456, 1714564800123.456],
    ['1714564800123456789', 1714564800123.4568],
    ['1714564800.25', 1714564800250],
  ])('%s is read', (value, expected) => {
    expect(parseTimeMs(value)).toBeCloseTo(expected, 3);
  });

  it.each([
    ['the zero of Go', '0001-01-01T00:00:00Z'],
    ['the zero of an epoch', 0],
    ['a day that its month lacks', '2024-02-30T00:00:00Z'],
    ['a leap day in another year', '2023-02-29T00:00:00Z'],
    ['a 25th hour', '2024-05-01T25:00:00Z'],
    ['a zone that is none', '2024-05-01T12:00:00+99:00'],
    ['digits that are none', '2024-05-01T12:00:0xZ'],
    ['a fraction without digits', '2024-05-01T12:00:00.Z'],
    ['a far future', '9999-12-31T00:00:00Z'],
    ['words', 'yesterday'],
    ['nothing', null],
    ['an object', {}],
    ['not a number', Number.NaN],
  ])('is not read from %s', (_, value) => {
    expect(parseTimeMs(value)).toBeUndefined();
  });

  it('is the same in the notation that all events use and in another', () => {
    const nanoseconds = fc.integer({ min: 0, max: 999_999_999 });
    const wholeSeconds = fc.integer({ min: Date.UTC(1981, 0, 1) / 1000, max: Date.UTC(2199, 0, 1) / 1000 });
    fc.assert(
      fc.property(wholeSeconds, nanoseconds, (seconds, nanos) => {
        const text = `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${String(nanos).padStart(9, '0')}`;

        expect(parseTimeMs(`${text}Z`)).toBe(parseTimeMs(`${text}+00:00`));
        expect(parseTimeMs(`${text}Z`)).toBeCloseTo(seconds * 1000 + nanos / 1e6, 3);
      }),
    );
  });

  it('is read from nothing else without an error', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        const read = parseTimeMs(value);

        expect(read === undefined || Number.isFinite(read)).toBe(true);
      }),
    );
  });
});

describe('end of an interval', () => {
  it('is moved to a start that lies behind it, and flagged', () => {
    const flags = new Set<string>();

    expect(endNotBefore(10, 5, flags)).toBe(10);
    expect([...flags]).toEqual(['negative_duration']);
  });

  it('stays otherwise', () => {
    const flags = new Set<string>();

    expect([endNotBefore(5, 10, flags), endNotBefore(undefined, 10, flags), endNotBefore(5, undefined, flags)]).toEqual([10, 10, undefined]);
    expect(flags.size).toBe(0);
  });
});
