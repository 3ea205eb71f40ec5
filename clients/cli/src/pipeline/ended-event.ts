import type { TaskEndedEvent } from './pipeline-event.js';
import type { EndEntry } from './run-entry.js';

/** The end of an attempt, for those who follow the run. */
export function endedEvent(run: string, { task, attempt, atMs, outcome, exitCode, error, usage, next }: EndEntry, log: string): TaskEndedEvent {
  return {
    event: 'ended',
    run,
    task,
    attempt,
    at_ms: atMs,
    outcome,
    exit_code: exitCode ?? null,
    error: error?.message ?? null,
    wall_ms: usage.wallSeconds === undefined ? null : Math.round(usage.wallSeconds * 1_000),
    peak_memory_bytes: usage.peakMemoryBytes ?? null,
    log,
    retry: next === undefined ? null : { cause: next.cause, in_ms: Math.max(0, next.notBeforeMs - atMs), memory_bytes: next.memoryBytes ?? null },
  };
}
