import type { Observation, Policy } from '../domain/index.js';

/** What is told of a policy wherever it is used. */
export interface PolicyName {
  readonly name: string;
  /** 0 for a heuristic; from 1 for what was learned. */
  readonly version: number;
}

/** A policy that can decide now. */
export interface ServingPolicy extends PolicyName {
  readonly policy: Policy;
  /** Says in words how a state is unlike all that the policy was trained in; undefined where it is not. Absent for what needs no training. */
  readonly strangeness?: ((observation: Observation) => string | undefined) | undefined;
}

/** Knows which policies a tenant has. */
export interface PolicySource {
  /** The policy of that name: a heuristic, `tuned` (what the serving learned policy stands on), `learned` (what serves), or a learned one by its own name. Undefined when there is none. */
  find(tenantId: string, name: string): Promise<ServingPolicy | undefined>;
  /** What decides when nobody says otherwise, and the heuristic that decides in its place when it must not. */
  serving(tenantId: string): Promise<{ readonly serving: ServingPolicy; readonly heuristic: ServingPolicy }>;
}

/** Takes policies that were learned and passed the release gate. */
export interface PolicyPublisher {
  /** Keeps an artifact with its model card; says its version. It serves from then on when `serves` says so. */
  publish(tenantId: string, learned: { readonly artifact: unknown; readonly card: unknown; readonly serves: boolean }): Promise<PolicyName>;
}
