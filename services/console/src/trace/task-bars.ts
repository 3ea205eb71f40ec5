import type { Attempt, ExecutionEvent, Task } from '../api/wire-shapes.js';
import { standingOf, type Standing } from '../parts/standing.js';
import type { TimeSpan } from './time-axis.js';

/** One piece of a row of the waterfall. */
export interface Bar extends TimeSpan {
  readonly kind: 'queue' | 'work';
  readonly standing: Standing;
  /** Which try it belongs to. */
  readonly attempt: number;
}

type Try = Pick<Attempt, 'status' | 'outcome' | 'queued_at' | 'started_at' | 'finished_at' | 'attempt'>;

/**
 * The bars of a task: per try the time it waited and the time it worked.
 *
 * @param nowMs the end of what is not over yet, as epoch milliseconds
 */
export function taskBars(task: Task, nowMs: number): readonly Bar[] {
  const tries: readonly Try[] = task.attempts.length > 0 ? task.attempts : [{ ...task, attempt: task.attempt ?? 1 }];
  return tries.flatMap((attempt) => barsOf(attempt, nowMs));
}

/** The bar of an execution event: a mere mark for one that took no time, such as a line of a log; none for one without a time. */
export function eventBars(event: ExecutionEvent, nowMs: number): readonly Bar[] {
  return barsOf({ ...event, queued_at: null, attempt: 1 }, nowMs);
}

function barsOf(attempt: Try, nowMs: number): readonly Bar[] {
  const standing = standingOf(attempt);
  const queuedMs = millisecondsOf(attempt.queued_at);
  const startedMs = millisecondsOf(attempt.started_at) ?? (queuedMs === null ? millisecondsOf(attempt.finished_at) : null);
  const isOpenEnded = attempt.status !== null && attempt.status !== 'finished';
  const endMs = millisecondsOf(attempt.finished_at) ?? (isOpenEnded ? nowMs : null);
  const bars: Bar[] = [];
  const waitedToMs = startedMs ?? endMs;
  if (queuedMs !== null && waitedToMs !== null && waitedToMs > queuedMs) {
    bars.push({ kind: 'queue', standing, attempt: attempt.attempt, fromMs: queuedMs, toMs: waitedToMs });
  }
  if (startedMs !== null) {
    bars.push({ kind: 'work', standing, attempt: attempt.attempt, fromMs: startedMs, toMs: Math.max(startedMs, endMs ?? startedMs) });
  }
  return bars;
}

function millisecondsOf(instant: string | null): number | null {
  const atMs = instant === null ? NaN : Date.parse(instant);
  return Number.isNaN(atMs) ? null : atMs;
}

/** How long a task waited before its first try, in milliseconds; null when not known. */
export function queueMsOf(task: Task): number | null {
  const first = task.attempts[0] ?? task;
  const queuedMs = millisecondsOf(first.queued_at);
  const startedMs = millisecondsOf(first.started_at);
  return queuedMs === null || startedMs === null ? null : Math.max(0, startedMs - queuedMs);
}
