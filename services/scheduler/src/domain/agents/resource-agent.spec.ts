import { describe, expect, it } from '@jest/globals';
import { shapeOf } from '../state/job-shape.js';
import { JobState, type StageState } from '../state/job-state.js';
import type { Observation, PoolState } from '../state/observation.js';
import { askPrice } from './resource-agent.js';

const gib = 2 ** 30;
const job = new JobState(
  shapeOf('nightly', [
    { name: 'build', taskCount: 1, meanTaskMs: 60_000, memoryBytes: gib, parents: [] },
    { name: 'test', taskCount: 8, meanTaskMs: 20_000, memoryBytes: 4 * gib, parents: [0] },
  ]),
  { id: 'run', number: 0, arrivedMs: 0 },
);
const [build, test] = job.stages as [StageState, StageState];
const poolOf = (part: Partial<PoolState>): PoolState => ({ id: 'pool', executorCount: 8, timeFactor: 1, memoryBytes: Infinity, freeMemoryBytes: Infinity, freeCount: 8, ...part });
const offered = (pool: PoolState, others: readonly PoolState[] = []): Observation => ({ nowMs: 0, executorCount: 8, pools: [pool, ...others], jobs: [job], pool, freeCount: pool.freeCount, source: undefined, arrivalGapMs: Infinity, isReady: () => true });

describe('the agent of a pool', () => {
  it('asks nothing where the pool is alone and has memory for all', () => {
    for (const stage of job.stages) expect(askPrice(offered(poolOf({ timeFactor: 3 })), stage)).toBe(0);
  });

  it('asks most of the longest path where the pool is slow', () => {
    const slow = offered(poolOf({ timeFactor: 2 }), [poolOf({ id: 'fast' })]);
    expect(askPrice(slow, build)).toBeCloseTo(Math.log(2));
    expect(askPrice(slow, test)).toBeCloseTo(Math.log(2) / 4);
    expect(askPrice(offered(poolOf({ id: 'fast' }), [poolOf({ timeFactor: 2 })]), build)).toBe(0);
  });

  it('asks more of tasks that take more than their part of what memory is left', () => {
    const scarce = offered(poolOf({ memoryBytes: 16 * gib, freeMemoryBytes: 16 * gib }));
    expect(askPrice(scarce, build)).toBe(0);
    expect(askPrice(scarce, test)).toBeCloseTo(Math.log(2));
  });
});
