import { OrreryError } from '@orrery/errors';
import type { Choice, Policy } from '../policy.js';
import type { JobState, StageState } from '../state/job-state.js';
import type { Observation } from '../state/observation.js';
import { ArrivalGap } from './arrival-gap.js';
import { EventQueue } from './event-queue.js';
import { outcomeOf, type SlotOutcome } from './outcome.js';
import { fateOf, mostAttempts, type Fate } from './slot-fate.js';
import { SlotJob, type SlotAttempt, type SlotStage } from './slot-job.js';
import { SlotPoolState, type SlotPool } from './slot-pool.js';
import type { Arrival } from './workload.js';

export interface SlotRules {
  /** That an attempt with memory enough fails all the same, 0 to 1. @default 0 */
  readonly failureChance?: number;
  /** So often a task is tried before its job fails, 1 to 16. @default 4 */
  readonly attemptLimit?: number;
  /** Tasks are given so many times what their stage is expected to need. @default 1 */
  readonly memoryHeadroom?: number;
  /** After a failure for want of memory a task is given so many times more, up to what the largest pool has. @default 2 */
  readonly memoryGrowth?: number;
}

const gigabyte = 1e9;
const usualRules: Required<SlotRules> = { failureChance: 0, attemptLimit: 4, memoryHeadroom: 1, memoryGrowth: 2 };

type Event = { readonly kind: 'arrival'; readonly job: SlotJob } | { readonly kind: 'end'; readonly attempt: SlotAttempt; readonly pool: SlotPoolState; readonly end: Fate['end'] };

/**
 * Pools of slots that an engine starts single tasks in, as those of continuous integration and batch do: a task is ready once all that it waits for is done,
 * runs at once where it is sent, and holds its slot and its memory until it ends. It may fail, by chance or for want of memory, and is tried again, up to
 * a limit that ends its job. Nothing is promised early, nothing takes time to move, no task is interrupted.
 *
 * A policy is asked whenever something arrived or ended, for the free slots of each pool, the fastest first, while a stage is ready there.
 *
 * @example new SlotSimulation([{ id: 'runners', slotCount: 20 }, { id: 'old', slotCount: 8, timeFactor: 1.6 }]).run(arrivals, seed, policy)
 */
export class SlotSimulation implements Observation {
  nowMs = 0;
  jobs: SlotJob[] = [];
  freeCount = 0;
  pool: SlotPoolState;
  readonly source = undefined;
  readonly pools: readonly SlotPoolState[];
  readonly executorCount: number;
  private readonly rules: Required<SlotRules>;
  private readonly fastestFirst: readonly SlotPoolState[];
  private readonly gap = new ArrivalGap();
  private events = new EventQueue<Event>();
  private all: SlotJob[] = [];
  private seed = 0;
  private chosen: SlotStage[] = [];
  private readonly totals = { taskMs: 0, byteMs: 0, decisionCount: 0, failedAttemptCount: 0, memoryFailureCount: 0 };

  /** @throws ORRERY_VALIDATION without pools, with two of one name, or when a figure is none. */
  constructor(pools: readonly SlotPool[], rules: SlotRules = {}) {
    if (pools.length === 0) throw new OrreryError('ORRERY_VALIDATION', 'pools: expected at least one');
    if (new Set(pools.map(({ id }) => id)).size < pools.length) throw new OrreryError('ORRERY_VALIDATION', 'pools: two have one name');
    this.pools = pools.map((pool) => new SlotPoolState(pool));
    this.pool = this.pools[0] as SlotPoolState;
    this.executorCount = pools.reduce((sum, { slotCount }) => sum + slotCount, 0);
    this.fastestFirst = this.pools.toSorted((one, other) => one.timeFactor - other.timeFactor);
    this.rules = { ...usualRules, ...rules };
    check(this.rules);
  }

  get arrivalGapMs(): number {
    return this.gap.meanMs;
  }

  /** Runs an episode to its end. @throws ORRERY_VALIDATION when a stage fits no pool, or the policy chooses what it may not. */
  run(arrivals: readonly Arrival[], seed: number, policy: Policy): SlotOutcome {
    this.reset(arrivals, seed);
    while (this.events.size > 0) {
      this.nowMs = this.events.nextMs;
      while (this.events.nextMs === this.nowMs) this.handle(this.events.take() as Event);
      for (const pool of this.fastestFirst) this.offer(pool, policy);
    }
    return this.outcome();
  }

  isReady(stage: StageState): boolean {
    if (stage.isChosen || !stage.isRunnable) return false;
    const { job } = stage as SlotStage;
    return job.supply < job.terms.quota && (stage as SlotStage).canRunIn(this.pool) && (stage as SlotStage).fits(this.pool.freeMemoryBytes);
  }

  candidatesOf(job: JobState): readonly StageState[] {
    return (job as SlotJob).runnable;
  }

  private reset(arrivals: readonly Arrival[], seed: number): void {
    Object.assign(this.totals, { taskMs: 0, byteMs: 0, decisionCount: 0, failedAttemptCount: 0, memoryFailureCount: 0 });
    this.seed = seed;
    this.nowMs = 0;
    this.gap.reset();
    this.events = new EventQueue();
    for (const pool of this.pools) pool.clear();
    this.jobs = [];
    this.all = arrivals.map((arrival, number) => new SlotJob(arrival, number));
    for (const job of this.all) {
      for (const stage of job.stages) this.limitMemory(stage);
      this.events.add(job.terms.arrivedMs, { kind: 'arrival', job });
    }
  }

  private limitMemory(stage: SlotStage): void {
    const pools = this.pools.filter((pool) => stage.canRunIn(pool));
    if (pools.length === 0) throw new OrreryError('ORRERY_VALIDATION', `job ${stage.job.terms.id}, stage ${stage.shape.name}: no pool can run it`);
    stage.largestMemoryBytes = Math.max(...pools.map(({ memoryBytes }) => memoryBytes));
    stage.firstMemoryBytes = Math.min(stage.shape.memoryBytes * this.rules.memoryHeadroom, stage.largestMemoryBytes);
  }

  /** A round: the policy is asked about a pool until its free slots are spoken for or nothing is ready. */
  private offer(pool: SlotPoolState, policy: Policy): void {
    this.pool = pool;
    this.freeCount = pool.freeCount;
    while (this.freeCount > 0 && this.isAnyReady()) {
      this.totals.decisionCount += 1;
      this.take(policy.decide(this));
    }
    for (const stage of this.chosen) stage.isChosen = false;
    this.chosen = [];
    this.freeCount = 0;
  }

  private isAnyReady(): boolean {
    for (const { runnable } of this.jobs) for (const stage of runnable) if (this.isReady(stage)) return true;
    return false;
  }

  private take({ stage, count }: Choice): void {
    if (!(count > 0) || (stage !== undefined && !this.isReady(stage))) {
      throw new OrreryError('ORRERY_VALIDATION', `a policy chose ${count} slots, of ${this.freeCount}, for stage ${stage?.shape.name ?? '(none)'}`);
    }
    if (stage === undefined) {
      this.freeCount -= Math.min(count, this.freeCount);
      return;
    }
    stage.isChosen = true;
    this.chosen.push(stage as SlotStage);
    const { supply, terms } = stage.job;
    const most = Math.min(Math.floor(count), this.freeCount, terms.quota - supply);
    for (let started = 0; started < most; started += 1) {
      const attempt = (stage as SlotStage).take(this.pool.freeMemoryBytes);
      if (attempt === undefined) break;
      this.start(attempt);
    }
  }

  private start(attempt: SlotAttempt): void {
    const { stage, memoryBytes } = attempt;
    const { job } = stage;
    const { pool } = this;
    pool.take(memoryBytes);
    this.freeCount -= 1;
    job.supply += 1;
    this.count(stage, -1);
    const { end, durationMs } = fateOf(this.seed, attempt, this.rules.failureChance);
    const takesMs = durationMs * pool.timeFactor;
    this.totals.taskMs += takesMs;
    this.totals.byteMs += takesMs * memoryBytes;
    this.events.add(this.nowMs + takesMs, { kind: 'end', attempt, pool, end });
  }

  /** Enters that tasks of a stage have to be started, or no longer. */
  private count(stage: SlotStage, tasks: 1 | -1): void {
    const { job } = stage;
    job.remainingWorkMs += tasks * stage.shape.meanTaskMs;
    job.remainingTaskCount += tasks;
    job.version += 1;
    job.settle(stage);
  }

  private handle(event: Event): void {
    if (event.kind === 'arrival') {
      this.jobs.push(event.job);
      this.gap.add(this.nowMs);
      return;
    }
    const { attempt, pool, end } = event;
    const { job } = attempt.stage;
    pool.giveBack(attempt.memoryBytes);
    job.supply -= 1;
    job.version += 1;
    if (end === 'success') this.finish(attempt.stage);
    else this.fail(attempt, end);
  }

  private finish(stage: SlotStage): void {
    const { job } = stage;
    stage.finishedCount += 1;
    if (job.hasFailed || !stage.isDone) return;
    job.doneStageCount += 1;
    for (const child of stage.shape.children) job.settle(job.stages[child] as SlotStage);
    if (job.doneStageCount === job.stages.length) this.close(job, this.nowMs);
  }

  private fail(attempt: SlotAttempt, end: Fate['end']): void {
    const { stage, number, memoryBytes } = attempt;
    this.totals.failedAttemptCount += 1;
    if (end === 'memory') this.totals.memoryFailureCount += 1;
    if (stage.job.hasFailed) return;
    if (number + 1 >= this.rules.attemptLimit) {
      stage.job.hasFailed = true;
      this.close(stage.job, Infinity);
      return;
    }
    stage.putBack(attempt, end === 'memory' ? memoryBytes * this.rules.memoryGrowth : memoryBytes);
    this.count(stage, 1);
  }

  private close(job: SlotJob, finishedMs: number): void {
    job.isDone = true;
    job.finishedMs = finishedMs;
    this.jobs.splice(this.jobs.indexOf(job), 1);
  }

  private outcome(): SlotOutcome {
    const { taskMs, byteMs, decisionCount, failedAttemptCount, memoryFailureCount } = this.totals;
    const completionSeconds = this.all.map(({ finishedMs, terms }) => (finishedMs - terms.arrivedMs) / 1000);
    return {
      ...outcomeOf(completionSeconds, { executorSeconds: taskMs / 1000, makespanSeconds: this.nowMs / 1000, decisionCount, moveCount: 0 }),
      ...{ memoryGbSeconds: byteMs / 1000 / gigabyte, failedAttemptCount, memoryFailureCount },
      failedJobCount: this.all.filter(({ hasFailed }) => hasFailed).length,
      deadlineMissCount: this.all.filter(({ finishedMs, terms }) => terms.deadlineMs < Infinity && finishedMs > terms.deadlineMs).length,
    };
  }
}

function check({ failureChance, attemptLimit, memoryHeadroom, memoryGrowth }: Required<SlotRules>): void {
  const fail = (what: string): never => {
    throw new OrreryError('ORRERY_VALIDATION', what);
  };
  if (!(failureChance >= 0 && failureChance <= 1)) fail(`expected a chance of failure from 0 to 1, got ${failureChance}`);
  if (!Number.isInteger(attemptLimit) || attemptLimit < 1 || attemptLimit > mostAttempts) fail(`expected 1 to ${mostAttempts} attempts, got ${attemptLimit}`);
  if (!(memoryHeadroom > 0) || !(memoryGrowth >= 1)) fail(`expected memory headroom above 0 and growth of at least 1, got ${memoryHeadroom} and ${memoryGrowth}`);
}
