import { hasBegun, isFinished } from './progress.js';
import type { RunState } from './run-state.js';
import type { Attempt, TaskState } from './task-state.js';

/**
 * The attempts of a task that are finished now and were not before. Finished never goes back, so an attempt passes here exactly
 * once in its life: the stored state is what remembers that its fact was published.
 */
export function attemptsThatFinished(before: TaskState | null, after: TaskState): readonly Attempt[] {
  return after.attempts.filter(({ number, progress }) => {
    const known = before?.attempts.find((attempt) => attempt.number === number);
    return isFinished(progress) && (known === undefined || !isFinished(known.progress));
  });
}

/**
 * Tells whether a run is now known to run, or to have ended without anybody having told that it ran, and was not before. A status that
 * is only derived from tasks does not count.
 */
export function hasRunStarted(before: RunState | null, after: RunState): boolean {
  return hasBegun(after.progress) && (before === null || !hasBegun(before.progress));
}

/** Tells whether an engine has told the end of a run that was not known to have ended. Derived ends do not count. */
export function hasRunFinished(before: RunState | null, after: RunState): boolean {
  return isFinished(after.progress) && (before === null || !isFinished(before.progress));
}
