import { JobState, type StageState } from '../state/job-state.js';
import type { JobShape } from '../state/job-shape.js';
import type { AskedRun, AskedTask } from './cluster-request.js';
import { expectedOf, shapeOfRun, type Expecting } from './cluster-shape.js';

/**
 * A run that an engine asks about: how far it is, and what it was given in this decision. It is the same object in every question about the run, so
 * that policies can keep what they worked out of it.
 */
export class ClusterJob extends JobState {
  /** Stages with a task that could start, in the order of the request. */
  readonly runnable: StageState[] = [];
  /** Since when it has had no slot, on the clock of the request; undefined while it has one. */
  waitingSinceMs: number | undefined;
  private tasks: readonly AskedTask[];

  private constructor(
    run: AskedRun,
    shape: JobShape,
    number: number,
  ) {
    super(shape, {
      ...{ id: run.runId, number, arrivedMs: run.submittedAtMs, weight: run.weight, reserved: run.reservedSlots },
      ...{ deadlineMs: run.deadlineMs ?? Infinity, quota: run.quotaSlots ?? Infinity },
    });
    this.tasks = run.tasks;
    this.takeOver(run.tasks);
  }

  /** @throws ORRERY_VALIDATION when the graph is none. */
  static of(run: AskedRun, number: number, expecting: Expecting): ClusterJob {
    return new ClusterJob(run, shapeOfRun(run, expecting), number);
  }

  override get isHungry(): boolean {
    return this.remainingTaskCount > 0;
  }

  /** Takes over how far the run is by now; says false where it is no longer the run that it was, and has to be made anew. */
  follow(run: AskedRun, expecting: Expecting): boolean {
    if (!this.hasTermsOf(run) || run.tasks.length !== this.tasks.length) return false;
    const { tasks } = run;
    let isMoved = false;
    for (let index = 0; index < tasks.length; index += 1) {
      const [before, now, stage] = [this.tasks[index] as AskedTask, tasks[index] as AskedTask, this.stages[index] as StageState];
      if (!isSameTask(before, now) || !isAsExpected(stage, now, run.workflow, expecting)) return false;
      isMoved ||= stage.startedCount !== now.running + now.finished || stage.finishedCount !== now.finished;
    }
    this.tasks = tasks;
    if (isMoved) this.takeOver(tasks);
    return true;
  }

  /** Takes note of whether it waits. */
  look(nowMs: number): void {
    if (this.supply > 0) this.waitingSinceMs = undefined;
    else this.waitingSinceMs ??= this.remainingTaskCount === this.shape.taskCount ? this.terms.arrivedMs : nowMs;
  }

  private hasTermsOf({ submittedAtMs, deadlineMs = Infinity, weight, quotaSlots = Infinity, reservedSlots }: AskedRun): boolean {
    const { terms } = this;
    return terms.arrivedMs === submittedAtMs && terms.deadlineMs === deadlineMs && terms.weight === weight && terms.quota === quotaSlots && terms.reserved === reservedSlots;
  }

  private takeOver(tasks: readonly AskedTask[]): void {
    const { stages, shape, runnable } = this;
    this.supply = 0;
    let leftMs = shape.workMs;
    let left = shape.taskCount;
    for (let index = 0; index < stages.length; index += 1) {
      const stage = stages[index] as StageState;
      const { running, finished } = tasks[index] as AskedTask;
      stage.startedCount = running + finished;
      stage.finishedCount = finished;
      this.supply += running;
      leftMs -= stage.startedCount * stage.shape.meanTaskMs;
      left -= stage.startedCount;
    }
    runnable.length = 0;
    for (const stage of stages) {
      stage.isRunnable = !stage.isStarted && isFree(stage, stages);
      if (stage.isRunnable) runnable.push(stage);
    }
    this.remainingTaskCount = left;
    // Sums of fractions can miss zero by a hair.
    this.remainingWorkMs = left === 0 ? 0 : Math.max(leftMs, 0);
    this.isDone = left === 0 && this.supply === 0;
    this.version += 1;
  }
}

function isFree({ shape: { parents } }: StageState, stages: readonly StageState[]): boolean {
  for (let index = 0; index < parents.length; index += 1) if (!(stages[parents[index] as number] as StageState).isDone) return false;
  return true;
}

/** Whether a task is taken to need what it was before. */
function isAsExpected({ shape: { meanTaskMs, memoryBytes } }: StageState, task: AskedTask, workflow: string, expecting: Expecting): boolean {
  if (task.durationMs !== undefined && task.memoryBytes !== undefined) return task.durationMs === meanTaskMs && task.memoryBytes === memoryBytes;
  const expected = expectedOf(workflow, task, expecting);
  return expected.meanTaskMs === meanTaskMs && expected.memoryBytes === memoryBytes;
}

/** Whether it is the same work, however far it is. */
function isSameTask(one: AskedTask, other: AskedTask): boolean {
  if (one.name !== other.name || one.count !== other.count) return false;
  if (!isSameList(one.dependsOn, other.dependsOn) || !isSameList(one.poolIds, other.poolIds)) return false;
  const { durationByParallelism: before } = one;
  const { durationByParallelism: now } = other;
  return before.length === now.length && before.every(({ slots, durationMs }, index) => slots === now[index]?.slots && durationMs === now[index]?.durationMs);
}

function isSameList(one: readonly string[], other: readonly string[]): boolean {
  if (one.length !== other.length) return false;
  for (let index = 0; index < one.length; index += 1) if (one[index] !== other[index]) return false;
  return true;
}
