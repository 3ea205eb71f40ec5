import type { JobState, StageState } from './job-state.js';

/** A group of equal executors. */
export interface PoolState {
  readonly id: string;
  readonly executorCount: number;
  /** How many times longer than usual tasks take here. */
  readonly timeFactor: number;
  /** Shared by its executors; Infinity where it does not bind. */
  readonly memoryBytes: number;
  readonly freeMemoryBytes: number;
  /** Executors without work, those on offer included. */
  readonly freeCount: number;
}

/**
 * What a policy sees when executors are free: nothing of the future, and no duration that has not been told by a task that ended before.
 * It is the same object in a simulation and in the service; it changes under the hands of whoever holds it.
 */
export interface Observation {
  readonly nowMs: number;
  /** Of all pools. */
  readonly executorCount: number;
  readonly pools: readonly PoolState[];
  /** Jobs that have arrived and are not done, in the order of their arrival. */
  readonly jobs: readonly JobState[];
  /** The executors on offer: of this pool, */
  readonly pool: PoolState;
  /** so many of them, at least 1, */
  readonly freeCount: number;
  /** standing at this job; undefined when they stand at none. */
  readonly source: JobState | undefined;
  /** Mean gap between the last arrivals, ms; Infinity before the second. */
  readonly arrivalGapMs: number;

  /** Whether the stage may be chosen now: it was not yet in this round, wants executors, and what it waits for is settled and fits the pool. */
  isReady(stage: StageState): boolean;

  /** Where it is there: the stages of a job that can be ready, in their order. No other is, which spares looking at all of a large graph. */
  candidatesOf?(job: JobState): readonly StageState[];
}
