import { describe, expect, it } from '@jest/globals';
import { pairedRatio } from './bootstrap.js';
import { seededRandom } from './random.js';

describe('a paired ratio', () => {
  it('is exact, with an interval of no width, when one side is always the same share of the other', () => {
    const second = [10, 20, 400, 1];

    const { ratio, low, high, wins, count } = pairedRatio(second.map((value) => value * 0.9), second);

    expect([ratio, low, high].map((value) => value.toFixed(12))).toEqual(['0.900000000000', '0.900000000000', '0.900000000000']);
    expect([wins, count]).toEqual([4, 4]);
  });

  it('has the true ratio in its interval in about 95 of 100 experiments', () => {
    const random = seededRandom(5);
    const experiments = Array.from({ length: 300 }, (_, seed) => {
      const second = Array.from({ length: 40 }, () => Math.exp(random.normal()));
      const first = second.map((value) => value * 0.8 * (1 + 0.2 * random.normal()));
      return pairedRatio(first, second, { seed, resamples: 400 });
    });
    const covered = experiments.filter(({ low, high }) => low <= 0.8 && 0.8 <= high).length / experiments.length;

    expect(covered).toBeGreaterThan(0.88);
    expect(covered).toBeLessThan(0.99);
  });

  it('repeats itself for a seed', () => {
    const [first, second] = [[1, 2, 3], [2, 2, 5]];

    expect(pairedRatio(first, second, { seed: 3 })).toEqual(pairedRatio(first, second, { seed: 3 }));
  });

  it('refuses sides of different length', () => {
    expect(() => pairedRatio([1], [1, 2])).toThrow('as many cases');
  });
});
