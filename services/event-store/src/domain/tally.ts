import { Direction, Status } from '@orrery/contracts';
import type { EventState } from './event-state.js';
import { byCodeUnit } from './join.js';
import type { ArtifactState } from './leaf-state.js';
import { hasFailed, statusOf } from './progress.js';
import type { RunState } from './run-state.js';
import { latestAttempt, type TaskState } from './task-state.js';

/** How many tasks of a run stand where; a stub that nothing was told of counts in the total alone. */
export interface TaskTally {
  readonly total: number;
  readonly queued: number;
  /** Running or paused. */
  readonly running: number;
  readonly finished: number;
  /** Of the finished ones. */
  readonly failed: number;
}

/** What a task contains. */
export interface ContentTally {
  readonly events: number;
  readonly artifacts: number;
  readonly inputSizeBytes: number;
  readonly outputSizeBytes: number;
}

export const noTasks: TaskTally = { total: 0, queued: 0, running: 0, finished: 0, failed: 0 };
export const noContent: ContentTally = { events: 0, artifacts: 0, inputSizeBytes: 0, outputSizeBytes: 0 };

/** What one task adds to its run's tally. */
export function tallyOf(task: TaskState): TaskTally {
  const { progress } = latestAttempt(task);
  const status = statusOf(progress);
  return {
    total: 1,
    queued: Number(status === Status.QUEUED),
    running: Number(status === Status.RUNNING || status === Status.PAUSED),
    finished: Number(status === Status.FINISHED),
    failed: Number(hasFailed(progress)),
  };
}

/** What one event adds to the tally of its task and run; stubs add nothing, they were not told. */
export function contentOfEvent({ isTold }: EventState): ContentTally {
  return isTold ? { ...noContent, events: 1 } : noContent;
}

/** What one artifact adds to the tally of its task and run. */
export function contentOfArtifact({ direction, sizeBytes }: ArtifactState): ContentTally {
  return {
    events: 0,
    artifacts: 1,
    inputSizeBytes: direction === Direction.INPUT ? (sizeBytes ?? 0) : 0,
    outputSizeBytes: direction === Direction.OUTPUT ? (sizeBytes ?? 0) : 0,
  };
}

/** A task tally after one task changed; `before` is null for a new task. */
export function withTask(tally: TaskTally, before: TaskState | null, after: TaskState): TaskTally {
  const gone = before === null ? noTasks : tallyOf(before);
  const come = tallyOf(after);
  return {
    total: tally.total + come.total - gone.total,
    queued: tally.queued + come.queued - gone.queued,
    running: tally.running + come.running - gone.running,
    finished: tally.finished + come.finished - gone.finished,
    failed: tally.failed + come.failed - gone.failed,
  };
}

/** A content tally with another one added (`sign` 1) or taken away (`sign` -1). */
export function withContent(tally: ContentTally, change: ContentTally, sign: 1 | -1 = 1): ContentTally {
  return {
    events: tally.events + sign * change.events,
    artifacts: tally.artifacts + sign * change.artifacts,
    inputSizeBytes: tally.inputSizeBytes + sign * change.inputSizeBytes,
    outputSizeBytes: tally.outputSizeBytes + sign * change.outputSizeBytes,
  };
}

/**
 * Where a run stands. An engine that says nothing of the run itself (a trace without its root span, tasks without their
 * pipeline) leaves it to the tasks: finished while every known task is, running once any has begun, queued while they wait.
 * This is for showing only: it goes back when another task appears, gives way to anything told, publishes no fact, and the
 * outcome stays untold, since the engine may still tell it.
 */
export function shownStatusOf(run: RunState, tasks: TaskTally): { readonly status: Status; readonly isDerived: boolean } {
  const told = statusOf(run.progress);
  if (told !== Status.UNSPECIFIED) return { status: told, isDerived: false };
  return { status: statusFrom(tasks), isDerived: tasks.total > 0 };
}

function statusFrom({ total, queued, running, finished }: TaskTally): Status {
  if (total > 0 && finished === total) return Status.FINISHED;
  if (running > 0 || finished > 0) return Status.RUNNING;
  return queued > 0 ? Status.QUEUED : Status.UNSPECIFIED;
}

/** How many of a run's records came in which form. */
export interface SourceTally {
  readonly format: string;
  readonly type: string;
  readonly count: number;
}

const maxSources = 64;
const otherSources = 'other';

/** Adds counts of records by form; past 64 forms the rest is counted together, so that no producer can grow the row without end. */
export function addSources(known: readonly SourceTally[], added: readonly SourceTally[]): readonly SourceTally[] {
  const sources = known.map((source) => ({ ...source }));
  for (const { format, type, count } of added) {
    const isFull = sources.length >= maxSources;
    const twin =
      sources.find((source) => source.format === format && source.type === type) ??
      (isFull ? sources.find((source) => source.format === otherSources) : undefined);
    if (twin !== undefined) twin.count += count;
    else sources.push(isFull ? { format: otherSources, type: otherSources, count } : { format, type, count });
  }
  return sources.sort((a, b) => byCodeUnit(a.format, b.format) || byCodeUnit(a.type, b.type));
}
