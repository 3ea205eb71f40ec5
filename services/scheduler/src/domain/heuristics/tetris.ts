import type { Choice, Policy } from '../policy.js';
import type { StageState } from '../state/job-state.js';
import type { Observation, PoolState } from '../state/observation.js';
import { readyStages } from './heft.js';

export interface TetrisOptions {
  /** How much little remaining work counts against a good fit: 0 not at all, 1 as much on average. @default 1 */
  readonly shortestFirst?: number;
}

/**
 * Packs vectors of resources: the stage whose task asks for most of what is most free goes first, weighed against the remaining work of its job.
 * It takes as many tasks as fit, since a stage may be chosen once in a round.
 *
 * Source: Grandl et al. 2014, Multi-resource packing for cluster schedulers (SIGCOMM): dot product of demand and free resources, and
 * epsilon = mean alignment / mean remaining work.
 */
export function tetris({ shortestFirst = 1 }: TetrisOptions = {}): Policy {
  const choice = { stage: undefined as StageState | undefined, count: 0 };
  const decide = (observation: Observation): Choice => {
    const { pool, freeCount } = observation;
    const ready = readyStages(observation);
    const alignments = ready.map((stage) => alignment(stage, pool));
    const meanAlignment = meanOf(alignments);
    const meanWorkMs = meanOf(ready.map(({ job }) => job.remainingWorkMs));
    const perWork = meanWorkMs > 0 ? (shortestFirst * meanAlignment) / meanWorkMs : 0;
    let best = -1;
    let bestScore = -Infinity;
    for (const [index, { job }] of ready.entries()) {
      const score = (alignments[index] ?? 0) - perWork * job.remainingWorkMs;
      if (score > bestScore) [best, bestScore] = [index, score];
    }
    const stage = ready[best];
    return Object.assign(choice, { stage, count: stage === undefined ? freeCount : Math.min(freeCount, stage.demand, fitting(stage, pool)) });
  };
  return { name: 'tetris', decide };
}

/** Demand of one task x what is free, both as shares of the pool: from 0 to the number of resources that bind. */
export function alignment({ nextMemoryBytes }: StageState, { executorCount, freeCount, memoryBytes, freeMemoryBytes }: PoolState): number {
  const slots = (1 / executorCount) * (freeCount / executorCount);
  return memoryBytes < Infinity ? slots + (nextMemoryBytes / memoryBytes) * (freeMemoryBytes / memoryBytes) : slots;
}

function fitting({ nextMemoryBytes }: StageState, { freeMemoryBytes }: PoolState): number {
  return nextMemoryBytes > 0 && freeMemoryBytes < Infinity ? Math.max(1, Math.floor(freeMemoryBytes / nextMemoryBytes)) : Infinity;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(values.length, 1);
}
