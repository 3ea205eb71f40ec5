import type { Observation, Policy } from '../domain/index.js';

/** An artifact that can decide. */
export interface OpenedPolicy {
  readonly policy: Policy;
  /** The heuristic that it stands on. */
  readonly base: Policy | undefined;
  /** Says in words how the state is unlike all that the policy was trained in; undefined where it is not. */
  readonly strangeness: ((observation: Observation) => string | undefined) | undefined;
}

/** Makes a policy of what was stored of it. @throws ORRERY_VALIDATION when it is damaged. */
export type OpenPolicy = (artifact: unknown) => OpenedPolicy;
