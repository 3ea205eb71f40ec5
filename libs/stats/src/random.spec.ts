import { describe, expect, it } from '@jest/globals';
import { seededRandom, xoshiro128 } from './random.js';

describe('xoshiro128**', () => {
  it('gives the outputs of the C program of its authors for the state 1, 2, 3, 4', () => {
    const draw = xoshiro128([1, 2, 3, 4]);

    expect(Array.from({ length: 10 }, draw)).toEqual([11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804]);
  });
});

describe('seeded random', () => {
  it('repeats itself for a seed and differs between seeds', () => {
    const [first, again, other] = [seededRandom(7), seededRandom(7), seededRandom(8)];
    const values = Array.from({ length: 5 }, () => first.next());

    expect(Array.from({ length: 5 }, () => again.next())).toEqual(values);
    expect(Array.from({ length: 5 }, () => other.next())).not.toEqual(values);
  });

  it('is uniform and normal where it says so', () => {
    const random = seededRandom(1);
    const uniform = Array.from({ length: 20_000 }, () => random.next());
    const normal = Array.from({ length: 20_000 }, () => random.normal());
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

    expect(mean(uniform)).toBeCloseTo(0.5, 1);
    expect(Math.min(...uniform)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...uniform)).toBeLessThan(1);
    expect(mean(normal)).toBeCloseTo(0, 1);
    expect(mean(normal.map((value) => value ** 2))).toBeCloseTo(1, 1);
    expect(new Set(Array.from({ length: 200 }, () => random.below(3)))).toEqual(new Set([0, 1, 2]));
  });
});
