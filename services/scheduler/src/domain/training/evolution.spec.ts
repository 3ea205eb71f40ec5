import { describe, expect, it } from '@jest/globals';
import { Evolution } from './evolution.js';

const target = [1, -2, 0.5, 3];
const costOf = (candidate: Float64Array) => candidate.reduce((sum, value, index) => sum + (value - (target[index] as number)) ** 2, 0);

function evolved(seed: number, generations = 300): Evolution {
  const evolution = new Evolution(new Float64Array(target.length), generations, seed);
  for (let generation = 0; generation < generations; generation += 1) evolution.learn(evolution.candidates().map(costOf));
  return evolution;
}

describe('evolution', () => {
  it('finds what costs least', () => {
    for (const [index, value] of evolved(100_000).average.entries()) expect(Math.abs(value - (target[index] as number))).toBeLessThan(0.05);
  });

  it('goes the same way again from the same seed, and another from another', () => {
    expect(evolved(100_001, 20).average).toEqual(evolved(100_001, 20).average);
    expect(evolved(100_001, 20).average).not.toEqual(evolved(100_002, 20).average);
  });

  it('gives candidates in pairs on both sides of the mean', () => {
    const candidates = new Evolution(Float64Array.from(target), 10, 100_000, { pairCount: 3 }).candidates();
    expect(candidates).toHaveLength(6);
    for (let pair = 0; pair < 3; pair += 1) for (const [index, value] of target.entries()) expect(((candidates[2 * pair]?.[index] as number) + (candidates[2 * pair + 1]?.[index] as number)) / 2).toBeCloseTo(value);
  });
});
