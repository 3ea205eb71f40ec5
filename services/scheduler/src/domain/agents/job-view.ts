import type { JobState, StageState } from '../state/job-state.js';
import { DagEmbedding, type DagNetwork } from './dag-network.js';
import { referenceCount, taskCurves } from './parallelism-curve.js';
import { setStatus, stageInputs, stageStatus } from './stage-inputs.js';

/** What an agent knows of its job. What was worked out of the stages is kept until the job changes. */
export class JobView {
  /** What the tasks that nobody started would take with so many executors at the job, ms, by reference count. */
  readonly curveMs = new Float64Array(referenceCount);
  /** The longest path through stages with tasks that nobody started, ms, every stage as long as one task. */
  pathLeftMs = 0;
  // Of one decision:
  place = 0;
  isHungry = false;
  /** The stage that would be next; undefined when none is ready. */
  stage: StageState | undefined;
  readyCount = 0;
  readyDemand = 0;
  /** What the heuristic's share is in proportion to. */
  weight = 0;
  /** Executors that the heuristic wants it to have. */
  share = 0;
  /** Its executors, without those on offer. */
  elsewhere = 0;
  isSource = false;
  /** Hungry jobs with less work left, and their work, ms. */
  rank = 0;
  smallerWorkMs = 0;
  private version = -1;
  private inner: Inner | undefined;

  constructor(readonly job: JobState) {}

  get embedding(): DagEmbedding {
    return this.within.embedding;
  }

  get taskCurves(): Float64Array {
    return this.within.taskCurves;
  }

  /** Made when it is first needed: most of a thousand jobs only wait. */
  private get within(): Inner {
    return (this.inner ??= innerOf(this.job));
  }

  /** Takes over what changed since it last looked. */
  refresh(network: DagNetwork): void {
    if (this.version === this.job.version) return;
    this.version = this.job.version;
    this.sumUp();
    if (this.followStatuses()) network.forward(this.job.shape, this.within.inputs, this.within.embedding);
  }

  private sumUp(): void {
    const { curveMs, job } = this;
    const curves = this.within.taskCurves;
    curveMs.fill(0);
    this.pathLeftMs = 0;
    for (let index = 0; index < job.stages.length; index += 1) {
      const { shape, startedCount } = job.stages[index] as StageState;
      const left = shape.taskCount - startedCount;
      if (left <= 0) continue;
      const at = index * referenceCount;
      for (let level = 0; level < referenceCount; level += 1) curveMs[level] = (curveMs[level] as number) + left * (curves[at + level] as number);
      if (shape.criticalPathMs > this.pathLeftMs) this.pathLeftMs = shape.criticalPathMs;
    }
  }

  private followStatuses(): boolean {
    const { job } = this;
    const { statuses, inputs, embedding } = this.within;
    let isChanged = false;
    for (let index = 0; index < statuses.length; index += 1) {
      const status = statusOf(job.stages[index] as StageState);
      if (statuses[index] === status) continue;
      statuses[index] = status;
      setStatus(inputs, index, status);
      embedding.isStale[index] = 1;
      isChanged = true;
    }
    return isChanged;
  }
}

interface Inner {
  readonly embedding: DagEmbedding;
  readonly taskCurves: Float64Array;
  readonly inputs: Float64Array;
  readonly statuses: Uint8Array;
}

function innerOf({ shape, stages }: JobState): Inner {
  return { embedding: new DagEmbedding(stages.length), taskCurves: taskCurves(shape), inputs: stageInputs(shape), statuses: new Uint8Array(stages.length).fill(255) };
}

function statusOf(stage: StageState): number {
  if (stage.finishedCount >= stage.shape.taskCount) return stageStatus.done;
  if (stage.isSaturated) return stageStatus.settled;
  return stage.startedCount > 0 ? stageStatus.begun : stageStatus.waiting;
}
