import { describe, expect, it } from '@jest/globals';
import { pairBlocks, type RunOutcome } from './block-outcomes.js';
import { roleOf, type BlockPlan } from './block-plan.js';

const plan: BlockPlan = { experimentId: 'one', startedMs: 10_000, blockMs: 100_000, burnInMs: 20_000, blockCount: 16, holdOut: 0, rampBlocks: 0 };
const run = (arrivedMs: number, given: Partial<RunOutcome> = {}): RunOutcome => ({ arrivedMs, completionMs: 5000, resourceMs: 8000, isFailed: false, ...given });
const inBlock = (block: number, afterMs: number, given: Partial<RunOutcome> = {}) => run(plan.startedMs + block * plan.blockMs + afterMs, given);

describe('outcomes by block', () => {
  it('belong to the block in which the run arrived, whenever it ended', () => {
    const { pairs, control, treatment } = pairBlocks(plan, [inBlock(0, 99_000, { completionMs: 500_000 }), inBlock(1, 30_000)]);
    const [first, second] = roleOf(plan, 0) === 'treatment' ? [pairs[0]?.treatment, pairs[0]?.control] : [pairs[0]?.control, pairs[0]?.treatment];

    expect([first?.completionMs, second?.completionMs]).toEqual([500_000, 5000]);
    expect([control.runCount, treatment.runCount]).toEqual([1, 1]);
  });

  it('do not count in the burn-in, before the first block and after the last', () => {
    const { pairs, control, treatment } = pairBlocks(plan, [run(9000), inBlock(0, 19_999), inBlock(1, 0), inBlock(16, 50_000)]);

    expect(pairs).toEqual([]);
    expect(control.runCount + treatment.runCount).toBe(0);
  });

  it('leave a pair out where one of its blocks has no run that ended', () => {
    const { pairs, control, treatment } = pairBlocks(plan, [inBlock(0, 30_000), inBlock(1, 30_000, { completionMs: null }), inBlock(2, 30_000), inBlock(3, 30_000)]);

    expect(pairs).toHaveLength(1);
    expect(control.unfinishedCount + treatment.unfinishedCount).toBe(1);
  });

  it('are means over the runs of a block', () => {
    const runs = [inBlock(0, 30_000), inBlock(0, 40_000, { completionMs: 15_000, isFailed: true }), inBlock(1, 30_000, { resourceMs: 2000 })];
    const [pair] = pairBlocks(plan, runs).pairs;
    const first = roleOf(plan, 0) === 'treatment' ? pair?.treatment : pair?.control;

    expect(first).toEqual({ runCount: 2, completionMs: 10_000, resourceMs: 8000, failedShare: 0.5 });
  });

  it('can be asked for before the end, of blocks that are over', () => {
    const runs = [0, 1, 2, 3].map((block) => inBlock(block, 30_000));

    expect(pairBlocks(plan, runs, plan.startedMs + 3.5 * plan.blockMs).pairs).toHaveLength(1);
  });
});
