import { describe, expect, it } from '@jest/globals';
import { bytesText, costText, counted, countText, shortCountText, shortDigest } from './quantity.js';

describe('bytesText', () => {
  it.each([
    [null, '–'],
    [0, '0 B'],
    [148, '148 B'],
    [1023, '1023 B'],
    [1024, '1.0 KiB'],
    [150 * 1024, '150 KiB'],
    [1024 ** 2 - 1, '1.0 MiB'],
    [3.5 * 1024 ** 3, '3.5 GiB'],
    [2048 * 1024 ** 5, '2048 PiB'],
  ])('writes %p as %p', (size, text) => {
    expect(bytesText(size)).toBe(text);
  });
});

describe('counts', () => {
  it('sets thousands apart', () => {
    expect(countText(1_234_567)).toBe('1,234,567');
    expect(countText(null)).toBe('–');
  });

  it.each([
    [999, '999'],
    [1000, '1.0k'],
    [34_400, '34k'],
    [999_400, '999k'],
    [999_999, '1.0M'],
    [12_000_000, '12M'],
  ])('writes %p narrowly as %p', (count, text) => {
    expect(shortCountText(count)).toBe(text);
  });

  it('says one task and two tasks', () => {
    expect([counted(1, 'task'), counted(2, 'task'), counted(0, 'entry', 'entries')]).toEqual(['1 task', '2 tasks', '0 entries']);
  });
});

describe('costText', () => {
  it.each([
    [null, '–'],
    [0, '$0'],
    [0.00213, '$0.0021'],
    [0.5, '$0.50'],
    [12.345, '$12.35'],
  ])('writes %p as %p', (cost, text) => {
    expect(costText(cost)).toBe(text);
  });
});

describe('shortDigest', () => {
  it('leaves the algorithm and most of the digits away', () => {
    expect(shortDigest('sha256:83602b1593f0b403003161e0472872')).toBe('83602b1593f0');
    expect(shortDigest('abc')).toBe('abc');
  });
});
