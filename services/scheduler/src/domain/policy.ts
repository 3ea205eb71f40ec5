import type { StageState } from './state/job-state.js';
import type { Observation } from './state/observation.js';

/** What a policy wants done with executors on offer. */
export interface Choice {
  /** Which stage gets them; undefined lets them rest until something changes. */
  readonly stage: StageState | undefined;
  /** At most so many, from 1 to what is on offer; a stage gets no more than it has tasks for. */
  readonly count: number;
  /** What the agents said, for those that have any. */
  readonly bid?: number;
  readonly price?: number;
  /** How many executors the job should have in all. */
  readonly desiredCount?: number;
  /** Which rule made or cut this choice, in words; absent where the policy had its way. */
  readonly forcedBy?: string;
}

/**
 * Decides what the executors on offer do next. It is asked again, with what is left, until none are left.
 * A policy may keep what it worked out, but decides the same in the same state whatever it was asked before.
 */
export interface Policy {
  readonly name: string;
  /** Looks only at what is ready by `observation.isReady`; the answer may be one object, written anew each time. */
  decide(observation: Observation): Choice;
}
