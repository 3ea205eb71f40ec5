import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '@orrery/stats';
import type { BlockMeans, BlockPair } from './block-outcomes.js';
import { evidenceAbove, everAbove, faultsOf, harmOf } from './safety.js';

const bounds = { completionShare: 0.1, failedShare: 0.05 };
const block = (completionMs: number, failedShare = 0): BlockMeans => ({ runCount: 20, completionMs, resourceMs: 1, failedShare });

/** Pairs whose blocks differ by chance; the treated one takes so many times longer. */
function pairsOf(seed: number, count: number, { ratio = 1, spread = 0.25, failed = 0 }: { readonly ratio?: number; readonly spread?: number; readonly failed?: number }): readonly BlockPair[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => ({ control: block(60_000 * Math.exp(spread * random.normal()), 0.02), treatment: block(60_000 * ratio * Math.exp(spread * random.normal()), 0.02 + failed) }));
}

describe('evidence', () => {
  it('is the integral that it stands for', () => {
    const [sum, squares, scale] = [1.3, 0.9, 2];
    // The trapezoidal rule over the half-normal mixture itself.
    let integral = 0;
    const step = 1e-4;
    for (let index = 0; index <= 200_000; index += 1) {
      const tilt = index * step;
      const density = ((2 / (scale * Math.sqrt(2 * Math.PI))) * Math.exp(-((tilt / scale) ** 2) / 2)) * (index === 0 ? 0.5 : 1);
      integral += density * Math.exp(tilt * sum - (tilt * tilt * squares) / 2) * step;
    }

    expect(evidenceAbove({ sum, squares }, scale)).toBeCloseTo(integral, 5);
  });

  it('is 1 where nothing was seen, and never without bounds', () => {
    expect(evidenceAbove({ sum: 0, squares: 0 }, 4)).toBeCloseTo(1, 6);
    expect(everAbove(Array.from({ length: 5000 }, () => 1), 4)).toBeLessThan(Infinity);
  });
});

describe('the guard of an experiment', () => {
  it('stops a treatment that is just within its bound once in twenty experiments at most, though it looks after every pair', () => {
    const stopped = Array.from({ length: 400 }, (_, seed) => harmOf(pairsOf(100_000 + seed, 100, { ratio: 1.1 }), bounds)).filter((words) => words !== undefined).length / 400;

    expect(stopped).toBeLessThanOrEqual(0.05);
  });

  it('stops one that takes six tenths longer before twenty-four pairs are over, most of the time', () => {
    const stopped = Array.from({ length: 100 }, (_, seed) => harmOf(pairsOf(100_000 + seed, 24, { ratio: 1.6 }), bounds)).filter((words) => words !== undefined).length / 100;

    expect(stopped).toBeGreaterThan(0.8);
  });

  it('stops one under which many more runs fail', () => {
    expect(harmOf(pairsOf(100_001, 16, { failed: 0.3 }), bounds)).toMatch(/^the share of runs that failed was 30 % higher in treated blocks than in their neighbours, of 16 pairs; the bound was 5 % \(evidence \d+, needed 40\)$/);
    expect(harmOf(pairsOf(100_001, 16, { failed: 0.04 }), bounds)).toBeUndefined();
  });

  it('says by how much runs were longer', () => {
    expect(harmOf(pairsOf(100_001, 12, { ratio: 2, spread: 0.01 }), bounds)).toMatch(/^runs took (99|100|101) % longer in treated blocks than in their neighbours, of 12 pairs; the bound was 10 %/);
    expect(harmOf([], bounds)).toBeUndefined();
  });

  it('stops a policy that fails itself', () => {
    expect(faultsOf({ decisionCount: 50, faultCount: 11 })).toBe('the policy itself failed in 11 of 50 decisions (22 %; the bound was 20 %)');
    expect(faultsOf({ decisionCount: 50, faultCount: 10 })).toBeUndefined();
    expect(faultsOf({ decisionCount: 49, faultCount: 49 })).toBeUndefined();
  });
});
