import type { StageState } from '../state/job-state.js';
import type { Observation, PoolState } from '../state/observation.js';

/**
 * Says what a pool asks of a stage for one executor, in the unit of bids: 0 for a pool that is alone and has memory for all.
 *
 * A slow pool asks more of a stage with a long way to its end: every ms that it takes longer there is one that its job waits. A pool that is short of memory
 * asks more of tasks that take more than an equal part of what is free, for the executors that stand idle beside them. Not learned.
 */
export type AskPrice = (observation: Observation, stage: StageState) => number;

export const askPrice: AskPrice = ({ pools, pool, freeCount }, stage) => {
  return slowness(pools, pool) * criticality(stage) + crowding(pool, freeCount, stage.nextMemoryBytes);
};

/** Logarithm of how many times longer than in the fastest pool tasks take here. */
function slowness(pools: readonly PoolState[], { timeFactor }: PoolState): number {
  if (pools.length === 1) return 0;
  let least = timeFactor;
  for (const pool of pools) least = Math.min(least, pool.timeFactor);
  return Math.log(timeFactor / least);
}

/** Share of its job's longest path that begins at the stage, 0 to 1. */
function criticality({ job, shape }: StageState): number {
  let longest = 0;
  for (const { startedCount, shape: other } of job.stages) if (startedCount < other.taskCount) longest = Math.max(longest, other.criticalPathMs);
  return longest > 0 ? shape.criticalPathMs / longest : 0;
}

/** Logarithm of how many equal parts of the free memory one task takes; 0 where it takes no more than one. */
function crowding({ freeMemoryBytes }: PoolState, freeCount: number, memoryBytes: number): number {
  if (memoryBytes === 0 || freeMemoryBytes === Infinity) return 0;
  return Math.log(Math.max(1, (memoryBytes * freeCount) / Math.max(freeMemoryBytes, 1)));
}
