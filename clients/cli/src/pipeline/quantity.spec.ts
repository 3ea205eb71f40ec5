import { describe, expect, it } from '@jest/globals';
import { parseBytes, parseDurationMs, showMemory } from './quantity.js';

describe('an amount of memory', () => {
  it.each([
    ['512MiB', 512 * 2 ** 20],
    ['1.5 GiB', 1.5 * 2 ** 30],
    ['2g', 2e9],
    [1048576, 2 ** 20],
    ['1 Ki', 1024],
  ])('is read from %s', (text, bytes) => expect(parseBytes(text)).toBe(bytes));

  it.each(['', 'MiB', '-1MiB', '0', '1XB', '1e9', '1 2', null, '9999999TiB'])('is not read from %j', (text) => expect(parseBytes(text)).toBeUndefined());

  it('is shown in powers of two', () => {
    expect([100, 2 ** 20, 1.5 * 2 ** 30, 1023 * 2 ** 20].map(showMemory)).toEqual(['100 B', '1 MiB', '1.5 GiB', '1023 MiB']);
  });
});

describe('a length of time', () => {
  it.each([
    ['500ms', 500],
    ['1m30s', 90_000],
    ['1h 5m', 3_900_000],
    [2, 2_000],
    ['0.5', 500],
    ['1.5d', 129_600_000],
  ])('is read from %s', (text, durationMs) => expect(parseDurationMs(text)).toBe(durationMs));

  it.each(['', '0', '-1s', '1x', 's', '5 minutes', '366d', '1m x'])('is not read from %j', (text) => expect(parseDurationMs(text)).toBeUndefined());
});
