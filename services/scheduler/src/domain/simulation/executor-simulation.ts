import { OrreryError } from '@orrery/errors';
import type { Choice, Policy } from '../policy.js';
import type { StageState } from '../state/job-state.js';
import type { Observation, PoolState } from '../state/observation.js';
import { ArrivalGap } from './arrival-gap.js';
import { Commitments } from './commitments.js';
import { EventQueue } from './event-queue.js';
import { outcomeOf, type Outcome } from './outcome.js';
import { Executor, SimulatedJob, type SimulatedStage } from './simulated-job.js';
import { TaskDurations } from './task-duration.js';
import type { Arrival } from './workload.js';

/** What it takes an executor to go to another job, ms. */
const movingMs = 2000;

type Event = { readonly kind: 'end'; readonly executor: Executor; readonly stage: SimulatedStage } | { readonly kind: 'arrival'; readonly job: SimulatedJob } | { readonly kind: 'moved'; readonly executor: Executor };

/**
 * Equal executors that do the tasks of jobs, as a data-parallel engine does: an executor keeps its stage until no task of it is left, takes 2 s to
 * another job, and is promised to its next stage as soon as the last task of its own has begun. Tasks take what was measured of them, longer
 * or shorter with the number of executors at their job. No task is ever interrupted.
 *
 * A policy is asked when (1) no task is left of a stage: for all executors that still stand there; (2) a stage ends and others can begin: for all that
 * rest at the job; (3) a job arrives: for all that rest nowhere.
 *
 * Source: the rules of the simulator of Mao et al. 2019 (SIGCOMM), written anew.
 * @example new ExecutorSimulation(50).run(arrivalsOf(workload, { initialJobs: 20, laterJobs: 0, meanGapMs: 0 }, seed), seed, fair)
 */
export class ExecutorSimulation implements Observation {
  nowMs = 0;
  jobs: SimulatedJob[] = [];
  freeCount = 0;
  source: SimulatedJob | undefined;
  readonly pools: readonly PoolState[];
  readonly pool: PoolState;
  private readonly durations: TaskDurations;
  private readonly gap = new ArrivalGap();
  private events = new EventQueue<Event>();
  private all: SimulatedJob[] = [];
  private seed = 0;
  /** Without work and at no job. */
  private resting = new Set<Executor>();
  private restingCommitments = new Commitments();
  /** Those on offer that stand still already; the first of them says from where is promised. */
  private offered = new Set<Executor>();
  private chosen: SimulatedStage[] = [];
  private readonly totals = { taskMs: 0, decisionCount: 0, moveCount: 0 };

  constructor(readonly executorCount: number) {
    if (!Number.isInteger(executorCount) || executorCount < 1) throw new OrreryError('ORRERY_VALIDATION', `expected at least one executor, got ${executorCount}`);
    this.durations = new TaskDurations(executorCount);
    const freeCount = () => this.restingCount();
    this.pool = {
      ...{ id: 'executors', executorCount, timeFactor: 1, memoryBytes: Infinity, freeMemoryBytes: Infinity },
      get freeCount() {
        return freeCount();
      },
    };
    this.pools = [this.pool];
  }

  get arrivalGapMs(): number {
    return this.gap.meanMs;
  }

  /** Runs an episode to its end. @throws ORRERY_VALIDATION when the policy asks for no executor or more than there are. */
  run(arrivals: readonly Arrival[], seed: number, policy: Policy): Outcome {
    this.reset(arrivals, seed);
    while (this.freeCount > 0) this.step(policy.decide(this));
    const completionSeconds = this.all.map(({ finishedMs, terms }) => (finishedMs - terms.arrivedMs) / 1000);
    const { taskMs, decisionCount, moveCount } = this.totals;
    return outcomeOf(completionSeconds, { executorSeconds: taskMs / 1000, makespanSeconds: this.nowMs / 1000, decisionCount, moveCount });
  }

  isReady(stage: StageState): boolean {
    if (stage.isChosen || stage.isSaturated) return false;
    const { parents } = stage.shape;
    const { stages } = stage.job;
    for (let index = 0; index < parents.length; index += 1) if (!(stages[parents[index] as number] as StageState).isSaturated) return false;
    return true;
  }

  private reset(arrivals: readonly Arrival[], seed: number): void {
    Object.assign(this.totals, { taskMs: 0, decisionCount: 0, moveCount: 0 });
    this.seed = seed;
    this.nowMs = 0;
    this.events = new EventQueue();
    this.gap.reset();
    this.resting = new Set(Array.from({ length: this.executorCount }, () => new Executor()));
    this.restingCommitments = new Commitments();
    this.chosen = [];
    this.all = arrivals.map((arrival, number) => new SimulatedJob(arrival, number));
    this.jobs = [];
    for (const job of this.all) {
      if (job.terms.arrivedMs > 0) this.events.add(job.terms.arrivedMs, { kind: 'arrival', job });
      else this.admit(job);
    }
    this.offer(this.resting, this.executorCount, undefined);
    if (this.jobs.length === 0) {
      this.freeCount = 0;
      this.advance();
    }
  }

  private admit(job: SimulatedJob): void {
    this.jobs.push(job);
    this.gap.add(job.terms.arrivedMs);
  }

  /** @param count of executors that are decided for; more than stand still where others of their stage are at work yet. */
  private offer(executors: Iterable<Executor>, count: number, source: SimulatedJob | undefined): void {
    this.offered = new Set(executors);
    this.source = source;
    this.freeCount = count;
  }

  private step({ stage, count }: Choice): void {
    this.totals.decisionCount += 1;
    this.promise(stage as SimulatedStage | undefined, count);
    if (this.freeCount > 0) return;
    for (const one of this.chosen) one.isChosen = false;
    this.chosen = [];
    this.keepPromises();
    this.advance();
  }

  private promise(stage: SimulatedStage | undefined, count: number): void {
    const wanted = Math.min(stage === undefined ? count : Math.min(stage.demand, count), this.freeCount);
    if (!(wanted > 0)) throw new OrreryError('ORRERY_VALIDATION', `a policy chose ${count} executors, of ${this.freeCount}, for stage ${stage?.shape.name ?? '(none)'}`);
    const commitments = this.commitmentsOf(this.firstOffered());
    commitments.add(stage, wanted);
    this.freeCount -= wanted;
    if (stage === undefined) return;
    stage.isChosen = true;
    this.chosen.push(stage);
    stage.committedCount += wanted;
    stage.promisedBy.add(commitments);
    // Those of the job itself count among its executors already.
    if (stage.job !== this.placeOf(this.firstOffered())) stage.job.supply += wanted;
    stage.job.version += 1;
  }

  /** Without work, wherever they stand; those on offer may be at work still. */
  private restingCount(): number {
    let count = this.resting.size;
    for (const job of this.jobs) count += job.resting.size;
    return Math.max(count, this.freeCount);
  }

  private firstOffered(): Executor {
    return this.offered.values().next().value as Executor;
  }

  private placeOf({ stage, job }: Executor): SimulatedJob | undefined {
    return stage?.job ?? job;
  }

  private commitmentsOf({ stage, job }: Executor): Commitments {
    return stage?.commitments ?? job?.commitments ?? this.restingCommitments;
  }

  /** Lets those of the offered that stand still do what is promised from where they stand. */
  private keepPromises(): void {
    const first = this.firstOffered();
    const commitments = this.commitmentsOf(first);
    const place = this.placeOf(first);
    while (!commitments.isEmpty && this.offered.size > 0) {
      const executor = this.firstOffered();
      this.offered.delete(executor);
      const stage = commitments.takeOne();
      (executor.job?.resting ?? this.resting).delete(executor);
      if (stage === undefined) {
        this.rest(executor, executor.job?.stages.some(({ isStarted }) => !isStarted) === true ? executor.job : undefined);
        continue;
      }
      stage.committedCount -= 1;
      stage.job.version += 1;
      if (stage.job !== place) stage.job.supply -= 1;
      this.send(executor, stage);
    }
  }

  private send(executor: Executor, stage: SimulatedStage): void {
    if (stage.isStarted) this.findOther(executor);
    else if (executor.job !== stage.job) this.move(executor, stage);
    else if (stage.isRunnable) this.start(executor, stage);
    else this.rest(executor, executor.job);
  }

  /** Handles events until executors are on offer. */
  private advance(): void {
    while (this.freeCount === 0 && this.events.size > 0) {
      this.nowMs = this.events.nextMs;
      const event = this.events.take() as Event;
      if (event.kind === 'end') this.end(event.executor, event.stage);
      else if (event.kind === 'moved') this.arrive(event.executor);
      else {
        this.admit(event.job);
        if (this.resting.size > 0) this.offer(this.resting, this.resting.size, undefined);
      }
    }
  }

  private end(executor: Executor, stage: SimulatedStage): void {
    const { job } = stage;
    stage.finishedCount += 1;
    job.version += 1;
    const unlocks = stage.isDone && this.unlock(stage);
    if (!stage.isStarted) this.start(executor, stage);
    else if (unlocks) {
      if (stage.commitments.isEmpty) this.rest(executor, job);
      else this.keepPromisesOf(executor);
      this.offer(job.resting, job.resting.size, job);
    } else if (stage.commitments.isEmpty) this.offer([executor], stage.executorCount, job);
    else this.keepPromisesOf(executor);
    if (job.doneStageCount === job.stages.length) this.close(job);
  }

  private keepPromisesOf(executor: Executor): void {
    this.offered = new Set([executor]);
    this.keepPromises();
  }

  /** Says whether stages can begin that could not before. */
  private unlock(stage: SimulatedStage): boolean {
    const { job } = stage;
    job.doneStageCount += 1;
    const next = stage.shape.children.flatMap((child) => job.stages[child] ?? []).filter((child) => !child.isStarted && !child.isRunnable && child.shape.parents.every((parent) => job.stages[parent]?.isDone === true));
    for (const child of next) {
      child.isRunnable = true;
      job.runnable.add(child);
    }
    return next.length > 0;
  }

  private arrive(executor: Executor): void {
    const stage = executor.target;
    executor.target = undefined;
    // A job can end while an executor is on its way to it.
    if (stage === undefined || stage.job.isDone) return this.findOther(executor);
    stage.movingCount -= 1;
    stage.job.version += 1;
    stage.job.executorCount += 1;
    executor.job = stage.job;
    this.send(executor, stage);
  }

  private start(executor: Executor, stage: SimulatedStage): void {
    const { job, shape } = stage;
    const durationMs = this.durations.draw(this.seed, stage, executor);
    if (executor.stage !== undefined) executor.stage.executorCount -= 1;
    executor.stage = stage;
    executor.lastTask = stage;
    executor.job = job;
    stage.executorCount += 1;
    stage.startedCount += 1;
    job.remainingWorkMs -= shape.meanTaskMs;
    job.remainingTaskCount -= 1;
    job.version += 1;
    this.totals.taskMs += durationMs;
    if (stage.isStarted) {
      stage.isRunnable = false;
      job.runnable.delete(stage);
    }
    this.events.add(this.nowMs + durationMs, { kind: 'end', executor, stage });
  }

  private move(executor: Executor, stage: SimulatedStage): void {
    this.totals.moveCount += 1;
    this.leaveJob(executor);
    executor.target = stage;
    stage.movingCount += 1;
    stage.job.supply += 1;
    stage.job.version += 1;
    this.events.add(this.nowMs + movingMs, { kind: 'moved', executor });
  }

  /** The stage it was sent to has no task left: any other of its job, or the first that is ready anywhere. */
  private findOther(executor: Executor): void {
    for (const stage of executor.job?.runnable ?? []) if (!stage.isSaturated) return this.start(executor, stage);
    const elsewhere = this.firstReady();
    if (elsewhere === undefined) this.rest(executor, executor.job);
    else this.move(executor, elsewhere);
  }

  private firstReady(): SimulatedStage | undefined {
    for (const { stages, supply, terms } of this.jobs) {
      if (supply >= terms.quota) continue;
      for (const stage of stages) if (this.isReady(stage)) return stage;
    }
    return undefined;
  }

  private rest(executor: Executor, job: SimulatedJob | undefined): void {
    if (job === undefined) {
      this.leaveJob(executor);
      this.resting.add(executor);
    } else {
      this.leaveStage(executor);
      job.resting.add(executor);
    }
  }

  private leaveJob(executor: Executor): void {
    const { job } = executor;
    if (job !== undefined) {
      job.executorCount -= 1;
      job.supply -= 1;
      job.version += 1;
    }
    executor.job = undefined;
    this.leaveStage(executor);
  }

  private leaveStage(executor: Executor): void {
    if (executor.stage !== undefined) executor.stage.executorCount -= 1;
    executor.stage = undefined;
    executor.lastTask = undefined;
  }

  private close(job: SimulatedJob): void {
    job.isDone = true;
    job.finishedMs = this.nowMs;
    this.jobs.splice(this.jobs.indexOf(job), 1);
    if (this.source === job) this.source = undefined;
    for (const executor of job.resting) {
      this.leaveJob(executor);
      this.resting.add(executor);
    }
    job.resting.clear();
    for (const executor of this.offered) if (executor.job === job) this.leaveJob(executor);
    for (const stage of job.stages) for (const commitments of stage.promisedBy) stage.committedCount -= commitments.withdraw(stage);
  }
}
