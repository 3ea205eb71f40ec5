import type { JobShape, StageShape } from './job-shape.js';

/** How far a stage of a job is. */
export class StageState {
  /** Tasks that were started, whether they are done or not. */
  startedCount = 0;
  finishedCount = 0;
  /** Executors that are promised to it, and stand elsewhere still. */
  committedCount = 0;
  /** Executors that are on their way to it. */
  movingCount = 0;
  /** All it waits for is done, and it has tasks that nobody started: a task could start now. */
  isRunnable: boolean;
  /** Was chosen in this round already. */
  isChosen = false;

  constructor(
    readonly job: JobState,
    readonly shape: StageShape,
  ) {
    this.isRunnable = shape.parents.length === 0;
  }

  /** Tasks that nobody started and nobody is promised to. */
  get demand(): number {
    return this.shape.taskCount - this.startedCount - this.committedCount - this.movingCount;
  }

  /** What the next of its tasks to start is given, bytes; 0 where nobody knows. */
  get nextMemoryBytes(): number {
    return this.shape.memoryBytes;
  }

  get isSaturated(): boolean {
    return this.startedCount + this.committedCount + this.movingCount >= this.shape.taskCount;
  }

  get isStarted(): boolean {
    return this.startedCount >= this.shape.taskCount;
  }

  get isDone(): boolean {
    return this.finishedCount >= this.shape.taskCount;
  }
}

/** What a scheduler is told of a job beside its graph. */
export interface JobTerms {
  readonly id: string;
  /** Its place in the order of arrival: 0, 1, … */
  readonly number: number;
  /** On the clock of the observation. */
  readonly arrivedMs: number;
  /** By when it should be done; none for Infinity. */
  readonly deadlineMs: number;
  /** Above 0; a job of weight 2 should wait half as long. */
  readonly weight: number;
  /** Never more executors than this at once; none for Infinity. */
  readonly quota: number;
  /** Executors that are kept for it while it can use them. */
  readonly reserved: number;
}

const plainTerms = { deadlineMs: Infinity, weight: 1, quota: Infinity, reserved: 0 };

/** How far a job is. */
export class JobState {
  readonly stages: readonly StageState[];
  readonly terms: JobTerms;
  /** Executors at it or on their way to it, and those promised to it that stand at other jobs. */
  supply = 0;
  /** Tasks that nobody started x their mean durations. */
  remainingWorkMs: number;
  /** Tasks that nobody started. */
  remainingTaskCount: number;
  isDone = false;
  /** Grows whenever anything of the job changes, so that what was worked out of it can be kept until then. */
  version = 0;

  constructor(
    readonly shape: JobShape,
    terms: Partial<JobTerms> & Pick<JobTerms, 'id' | 'number' | 'arrivedMs'>,
    stageOf: (job: JobState, shape: StageShape) => StageState = (job, stage) => new StageState(job, stage),
  ) {
    this.terms = { ...plainTerms, ...terms };
    this.stages = shape.stages.map((stage) => stageOf(this, stage));
    this.remainingWorkMs = shape.workMs;
    this.remainingTaskCount = shape.taskCount;
  }

  /** Some task is neither started nor promised an executor. */
  get isHungry(): boolean {
    const { stages } = this;
    for (let index = 0; index < stages.length; index += 1) if (!(stages[index] as StageState).isSaturated) return true;
    return false;
  }
}
