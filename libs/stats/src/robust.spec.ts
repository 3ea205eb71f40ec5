import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isLevelShift } from './level-shift.js';
import { madConsistency, median, medianAbsoluteDeviation, robustZ } from './robust.js';

describe('median absolute deviation', () => {
  it('agrees with the example of R: mad(c(1:9)) is 2.965204', () => {
    expect(madConsistency * medianAbsoluteDeviation([1, 2, 3, 4, 5, 6, 7, 8, 9])).toBeCloseTo(2.965204, 6);
  });

  it('takes the mean of the middle two', () => {
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });
});

describe('robust z', () => {
  it('is finite for any finite value when the floor is above zero', () => {
    const number = fc.double({ min: -1e15, max: 1e15, noNaN: true });

    fc.assert(fc.property(number, number, fc.double({ min: 0, max: 1e15, noNaN: true }), (value, middle, mad) => expect(Number.isFinite(robustZ(value, { median: middle, mad, floor: 1e-9 }))).toBe(true)));
  });

  it('rises with the value', () => {
    expect(robustZ(13, { median: 10, mad: 1, floor: 0.1 })).toBeCloseTo(2.0235, 4);
    expect(robustZ(14, { median: 10, mad: 1, floor: 0.1 })).toBeGreaterThan(robustZ(13, { median: 10, mad: 1, floor: 0.1 }));
  });
});

describe('level shift', () => {
  const reference = { median: 5, deviation: 0.1, leastShift: 0.3 };

  it('is seen when all values agree on another level', () => {
    expect(isLevelShift([6.1, 6, 6.2, 6.1], reference)).toBe(true);
    expect(isLevelShift([4.1, 4, 4.2, 4.1], reference)).toBe(true);
  });

  it('is not seen in outliers, small steps, scattered values or nothing', () => {
    expect(isLevelShift([6.1, 5, 6.2, 6.1], reference)).toBe(false);
    expect(isLevelShift([5.25, 5.25, 5.25, 5.25], reference)).toBe(false);
    expect(isLevelShift([5.5, 8, 6, 9], reference)).toBe(false);
    expect(isLevelShift([], reference)).toBe(false);
  });
});
