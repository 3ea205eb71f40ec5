import { OrreryError } from '@orrery/errors';
import { ArrivalGap } from '../simulation/arrival-gap.js';
import type { Choice } from '../policy.js';
import { JobState, type StageState } from '../state/job-state.js';
import type { JobShape } from '../state/job-shape.js';
import type { Observation, PoolState } from '../state/observation.js';
import type { AskedPool, AskedRun, AskedTask, ClusterRequest, ExpectationOf } from './cluster-request.js';
import { shapeOfRun, usualDuration } from './cluster-shape.js';

/** A run that an engine asks about: how far it is, and what it was given in this decision. */
export class ClusterJob extends JobState {
  /** Stages that could start a task before anything was decided, in the order of the request. */
  readonly runnable: StageState[] = [];

  constructor(
    readonly run: AskedRun,
    shape: JobShape,
    number: number,
  ) {
    super(shape, {
      ...{ id: run.runId, number, arrivedMs: run.submittedAtMs, weight: run.weight, reserved: run.reservedSlots },
      ...{ deadlineMs: run.deadlineMs ?? Infinity, quota: run.quotaSlots ?? Infinity },
    });
    this.start(run.tasks);
  }

  override get isHungry(): boolean {
    return this.remainingTaskCount > 0;
  }

  /** Takes over what runs and what is done; what is done has no say any more. */
  private start(tasks: readonly AskedTask[]): void {
    const { stages } = this;
    for (let index = 0; index < stages.length; index += 1) {
      const stage = stages[index] as StageState;
      const { running, finished } = tasks[index] as AskedTask;
      stage.startedCount = running + finished;
      stage.finishedCount = finished;
      this.supply += running;
      this.remainingWorkMs -= stage.startedCount * stage.shape.meanTaskMs;
      this.remainingTaskCount -= stage.startedCount;
    }
    for (const stage of stages) {
      stage.isRunnable = !stage.isStarted && stage.shape.parents.every((parent) => (stages[parent] as StageState).isDone);
      if (stage.isRunnable) this.runnable.push(stage);
    }
    this.isDone = this.remainingTaskCount === 0 && this.supply === 0;
    // Sums of fractions can miss zero by a hair.
    this.remainingWorkMs = Math.max(this.remainingWorkMs, 0);
  }
}

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
  private readonly byNumber: readonly (ClusterJob | undefined)[];

  constructor({ nowMs, pools, runs }: ClusterRequest, expectationOf: ExpectationOf = () => undefined) {
    if (pools.length === 0) throw new OrreryError('ORRERY_VALIDATION', 'pools: expected at least one');
    this.nowMs = nowMs;
    this.pools = pools.map((pool) => new ClusterPool(pool));
    this.pool = this.pools[0] as ClusterPool;
    this.executorCount = pools.reduce((sum, { slots }) => sum + slots, 0);
    this.freeSlots = pools.reduce((sum, { freeSlots }) => sum + freeSlots, 0);
    const usualMs = usualDuration(runs, expectationOf);
    const gap = new ArrivalGap();
    this.byNumber = runs.map((run, number) => {
      gap.add(run.submittedAtMs);
      const job = new ClusterJob(run, shapeOfRun(run, expectationOf, usualMs), number);
      return job.isDone ? undefined : job;
    });
    this.jobs = this.byNumber.filter((job) => job !== undefined);
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
    for (const { runnable } of this.jobs) for (const stage of runnable) if (this.isReady(stage)) return true;
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
    return wasAny;
  }

  /** Says whether the stage is one of this cluster and may be chosen now. */
  canTake(stage: StageState): boolean {
    return this.byNumber[stage.job.terms.number]?.stages[stage.shape.index] === stage && this.isReady(stage);
  }

  /** Gives a stage of those on offer what a policy chose, as far as tasks, quota and memory go. */
  give(stage: StageState, { count, bid, price, desiredCount }: Choice): void {
    const job = stage.job as ClusterJob;
    const { memoryBytes } = stage.shape;
    const fits = memoryBytes > 0 && this.pool.freeMemoryBytes < Infinity ? Math.floor(this.pool.freeMemoryBytes / memoryBytes) : Infinity;
    const taken = Math.max(1, Math.min(count, this.freeCount, stage.demand, job.terms.quota - job.supply, fits));
    this.given.push({ job, stage, pool: this.pool, count: taken, supplyBefore: job.supply, waitingBefore: stage.demand, workBeforeMs: job.remainingWorkMs, bid, price, desiredCount });
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

  private move(stage: StageState, pool: ClusterPool, count: number): void {
    const job = stage.job as ClusterJob;
    stage.startedCount += count;
    job.supply += count;
    job.remainingTaskCount -= count;
    job.version += 1;
    pool.freeCount -= count;
    pool.freeMemoryBytes -= count * stage.shape.memoryBytes;
  }
}
