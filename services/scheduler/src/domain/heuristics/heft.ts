import type { Choice, Policy } from '../policy.js';
import type { JobShape } from '../state/job-shape.js';
import type { StageState } from '../state/job-state.js';
import type { Observation, PoolState } from '../state/observation.js';
import { upwardRanks } from './heft-schedule.js';

export interface HeftOptions {
  /** Ranks of all jobs together, which makes the last job end soon; or jobs of least remaining work first, which makes the mean job end soon. @default 'together' */
  readonly jobs?: 'together' | 'remaining-work';
}

/**
 * HEFT for pools, decided anew whenever slots are free: stages by upward rank, each task where it is expected to end first. Tasks refuse a slow pool
 * while they would end sooner by waiting for a faster one; how long that takes is told by what runs there and by who waits already.
 *
 * Source of the ranks: Topcuoglu, Hariri and Wu 2002 (IEEE TPDS). Of E slots that do tasks of mean duration m, the n-th from now is
 * expected to come free after (n - 1/2) m / E.
 */
export function heft({ jobs: order = 'together' }: HeftOptions = {}): Policy {
  const choice = { stage: undefined as StageState | undefined, count: 0 };
  const take = (stage: StageState | undefined, count: number): Choice => Object.assign(choice, { stage, count });
  const rankOfAll = poolRanks();
  const decide = (observation: Observation): Choice => {
    const { pool, pools, freeCount } = observation;
    const rankOf = rankOfAll(pools);
    const ready = readyStages(observation).map((stage) => ({ stage, rank: rankOf(stage) }));
    const workOf = ({ stage }: { readonly stage: StageState }) => (order === 'together' ? 0 : stage.job.remainingWorkMs);
    ready.sort((one, other) => workOf(one) - workOf(other) || other.rank - one.rank);
    const faster = pools.filter(({ timeFactor }) => timeFactor < pool.timeFactor);
    const runningMs = faster.length === 0 ? 0 : meanRunningMs(observation);
    let ahead = 0;
    for (const { stage } of ready) {
      const room = faster.reduce((sum, other) => sum + (canRun(stage, other) ? betterToWait(stage, { pool, other, runningMs }) : 0), 0);
      const waiting = Math.min(stage.demand, Math.max(0, room - ahead));
      if (waiting < stage.demand) return take(stage, Math.min(stage.demand - waiting, freeCount));
      ahead += waiting;
    }
    return take(undefined, freeCount);
  };
  return { name: order === 'together' ? 'heft' : `heft, ${order}`, decide };
}

/** All stages that may be chosen now, in the order of their jobs. */
export function readyStages(observation: Observation): StageState[] {
  const ready: StageState[] = [];
  for (const job of observation.jobs) for (const stage of observation.candidatesOf?.(job) ?? job.stages) if (observation.isReady(stage)) ready.push(stage);
  return ready;
}

/** Ranks are worked out once for a shape, as long as the pools are as fast as they were. */
function poolRanks(): (pools: readonly PoolState[]) => (stage: StageState) => number {
  let known = new WeakMap<JobShape, readonly number[]>();
  let knownFor = '';
  return (pools) => {
    const speeds = pools.map(({ id, timeFactor }) => `${id} ${timeFactor}`).join();
    if (speeds !== knownFor) {
      known = new WeakMap();
      knownFor = speeds;
    }
    return ({ job, shape }) => {
      let ranks = known.get(job.shape);
      if (ranks === undefined) known.set(job.shape, (ranks = ranksOf(job.shape, pools)));
      return ranks[shape.index] ?? 0;
    };
  };
}

function ranksOf({ stages }: JobShape, pools: readonly PoolState[]): readonly number[] {
  return upwardRanks({
    // A stage that no pool runs now is taken to run anywhere.
    costs: stages.map(({ meanTaskMs, poolIds }) => {
      const allowed = pools.filter(({ id }) => poolIds?.includes(id) !== false);
      return (allowed.length === 0 ? pools : allowed).map(({ timeFactor }) => meanTaskMs * timeFactor);
    }),
    transfers: stages.flatMap(({ index, children }) => children.map((child) => ({ from: index, to: child, cost: 0 }))),
  });
}

function canRun({ shape, nextMemoryBytes }: StageState, pool: PoolState): boolean {
  return pool.executorCount > 0 && nextMemoryBytes <= pool.memoryBytes && shape.poolIds?.includes(pool.id) !== false;
}

interface Alternative {
  readonly pool: PoolState;
  /** A faster one. */
  readonly other: PoolState;
  /** What a task that runs now takes, ms, at usual speed. */
  readonly runningMs: number;
}

/** So many tasks, of this stage or ahead of it, end sooner if they wait for the faster pool than if they begin here now. */
function betterToWait({ shape, nextMemoryBytes }: StageState, { pool, other, runningMs }: Alternative): number {
  const fitting = nextMemoryBytes > 0 && other.freeMemoryBytes < Infinity ? Math.floor(other.freeMemoryBytes / nextMemoryBytes) : Infinity;
  const gainMs = shape.meanTaskMs * (pool.timeFactor - other.timeFactor);
  const gapMs = ((runningMs > 0 ? runningMs : shape.meanTaskMs) * other.timeFactor) / other.executorCount;
  return Math.min(other.freeCount, fitting) + (gapMs > 0 ? Math.ceil(gainMs / gapMs + 0.5) - 1 : 0);
}

function meanRunningMs({ jobs }: Observation): number {
  let count = 0;
  let sumMs = 0;
  for (const { stages } of jobs) {
    for (const { startedCount, finishedCount, shape } of stages) {
      count += startedCount - finishedCount;
      sumMs += (startedCount - finishedCount) * shape.meanTaskMs;
    }
  }
  return count === 0 ? 0 : sumMs / count;
}
