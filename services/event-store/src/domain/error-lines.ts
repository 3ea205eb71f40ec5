import type { Microseconds } from './instant.js';
import type { Attempt, TaskState } from './task-state.js';

/** From when (inclusive) until when (exclusive); null leaves that side open. */
export interface AttemptSpan {
  readonly fromUs: Microseconds | null;
  readonly untilUs: Microseconds | null;
}

/**
 * The time in which what a task logs belongs to one of its attempts: log events name the task alone. It ends where the next attempt
 * starts, not where this one ends, since the last lines of a process are often told with a later time than its end.
 */
export function spanOfAttempt({ attempts }: TaskState, { number, progress }: Attempt): AttemptSpan {
  const position = attempts.findIndex((attempt) => attempt.number === number);
  const next = attempts[position + 1];
  return { fromUs: position <= 0 ? null : progress.startedAtUs, untilUs: next?.progress.startedAtUs ?? null };
}
