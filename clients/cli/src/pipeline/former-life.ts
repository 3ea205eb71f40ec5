import { exitFile } from './attempt-files.js';
import type { EndEntry } from './run-entry.js';
import type { Unit } from './run-state.js';
import type { OwnedRun } from './run-store.js';
import { readExitFile } from './task-process.js';

/**
 * What became of tasks that ran when the process that carried the run on was killed: by the exit code that their keeper left,
 * when they came to their end all the same; else they were cut off and run again.
 */
export function settleFormerLife({ state, folder }: OwnedRun, nowMs: number): EndEntry[] {
  const isEnded = state.finished !== undefined || state.cancelled !== undefined;
  return state.units
    .filter(({ status }) => status === 'running')
    .map((unit): EndEntry => {
      const known = readExitFile(exitFile(folder, state.runAttempt, unit, unit.attempts));
      const base = { kind: 'end', task: unit.id, attempt: unit.attempts } as const;
      // A failure after the kill may be its consequence, so that only a good end counts.
      if (known?.exitCode === 0) return { ...base, atMs: known.endedAtMs, outcome: 'success', exitCode: 0, usage: { wallSeconds: lengthSeconds(unit, known.endedAtMs) } };
      const error = { type: 'Interrupted', message: 'the process that ran it was killed' };
      return { ...base, atMs: nowMs, outcome: 'cancellation', error, usage: {}, next: isEnded ? undefined : { cause: 'interrupted', notBeforeMs: nowMs } };
    });
}

function lengthSeconds({ startedAtMs }: Unit, endedAtMs: number): number | undefined {
  return startedAtMs === undefined ? undefined : Math.max(0, endedAtMs - startedAtMs) / 1_000;
}
