import type { Policy } from '../policy.js';
import type { Cluster, Given } from './cluster.js';
import { playPolicy, playToTheEnd } from './play-policy.js';

/** Why the heuristic decided in place of the policy that should have. */
export const fallbacks = ['deadline', 'invalid', 'out_of_distribution', 'breaker', 'failure', 'no_policy'] as const;

export type Fallback = (typeof fallbacks)[number];

/** Why a policy is not even asked, with words for the operator. */
export interface Objection {
  readonly fallback: Fallback;
  readonly words: string;
}

export interface GuardedParts {
  /** Decides whenever the policy must not. */
  readonly heuristic: Policy;
  /** Undefined where the heuristic itself is what serves. */
  readonly policy: Policy | undefined;
  /** Looks at the state before the policy is asked. */
  readonly objection: (cluster: Cluster, leftMs: number) => Objection | undefined;
  readonly clock: () => number;
  /** For all policies together, ms. */
  readonly deadlineMs: number;
}

export interface GuardedDecision {
  readonly given: readonly Given[];
  readonly heuristicGiven: readonly Given[];
  readonly objection: Objection | undefined;
  /** What the policy took, ms; undefined where it was not asked. */
  readonly policyMs: number | undefined;
}

/**
 * Decides by a policy, with the heuristic's answer at hand before it is asked: whatever the policy does, there is an answer in time.
 * The heuristic, too, is broken off at the deadline; what is free then is given away first come, first served.
 */
export function decideGuarded(cluster: Cluster, { heuristic, policy, objection: objectionTo, clock, deadlineMs }: GuardedParts): GuardedDecision {
  const untilMs = clock() + deadlineMs;
  const isLate = (): boolean => clock() >= untilMs;
  const { given: heuristicGiven, fault: heuristicFault } = playToTheEnd(cluster, heuristic, isLate);
  const byHeuristic = { given: heuristicGiven, heuristicGiven, policyMs: undefined };
  const brokenOff = heuristicFault === undefined ? undefined : { fallback: heuristicFault.kind, words: `the heuristic was broken off (${heuristicFault.words}); the rest went first come, first served` };
  if (policy === undefined) return { ...byHeuristic, objection: brokenOff };
  const startMs = clock();
  const objection = startMs >= untilMs ? (brokenOff ?? { fallback: 'deadline' as const, words: 'the heuristic took all the time there is' }) : objectionTo(cluster, untilMs - startMs);
  if (objection !== undefined) return { ...byHeuristic, objection };
  const { given, fault } = playPolicy(cluster, policy, isLate);
  const policyMs = clock() - startMs;
  if (fault !== undefined) return { ...byHeuristic, policyMs, objection: { fallback: fault.kind, words: fault.words } };
  return { given, heuristicGiven, policyMs, objection: undefined };
}
