import type { JobShape } from '../state/job-shape.js';
import type { JobTerms } from '../state/job-state.js';

/**
 * Durations that were measured of the tasks of a stage, ms: a list for each level of the shape, one where it has none, each ascending. A task takes
 * its duration from the list of how many executors its job holds and of what its executor did before.
 */
export interface StageDurations {
  /** The executor comes from elsewhere, or had no work for a while. */
  readonly fresh: readonly Float64Array[];
  /** The executor did another stage of the job before. */
  readonly firstWave: readonly Float64Array[];
  /** The executor did a task of this stage before. */
  readonly restWave: readonly Float64Array[];
}

/** A job that can arrive: what is known of it beforehand, and what really happens. */
export interface JobTemplate {
  readonly shape: JobShape;
  /** One a stage. */
  readonly durations: readonly StageDurations[];
  /** Most memory that tasks held, bytes, ascending, one list a stage; what the shape expects where absent. */
  readonly peakMemoryBytes?: readonly Float64Array[];
}

export interface Arrival {
  readonly atMs: number;
  readonly template: JobTemplate;
  /** What the scheduler is told of it beside its graph; nothing where absent. */
  readonly terms?: Partial<Pick<JobTerms, 'id' | 'deadlineMs' | 'weight' | 'quota' | 'reserved'>>;
}

/** Jobs to draw from. */
export interface Workload {
  readonly name: string;
  /** In whole numbers of kinds x sizes; the order decides what a seed draws. */
  readonly sizes: readonly (readonly JobTemplate[])[];
}
