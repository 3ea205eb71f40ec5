import { hashOf } from './history.js';
import type { Execution } from './execution.js';

/** What is known of an execution before it begins. */
export interface ExecutionQuery {
  /** When it begins. */
  readonly atMs: number;
  readonly inputSizeBytes: number | null;
  readonly attempt: number;
  /** Hashes as a history has them; 0 for not told. */
  readonly revision: number;
  readonly refName: number;
  readonly trigger: number;
  /** How many times longer the machine takes than the one that the history is from; null for not told. */
  readonly machineFactor: number | null;
}

/** What was known of an execution when it began; its end where the beginning was not told. */
export function queryOf({ observation, inputSizeBytes }: Execution): ExecutionQuery {
  const { startedAtMs, observedAtMs, measures, attempt, revision, refName, trigger } = observation;
  return {
    atMs: startedAtMs ?? observedAtMs - (measures.durationMs ?? 0),
    ...{ inputSizeBytes, attempt, revision: hashOf(revision), refName: hashOf(refName), trigger: hashOf(trigger), machineFactor: null },
  };
}
