import { join } from 'node:path';
import type { Unit } from './run-state.js';

/** Output of an attempt; names of tasks may hold what file names may not. */
export function logFile(folder: string, runAttempt: number, { id }: Unit, attempt: number): string {
  return join(folder, 'logs', `${encodeURIComponent(id).slice(0, 180)}.${runAttempt}-${attempt}.log`);
}

export function exitFile(folder: string, runAttempt: number, unit: Unit, attempt: number): string {
  return logFile(folder, runAttempt, unit, attempt).replace(/\.log$/, '.exit');
}
