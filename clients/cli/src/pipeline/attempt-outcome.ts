import type { ExecOutcome } from '../exec/exec-outcome.js';
import { judgeEnd } from '../exec/exec-outcome.js';
import { nextAllotment, tellWant, wantedMemory, type EndedAttempt, type MemoryLimits } from './memory-want.js';
import type { NextAttempt } from './run-entry.js';
import type { Unit } from './run-state.js';
import type { ProcessEnd } from './task-process.js';

const LONGEST_BACKOFF_MS = 5 * 60_000;
/** Further up, the output of a program that goes on to fail may speak of anything. */
const SIGN_CHARACTERS = 1_000;

export interface JudgedAttempt {
  readonly judged: ExecOutcome;
  /** Absent when there is nothing more to try. */
  readonly next?: NextAttempt;
}

/** Says how an attempt ended and whether another one follows: with more memory after a want of it, later after a failure. */
export function judgeAttempt(end: ProcessEnd, unit: Unit, outputEnd: string, { mostBytes, isLimited }: Omit<MemoryLimits, 'raises'>): JudgedAttempt {
  const ended: EndedAttempt = {
    exitCode: end.exitCode,
    isOverAllotment: end.stopped === 'memory',
    isStopped: end.stopped !== undefined && end.stopped !== 'memory',
    memoryBytes: unit.givenBytes,
    peakMemoryBytes: end.usage.peakMemoryBytes,
    outputEnd: outputEnd.slice(-SIGN_CHARACTERS),
  };
  if (end.startError === undefined && wantedMemory(ended)) {
    const judged: ExecOutcome = { exitCode: end.exitCode, outcome: 'error', error: { type: 'OutOfMemory', message: tellWant(ended), exit_code: end.exitCode } };
    const memoryBytes = nextAllotment(ended, { mostBytes, isLimited, raises: unit.memoryRaises });
    return memoryBytes === undefined ? { judged } : { judged, next: { cause: 'memory', memoryBytes, notBeforeMs: end.endedAtMs } };
  }
  const stopped = end.stopped === 'timeout' ? ({ kind: 'timeout' } as const) : end.stopped === 'cancel' ? ({ kind: 'signal', signal: 'SIGTERM' } as const) : undefined;
  const judged = judgeEnd(end, stopped, outputEnd);
  const isOver = judged.outcome === 'success' || judged.outcome === 'cancellation' || unit.failures >= unit.stage.retries;
  if (isOver) return { judged };
  const backoffMs = Math.min(LONGEST_BACKOFF_MS, unit.stage.backoffMs * 2 ** unit.failures);
  return { judged, next: { cause: 'failure', notBeforeMs: end.endedAtMs + backoffMs } };
}
