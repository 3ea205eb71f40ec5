import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '@orrery/stats';
import fc from 'fast-check';
import { growthLine, growthPower } from './growth-curve.js';
import { huberSlope, leastSquares, pairwiseSlope, type LinePoint } from './robust-slope.js';
import { weightedMedian, weightedQuantile } from './weighted-quantile.js';

const positive = fc.double({ min: 1e-3, max: 1e6, noNaN: true });
const weighted = fc.array(fc.tuple(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.double({ min: 0, max: 10, noNaN: true })), { minLength: 1, maxLength: 60 }).filter((pairs) => pairs.some(([, weight]) => weight > 1e-3));
const points = fc.array(fc.record({ x: positive, y: positive, weight: fc.constant(1) }), { minLength: 3, maxLength: 30 });

describe('weighted quantile', () => {
  it('agrees with sorting and adding up', () => {
    fc.assert(
      fc.property(weighted, fc.double({ min: 0, max: 1, noNaN: true }), (pairs, q) => {
        const sorted = [...pairs].sort((left, right) => left[0] - right[0]);
        const wanted = sorted.reduce((sum, [, weight]) => sum + weight, 0) * q;
        const found = weightedQuantile(pairs.map(([value]) => value), pairs.map(([, weight]) => weight), q);
        const upTo = sorted.filter(([value]) => value <= found).reduce((sum, [, weight]) => sum + weight, 0);
        const below = sorted.filter(([value]) => value < found).reduce((sum, [, weight]) => sum + weight, 0);

        expect(upTo).toBeGreaterThanOrEqual(wanted - 1e-6);
        expect(below).toBeLessThanOrEqual(wanted + 1e-6);
      }),
    );
  });

  it('does not depend on the order', () => {
    fc.assert(
      fc.property(weighted, (pairs) => {
        const median = (all: readonly (readonly [number, number])[]) => weightedMedian(all.map(([value]) => value), all.map(([, weight]) => weight));

        expect(median([...pairs].reverse())).toBe(median(pairs));
      }),
    );
  });

  it('refuses values without weight', () => {
    expect(() => weightedQuantile([1, 2], [0, 0], 0.5)).toThrow('total weight 0');
    expect(() => weightedQuantile([], [], 0.5)).toThrow('0 values');
  });
});

describe('robust slopes', () => {
  const line = (count: number): LinePoint[] => Array.from({ length: count }, (_, index) => ({ x: index + 1, y: 5 + 3 * index, weight: 1 }));

  it.each([3, 6, 12, 13, 40])('find the slope of %d points on a line', (count) => {
    expect(pairwiseSlope(line(count))).toBeCloseTo(3, 10);
    expect(huberSlope(line(count))).toBeCloseTo(3, 10);
    expect(leastSquares(line(count)).slope).toBeCloseTo(3, 10);
  });

  it.each([12, 40])('are not moved by a huge outlier among %d points as least squares is', (count) => {
    const spoilt = line(count).map((point, index) => (index === 4 ? { ...point, y: 1e5 } : point));

    expect(Math.abs(pairwiseSlope(spoilt) - 3)).toBeLessThan(0.5);
    expect(Math.abs(huberSlope(spoilt) - 3)).toBeLessThan(Math.abs(leastSquares(spoilt).slope - 3) / 10);
  });

  it('agree with least squares of R on its cars data: 3.932409', () => {
    const speed = [4, 4, 7, 7, 8, 9, 10, 10, 10, 11, 11, 12, 12, 12, 12, 13, 13, 13, 13, 14, 14, 14, 14, 15, 15, 15, 16, 16, 17, 17, 17, 18, 18, 18, 18, 19, 19, 19, 20, 20, 20, 20, 20, 22, 23, 24, 24, 24, 24, 25];
    const distance = [2, 10, 4, 22, 16, 10, 18, 26, 34, 17, 28, 14, 20, 24, 28, 26, 34, 34, 46, 26, 36, 60, 80, 20, 26, 54, 32, 40, 32, 40, 50, 42, 56, 76, 84, 36, 46, 68, 32, 48, 52, 56, 64, 66, 54, 70, 92, 93, 120, 85];

    expect(leastSquares(speed.map((x, index) => ({ x, y: distance[index] ?? 0, weight: 1 }))).slope).toBeCloseTo(3.932409, 6);
  });

  it('say that there is none when all x are equal', () => {
    const same = [1, 2, 3].map((y) => ({ x: 7, y, weight: 1 }));

    expect(pairwiseSlope(same)).toBeNaN();
    expect(huberSlope(same)).toBeNaN();
  });
});

describe('growth curves', () => {
  it('continue a line and a power law beyond their points', () => {
    const line = [1, 2, 4, 8, 16].map((x) => ({ x, y: 10 + 2 * x, weight: 1 }));
    const power = [1, 2, 4, 8, 16].map((x) => ({ x, y: 3 * x ** 1.5, weight: 1 }));

    expect(growthLine(line)?.(100)).toBeCloseTo(210, 6);
    expect(growthPower(power)?.(100)).toBeCloseTo(3000, 6);
  });

  it('take their height from the points nearby', () => {
    const random = seededRandom(7);
    const bent = Array.from({ length: 30 }, (_, index) => ({ x: 1 + index, y: (20 + index * 4 + (index > 20 ? 15 : 0)) * (1 + 0.01 * random.normal()), weight: 1 }));

    expect(growthLine(bent)?.(28)).toBeGreaterThan(135);
    expect(growthLine(bent)?.(28)).toBeLessThan(155);
  });

  it('are none when the response falls or x never changes', () => {
    expect(growthLine([1, 2, 3].map((x) => ({ x, y: 10 - x, weight: 1 })))).toBeNull();
    expect(growthPower([1, 2, 3].map((x) => ({ x, y: 10 - x, weight: 1 })))).toBeNull();
    expect(growthLine([1, 2, 3].map((y) => ({ x: 4, y, weight: 1 })))).toBeNull();
  });

  it('scale with the response and with x, and stay positive', () => {
    fc.assert(
      fc.property(points, positive, fc.double({ min: 0.01, max: 100, noNaN: true }), (all, x, factor) => {
        const curve = growthLine(all);
        if (curve === null) return;
        const higher = growthLine(all.map((point) => ({ ...point, y: point.y * factor })));
        const wider = growthLine(all.map((point) => ({ ...point, x: point.x * factor })));

        expect(curve(x)).toBeGreaterThan(0);
        expect((higher?.(x) ?? 0) / (curve(x) * factor)).toBeCloseTo(1, 3);
        expect((wider?.(x * factor) ?? 0) / curve(x)).toBeCloseTo(1, 3);
      }),
    );
  });
});
