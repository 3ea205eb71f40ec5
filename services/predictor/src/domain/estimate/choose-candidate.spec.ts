import { describe, expect, it } from '@jest/globals';
import type { HistoryPoint } from '../history/history.js';
import { chooseCandidate } from './choose-candidate.js';
import { floorsOf } from './floors.js';

const all = [true, true, true, true, true, true];
const scored = (errors: readonly number[]) => ({ errors }) as HistoryPoint;
const times = (count: number, errors: readonly number[]) => Array.from({ length: count }, () => scored(errors));

describe('the candidate that is served', () => {
  it("is the history's own while too little was scored", () => {
    expect(chooseCandidate([], all)).toBe('history');
    expect(chooseCandidate(times(4, [1, 0, 0, 0, 0, 0]), all)).toBe('history');
  });

  it('is a plain rule where that came nearer, and only where it has an answer now', () => {
    const points = times(6, [0.5, NaN, 0.4, 0.3, 0.2, 0.35]);

    expect(chooseCandidate(points, all)).toBe('median');
    expect(chooseCandidate(points, [true, false, true, true, false, true])).toBe('mean_of_ten');
  });

  it("stays the history's own where a rule is nearer by less than a tenth", () => {
    expect(chooseCandidate(times(20, [0.2, NaN, 0.185, 0.3, 0.3, 0.3]), all)).toBe('history');
  });

  it('changes when what was near is so no longer', () => {
    const points = [...times(30, [0.1, NaN, 0.5, 0.5, 0.5, 0.5]), ...times(12, [0.9, NaN, 0.1, 0.9, 0.9, 0.9])];

    expect(chooseCandidate(points, all)).toBe('last_success');
  });
});

describe('the floors', () => {
  it('are what one works out by hand', () => {
    expect(floorsOf([10, 20, 30])).toEqual([30, 20, 20, expect.closeTo(12.9, 12)]);
    expect(floorsOf(Array.from({ length: 12 }, (_, index) => index))[1]).toBe(6.5);
    expect(floorsOf([])).toEqual([NaN, NaN, NaN, NaN]);
  });
});
