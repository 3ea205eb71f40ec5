import type { JobState, StageState } from '../state/job-state.js';
import type { Observation, PoolState } from '../state/observation.js';

/** What a policy sees when some jobs may not be chosen: all that there is, with none of their stages ready. */
export class PermittedObservation implements Observation {
  readonly candidatesOf: Observation['candidatesOf'];

  constructor(
    private readonly whole: Observation,
    private readonly isPermitted: (job: JobState) => boolean,
  ) {
    const { candidatesOf } = whole;
    this.candidatesOf = candidatesOf === undefined ? undefined : (job) => (isPermitted(job) ? candidatesOf.call(whole, job) : []);
  }

  get nowMs(): number {
    return this.whole.nowMs;
  }

  get executorCount(): number {
    return this.whole.executorCount;
  }

  get pools(): readonly PoolState[] {
    return this.whole.pools;
  }

  get jobs(): readonly JobState[] {
    return this.whole.jobs;
  }

  get pool(): PoolState {
    return this.whole.pool;
  }

  get freeCount(): number {
    return this.whole.freeCount;
  }

  get source(): JobState | undefined {
    return this.whole.source;
  }

  get arrivalGapMs(): number {
    return this.whole.arrivalGapMs;
  }

  isReady(stage: StageState): boolean {
    return this.isPermitted(stage.job) && this.whole.isReady(stage);
  }
}
