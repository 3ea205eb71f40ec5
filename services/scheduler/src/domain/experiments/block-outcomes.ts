import { blockAt, roleOf, type BlockPlan } from './block-plan.js';

/** What became of a run. */
export interface RunOutcome {
  readonly arrivedMs: number;
  /** From arrival to end; null while it lasts. */
  readonly completionMs: number | null;
  /** Durations of its tasks together, ms. */
  readonly resourceMs: number;
  readonly isFailed: boolean;
}

/** Means over the runs that arrived in a block after its burn-in and ended. */
export interface BlockMeans {
  readonly runCount: number;
  readonly completionMs: number;
  readonly resourceMs: number;
  /** From 0 to 1. */
  readonly failedShare: number;
}

/** Two neighbouring blocks, one of each arm. */
export interface BlockPair {
  readonly control: BlockMeans;
  readonly treatment: BlockMeans;
}

/** Runs by arm, for telling how much there is. */
export interface ArmCounts {
  readonly runCount: number;
  readonly unfinishedCount: number;
}

export interface PairedBlocks {
  /** In the order of time. */
  readonly pairs: readonly BlockPair[];
  readonly control: ArmCounts;
  readonly treatment: ArmCounts;
}

/**
 * Sorts runs into the blocks in which they arrived, whoever decided for them in the end: what falls back, or names a policy itself, shares the slots of
 * the block. What arrived in a burn-in counts nowhere, and so does a pair one block of which is empty.
 *
 * @param beforeMs only blocks that ended by then count.
 */
export function pairBlocks(plan: BlockPlan, runs: readonly RunOutcome[], beforeMs = Infinity): PairedBlocks {
  const blocks = byBlock(plan, runs, beforeMs);
  const pairs: BlockPair[] = [];
  const counts = { control: { runCount: 0, unfinishedCount: 0 }, treatment: { runCount: 0, unfinishedCount: 0 } };
  for (let first = 0; first < plan.blockCount; first += 2) {
    const role = roleOf(plan, first);
    if (role !== 'control' && role !== 'treatment') continue;
    const [control, treatment] = (role === 'control' ? [first, first + 1] : [first + 1, first]).map((block) => blocks.get(block) ?? []);
    const pair = { control: meansOf(control, counts.control), treatment: meansOf(treatment, counts.treatment) };
    if (pair.control.runCount > 0 && pair.treatment.runCount > 0) pairs.push(pair);
  }
  return { pairs, ...counts };
}

function byBlock(plan: BlockPlan, runs: readonly RunOutcome[], beforeMs: number): ReadonlyMap<number, readonly RunOutcome[]> {
  const blocks = new Map<number, RunOutcome[]>();
  for (const run of runs) {
    const block = blockAt(plan, run.arrivedMs);
    const isCounted = block >= 0 && block < plan.blockCount && startOf(plan, block + 1) <= beforeMs && run.arrivedMs - startOf(plan, block) >= plan.burnInMs;
    if (!isCounted) continue;
    const known = blocks.get(block);
    if (known === undefined) blocks.set(block, [run]);
    else known.push(run);
  }
  return blocks;
}

function startOf({ startedMs, blockMs }: BlockPlan, block: number): number {
  return startedMs + blockMs * block;
}

function meansOf(runs: readonly RunOutcome[] = [], counts: { runCount: number; unfinishedCount: number }): BlockMeans {
  const ended = runs.filter(({ completionMs }) => completionMs !== null);
  counts.runCount += ended.length;
  counts.unfinishedCount += runs.length - ended.length;
  const mean = (valueOf: (run: RunOutcome) => number) => ended.reduce((sum, run) => sum + valueOf(run), 0) / Math.max(ended.length, 1);
  return { runCount: ended.length, completionMs: mean(({ completionMs }) => completionMs ?? 0), resourceMs: mean(({ resourceMs }) => resourceMs), failedShare: mean(({ isFailed }) => (isFailed ? 1 : 0)) };
}
