import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { commonDraw } from './common-draws.js';

describe('common draws', () => {
  it('lie in [0, 1) and depend on nothing but what they are asked for', () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(), fc.nat(), fc.nat(), (seed, job, stage, draw) => {
        const value = commonDraw(seed, job, stage, draw);
        expect(value >= 0 && value < 1).toBe(true);
        expect(commonDraw(seed, job, stage, draw)).toBe(value);
      }),
    );
  });

  it('are even, and tell neighbours of every kind apart', () => {
    const tenths = new Array<number>(10).fill(0);
    const seen = new Set<number>();
    for (let seed = 0; seed < 10; seed += 1) {
      for (let job = 0; job < 10; job += 1) {
        for (let task = 0; task < 100; task += 1) {
          const value = commonDraw(seed, job, task % 10, task);
          tenths[Math.floor(value * 10)]! += 1;
          seen.add(value);
        }
      }
    }
    expect(seen.size).toBeGreaterThan(9990);
    // Five deviations of a binomial.
    for (const count of tenths) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });

  it('are those of MurmurHash3 over four words without its length, worked out apart with whole numbers of any size', () => {
    expect([commonDraw(0, 0, 0, 0), commonDraw(1, 2, 3, 4), commonDraw(100_000, 19, 17, 399)].map((value) => value.toFixed(9))).toEqual(['0.472609871', '0.762157508', '0.932031678']);
  });
});
