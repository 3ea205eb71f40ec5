import type { Policy } from '../policy.js';

/** A task of a run that is over, or several equal ones. */
export interface RecordedTask {
  readonly name: string;
  /** Names of the tasks that it waited for. */
  readonly dependsOn: readonly string[];
  /** What each of them took, ms; at least one. */
  readonly durationsMs: readonly number[];
  /** Where it can run; everywhere when absent. */
  readonly poolIds?: readonly string[];
}

/** A run that is over. */
export interface RecordedRun {
  readonly runId: string;
  readonly arrivedMs: number;
  readonly tasks: readonly RecordedTask[];
}

export interface RecordedPool {
  readonly poolId: string;
  readonly slots: number;
}

/**
 * Lets the same runs arrive again, with the durations that were recorded, under a policy; gives the ms from arrival to end by run. Durations may depend
 * on who decides: what comes out is a model's word.
 */
export type Replay = (runs: readonly RecordedRun[], pools: readonly RecordedPool[], policy: Policy) => ReadonlyMap<string, number>;
