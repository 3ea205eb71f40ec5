import { JobState, StageState } from '../state/job-state.js';
import type { StageShape } from '../state/job-shape.js';
import { Commitments } from './commitments.js';
import type { Arrival, StageDurations } from './workload.js';

/** One of the machines that do tasks, one at a time. */
export class Executor {
  job: SimulatedJob | undefined;
  /** Where it stands: at work, or having ended the last task it could get there. */
  stage: SimulatedStage | undefined;
  /** What it did last without having rested since. */
  lastTask: SimulatedStage | undefined;
  /** Where it is going. */
  target: SimulatedStage | undefined;
}

export class SimulatedStage extends StageState {
  /** Executors that stand at it. */
  executorCount = 0;
  /** What its executors will do once they end. */
  readonly commitments = new Commitments();
  /** Where executors stand that are promised to it. */
  readonly promisedBy = new Set<Commitments>();

  constructor(
    override readonly job: SimulatedJob,
    shape: StageShape,
    readonly durations: StageDurations,
  ) {
    super(job, shape);
  }
}

export class SimulatedJob extends JobState {
  declare readonly stages: readonly SimulatedStage[];
  /** Executors that stand at it: what durations depend on. */
  executorCount = 0;
  /** Executors that stand at it without work. */
  readonly resting = new Set<Executor>();
  /** What those will do. */
  readonly commitments = new Commitments();
  /** Stages that could start a task, in the order in which they came to be so. */
  readonly runnable: Set<SimulatedStage>;
  doneStageCount = 0;
  finishedMs = Infinity;

  constructor({ atMs, template, terms }: Arrival, number: number) {
    super(template.shape, { id: `${number}`, ...terms, number, arrivedMs: atMs }, (job, stage) => new SimulatedStage(job as SimulatedJob, stage, template.durations[stage.index] as StageDurations));
    this.runnable = new Set(this.stages.filter(({ isRunnable }) => isRunnable));
  }
}
