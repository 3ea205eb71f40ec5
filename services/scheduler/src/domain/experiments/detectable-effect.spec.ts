import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '@orrery/stats';
import type { RunOutcome } from './block-outcomes.js';
import type { BlockPlan } from './block-plan.js';
import { detectableEffect, tellDetectable } from './detectable-effect.js';

const plan: BlockPlan = { experimentId: 'one', startedMs: 1_000_000_000, blockMs: 1_000_000, burnInMs: 0, blockCount: 100, holdOut: 0, rampBlocks: 0 };

/** One run in each of so many past blocks; blocks differ by so much, in logarithms. */
function past(blocks: number, spread: number): readonly RunOutcome[] {
  const random = seededRandom(100_003);
  return Array.from({ length: blocks }, (_, index) => ({ arrivedMs: plan.startedMs - (index + 0.5) * plan.blockMs - 1, completionMs: 60_000 * Math.exp(spread * random.normal()), resourceMs: 1, isFailed: false }));
}

describe('what an experiment can see', () => {
  it('is 2.8 standard errors of its pairs', () => {
    // Two blocks differ by sqrt(2) times as much as one: 2.80 x 0.2 x 1.414 / sqrt(50 pairs) = 0.112 in logarithms.
    expect(detectableEffect(plan, past(801, 0.2), 0.03)?.effect).toBeCloseTo(1 - Math.exp(-0.112), 2);
  });

  it('is smaller with more blocks, and larger with some held out', () => {
    const effectOf = (given: Partial<BlockPlan>) => detectableEffect({ ...plan, ...given }, past(201, 0.2), 0.03)?.effect ?? 0;

    expect(effectOf({ blockCount: 400 })).toBeLessThan(effectOf({}));
    expect(effectOf({ holdOut: 0.5 })).toBeGreaterThan(effectOf({}));
  });

  it('is reached with the number of blocks that it names', () => {
    const found = detectableEffect(plan, past(401, 0.2), 0.05);
    const again = detectableEffect({ ...plan, blockCount: found?.blocksForMinimum ?? 0 }, past(401, 0.2), 0.05);

    expect(again?.effect).toBeCloseTo(0.05, 3);
    expect(tellDetectable(found, plan, 0.05)).toEqual([expect.stringMatching(/^100 blocks find a completion time that is 1\d(\.\d)? % shorter in four experiments of five, as blocks have differed lately; for 5 % it would take about \d+$/)]);
    expect(tellDetectable(again, plan, 0.06)).toEqual([]);
  });

  it('is not known with a short past', () => {
    expect(detectableEffect(plan, past(9, 0.2), 0.03)).toBeUndefined();
    expect(detectableEffect(plan, [], 0.03)).toBeUndefined();
    expect(tellDetectable(undefined, plan, 0.03)).toEqual([]);
  });
});
