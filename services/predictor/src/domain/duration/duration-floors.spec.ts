import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { durationFloors } from './duration-floors.js';
import type { DurationPoint } from './duration-point.js';

const pointsOf = (durations: readonly number[]): DurationPoint[] => durations.map((durationMs, index) => ({ durationMs, finishedAtMs: index, inputSizeBytes: null, machineFactor: null }));

describe('duration floors', () => {
  it('are the last, the mean of ten, the median and the average', () => {
    const floors = durationFloors(pointsOf([1000, 10, 10, 10, 10, 10, 10, 10, 10, 10, 110]));

    expect(floors?.lastSuccess).toBe(110);
    expect(floors?.meanOfTen).toBe(20);
    expect(floors?.median).toBe(10);
    expect(floors?.ema).toBeCloseTo(10 + 0.9 * (990 * 0.9 ** 9) + 0.1 * 100, 9);
  });

  it('do not depend on the order in which the history is given', () => {
    const durations = fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 64 });

    fc.assert(fc.property(durations, (all) => expect(durationFloors(pointsOf(all).reverse())).toEqual(durationFloors(pointsOf(all)))));
  });

  it('are none without history', () => {
    expect(durationFloors([])).toBeNull();
  });
});
