import { describe, expect, it } from '@jest/globals';
import { planBlocks, type WantedPlan } from './plan-experiment.js';

const identity = { experimentId: 'one', startedMs: 0 };
const wanted: WantedPlan = { holdOut: 0.05, rampBlocks: 0 };
const recent = { runCount: 400, meanMs: 90_000, p95Ms: 200_000 };

describe('planning blocks', () => {
  it('makes them ten mean completion times long, and drops a 95th percentile', () => {
    expect(planBlocks(identity, wanted, recent)).toEqual({ plan: { ...identity, ...wanted, blockMs: 900_000, burnInMs: 200_000, blockCount: 48 }, notes: [] });
  });

  it('makes them longer where much of them is dropped', () => {
    expect(planBlocks(identity, wanted, { ...recent, p95Ms: 400_000 }).plan).toMatchObject({ blockMs: 1_200_000, burnInMs: 400_000 });
    expect(planBlocks(identity, { ...wanted, burnInMs: 600_000 }, recent).plan).toMatchObject({ blockMs: 1_800_000, burnInMs: 600_000 });
  });

  it('takes as many pairs as fit until a moment', () => {
    expect(planBlocks(identity, { ...wanted, untilMs: 900_000 * 21 }, recent).plan.blockCount).toBe(20);
  });

  it('takes what it is told, and says what is wrong with it', () => {
    const { plan, notes } = planBlocks(identity, { ...wanted, blockMs: 300_000, burnInMs: 60_000, blockCount: 20 }, recent);

    expect(plan).toMatchObject({ blockMs: 300_000, burnInMs: 60_000, blockCount: 20 });
    expect(notes).toEqual([expect.stringContaining('shorter than ten mean completion times (90 s each)'), expect.stringContaining('95th percentile of completion times (3 min)')]);
  });

  it('wants a length where nothing is known, and says so', () => {
    const few = { runCount: 3, meanMs: 1, p95Ms: 1 };

    expect(() => planBlocks(identity, wanted, few)).toThrow('expected block_seconds: only 3 runs of this scheduler ended lately');
    expect(planBlocks(identity, { ...wanted, blockMs: 600_000 }, few)).toMatchObject({ plan: { burnInMs: 60_000 }, notes: [expect.stringContaining('was not known')] });
  });

  it('refuses what does not go together', () => {
    const planWith = (given: Partial<WantedPlan>) => () => planBlocks(identity, { ...wanted, blockMs: 600_000, ...given }, recent);

    expect(planWith({ burnInMs: 400_000 })).toThrow('half a block');
    expect(planWith({ blockCount: 17 })).toThrow('even number');
    expect(planWith({ untilMs: 600_000 })).toThrow('even number of 16 to 5000 blocks, got 0');
    expect(planWith({ blockCount: 40, rampBlocks: 13 })).toThrow('after a ramp');
  });
});
