import type { StageShape } from '../state/job-shape.js';
import { JobState, StageState } from '../state/job-state.js';
import type { SlotPoolState } from './slot-pool.js';
import type { Arrival, StageDurations } from './workload.js';

/** One try of one task. */
export interface SlotAttempt {
  readonly stage: SlotStage;
  /** Of its stage, from 0. */
  readonly task: number;
  /** Of its task, from 0. */
  readonly number: number;
  /** What it is given. */
  readonly memoryBytes: number;
}

export class SlotStage extends StageState {
  /** Of pools that can run it, what the largest has: no task can be given more. */
  largestMemoryBytes = Infinity;
  /** What its tasks are given at first. */
  firstMemoryBytes = 0;
  /** Tasks that were started at least once. */
  private triedCount = 0;
  /** Those that failed and have to be done again, oldest first. */
  private readonly again: SlotAttempt[] = [];

  constructor(
    override readonly job: SlotJob,
    shape: StageShape,
    readonly durations: StageDurations,
    /** Ascending; empty where nothing is known. */
    readonly peakMemoryBytes: Float64Array,
  ) {
    super(job, shape);
  }

  override get nextMemoryBytes(): number {
    return this.again[0]?.memoryBytes ?? this.firstMemoryBytes;
  }

  canRunIn(pool: SlotPoolState): boolean {
    return this.shape.poolIds === undefined || this.shape.poolIds.includes(pool.id);
  }

  /** Whether some task would do with so much memory. */
  fits(freeBytes: number): boolean {
    if (this.triedCount < this.shape.taskCount && this.firstMemoryBytes <= freeBytes) return true;
    return this.again.some(({ memoryBytes }) => memoryBytes <= freeBytes);
  }

  /** Takes the next task that does with so much memory: those that failed come first. */
  take(freeBytes: number): SlotAttempt | undefined {
    const at = this.again.findIndex(({ memoryBytes }) => memoryBytes <= freeBytes);
    const repeated = at < 0 ? undefined : this.again.splice(at, 1)[0];
    if (repeated === undefined && (this.triedCount >= this.shape.taskCount || this.firstMemoryBytes > freeBytes)) return undefined;
    this.startedCount += 1;
    if (repeated !== undefined) return repeated;
    this.triedCount += 1;
    return { stage: this, task: this.triedCount - 1, number: 0, memoryBytes: this.firstMemoryBytes };
  }

  /** Puts a task that failed back, to be done with so much memory. */
  putBack({ task, number }: SlotAttempt, memoryBytes: number): void {
    this.startedCount -= 1;
    this.again.push({ stage: this, task, number: number + 1, memoryBytes: Math.min(memoryBytes, this.largestMemoryBytes) });
  }
}

export class SlotJob extends JobState {
  declare readonly stages: readonly SlotStage[];
  /** Stages with a task that could start now, in their order. */
  readonly runnable: SlotStage[];
  doneStageCount = 0;
  finishedMs = Infinity;
  /** A task failed as often as it may: the rest is not done. */
  hasFailed = false;

  constructor({ atMs, template, terms }: Arrival, number: number) {
    super(
      template.shape,
      { id: `${number}`, ...terms, number, arrivedMs: atMs },
      (job, shape) => new SlotStage(job as SlotJob, shape, template.durations[shape.index] as StageDurations, template.peakMemoryBytes?.[shape.index] ?? new Float64Array(0)),
    );
    this.runnable = this.stages.filter(({ isRunnable }) => isRunnable);
  }

  /** Enters a stage among the runnable ones, or strikes it out, as its state is. */
  settle(stage: SlotStage): void {
    const isRunnable = !stage.isStarted && stage.shape.parents.every((parent) => this.stages[parent]?.isDone === true);
    if (isRunnable === stage.isRunnable) return;
    stage.isRunnable = isRunnable;
    if (!isRunnable) this.runnable.splice(this.runnable.indexOf(stage), 1);
    else {
      const after = this.runnable.findIndex(({ shape }) => shape.index > stage.shape.index);
      this.runnable.splice(after < 0 ? this.runnable.length : after, 0, stage);
    }
  }
}
