import { OrreryError } from '@orrery/errors';
import { ArrivalGap } from '../simulation/arrival-gap.js';
import type { Choice } from '../policy.js';
import type { JobState, StageState } from '../state/job-state.js';
import type { Observation, PoolState } from '../state/observation.js';
import type { ClusterJob } from './cluster-job.js';
import type { AskedPool, ClusterRequest, ExpectationOf } from './cluster-request.js';
import { usualDuration } from './cluster-shape.js';
import { KnownRuns } from './known-runs.js';

/** A pool as the decision goes on. */
export class ClusterPool implements PoolState {
  readonly id: string;
  readonly executorCount: number;
  readonly timeFactor: number;
  readonly memoryBytes: number;
  freeMemoryBytes: number;
  freeCount: number;

  constructor(readonly asked: AskedPool) {
    const { poolId, slots, freeSlots, memoryBytes = Infinity, freeMemoryBytes = memoryBytes, timeFactor } = asked;
    this.id = poolId;
    this.executorCount = slots;
    this.timeFactor = timeFactor;
    this.memoryBytes = memoryBytes;
    this.freeMemoryBytes = freeMemoryBytes;
    this.freeCount = freeSlots;
  }
}

export interface ClusterOptions {
  /** What has been seen of tasks, where the engine says nothing. @default nothing */
  readonly expectationOf?: ExpectationOf;
  /** The runs as they were when the engine asked before. @default none; what was kept serves one cluster at a time */
  readonly known?: KnownRuns;
}

/** The gap between arrivals is a mean over the last ones: it looks at no more. */
const largestGapCount = 64;

/** So many slots of a pool for one stage. */
export interface Given {
  readonly job: ClusterJob;
  readonly stage: StageState;
  readonly pool: ClusterPool;
  readonly count: number;
  /** Tasks of the run that had slots before. */
  readonly supplyBefore: number;
  /** Tasks of the stage that waited before. */
  readonly waitingBefore: number;
  /** What the run had left before, ms. */
  readonly workBeforeMs: number;
  readonly bid: number | undefined;
  readonly price: number | undefined;
  readonly desiredCount: number | undefined;
  /** Which rule made the choice, in words; undefined where the policy had its way. */
  readonly forcedBy: string | undefined;
}

/**
 * What an engine that starts single tasks asks about, as policies see it: a stage is ready when all that it waits for is done, and its tasks fit
 * the pool and the run's quota. What is given counts as started at once, and can be taken back for another policy to decide in the same state.
 *
 * @throws ORRERY_VALIDATION when the runs are none that can be.
 */
export class Cluster implements Observation {
  readonly nowMs: number;
  readonly executorCount: number;
  readonly pools: readonly ClusterPool[];
  readonly jobs: readonly ClusterJob[];
  readonly source = undefined;
  readonly arrivalGapMs: number;
  readonly freeSlots: number;
  pool: ClusterPool;
  freeCount = 0;
  private given: Given[] = [];
  private chosen: StageState[] = [];
  private readyFrom = 0;
  private readonly members: ReadonlySet<JobState>;

  constructor({ nowMs, pools, runs }: ClusterRequest, { expectationOf = () => undefined, known = new KnownRuns() }: ClusterOptions = {}) {
    if (pools.length === 0) throw new OrreryError('ORRERY_VALIDATION', 'pools: expected at least one');
    this.nowMs = nowMs;
    this.pools = pools.map((pool) => new ClusterPool(pool));
    this.pool = this.pools[0] as ClusterPool;
    this.executorCount = pools.reduce((sum, { slots }) => sum + slots, 0);
    this.freeSlots = pools.reduce((sum, { freeSlots }) => sum + freeSlots, 0);
    this.jobs = known.follow(runs, { expectationOf, usualMs: usualDuration(runs, expectationOf) }).filter(({ isDone }) => !isDone);
    for (const job of this.jobs) job.look(nowMs);
    this.members = new Set(this.jobs);
    const gap = new ArrivalGap();
    for (const { submittedAtMs } of runs.slice(-largestGapCount)) gap.add(submittedAtMs);
    this.arrivalGapMs = gap.meanMs;
  }

  isReady(stage: StageState): boolean {
    if (!stage.isRunnable || stage.isChosen || stage.startedCount >= stage.shape.taskCount) return false;
    const { memoryBytes, poolIds } = stage.shape;
    if (memoryBytes > this.pool.freeMemoryBytes || stage.job.supply >= stage.job.terms.quota) return false;
    return poolIds === undefined || poolIds.includes(this.pool.id);
  }

  /** Whether there is anything to choose. */
  isAnyReady(): boolean {
    const { jobs } = this;
    // Within a round nothing comes to be ready that was not.
    for (; this.readyFrom < jobs.length; this.readyFrom += 1) if ((jobs[this.readyFrom] as ClusterJob).runnable.some((stage) => this.isReady(stage))) return true;
    return false;
  }

  /** Stages that can be ready: no other is. */
  candidatesOf(job: JobState): readonly StageState[] {
    return (job as ClusterJob).runnable;
  }

  /** Offers the free slots of a pool. */
  offer(pool: ClusterPool): void {
    this.beginRound();
    this.pool = pool;
    this.freeCount = pool.freeCount;
  }

  /** Lets stages be chosen again that were in the last round; says whether any was. */
  beginRound(): boolean {
    const wasAny = this.chosen.length > 0;
    for (const stage of this.chosen) stage.isChosen = false;
    this.chosen = [];
    this.readyFrom = 0;
    return wasAny;
  }

  /** Says whether the stage is one of this cluster and may be chosen now. */
  canTake(stage: StageState): boolean {
    return this.members.has(stage.job) && stage.job.stages[stage.shape.index] === stage && this.isReady(stage);
  }

  /** Gives a stage of those on offer what a policy chose, as far as tasks, quota and memory go. */
  give(stage: StageState, { count, bid, price, desiredCount, forcedBy }: Choice): void {
    const job = stage.job as ClusterJob;
    const { memoryBytes } = stage.shape;
    const fits = memoryBytes > 0 && this.pool.freeMemoryBytes < Infinity ? Math.floor(this.pool.freeMemoryBytes / memoryBytes) : Infinity;
    const taken = Math.max(1, Math.min(count, this.freeCount, stage.demand, job.terms.quota - job.supply, fits));
    this.given.push({ job, stage, pool: this.pool, count: taken, supplyBefore: job.supply, waitingBefore: stage.demand, workBeforeMs: job.remainingWorkMs, bid, price, desiredCount, forcedBy });
    this.move(stage, this.pool, taken);
    job.remainingWorkMs = Math.max(0, job.remainingWorkMs - taken * stage.shape.meanTaskMs);
    stage.isChosen = true;
    this.chosen.push(stage);
    this.freeCount -= taken;
  }

  /** Lets so many of those on offer rest. */
  rest(count: number): void {
    this.freeCount -= count;
  }

  /** Hands over what was given, and stands again where it was before. */
  takeBack(): readonly Given[] {
    const given = this.given;
    this.beginRound();
    for (const { job, stage, pool, count, workBeforeMs } of given.toReversed()) {
      this.move(stage, pool, -count);
      job.remainingWorkMs = workBeforeMs;
    }
    this.given = [];
    return given;
  }

  /** Enters that so many tasks of a stage were started in a pool; fewer than none take that back. */
  move(stage: StageState, pool: ClusterPool, count: number): void {
    const job = stage.job as ClusterJob;
    stage.startedCount += count;
    job.supply += count;
    job.remainingTaskCount -= count;
    job.version += 1;
    pool.freeCount -= count;
    pool.freeMemoryBytes -= count * stage.shape.memoryBytes;
  }
}
