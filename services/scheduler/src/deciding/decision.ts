import type { Assignment, Fallback } from '../domain/index.js';
import type { PolicyName } from '../policies/policy-store.js';

/** What was decided, as the ledger keeps it. */
export interface Decision {
  readonly decisionId: string;
  readonly scheduler: string;
  readonly decidedAtMs: number;
  readonly tookMs: number;
  readonly policy: PolicyName;
  /** Why the heuristic decided; empty where the policy did. */
  readonly fallback: Fallback | '';
  /** The same in words. */
  readonly fallbackWords: string;
  readonly runs: number;
  readonly freeSlots: number;
  readonly assignments: readonly Assignment[];
  /** Name of the heuristic that stood beside. */
  readonly heuristic: string;
  readonly heuristicAssignments: readonly Assignment[];
  /** What a policy in shadow would have done; undefined where there was none. */
  readonly shadow: { readonly policy: string; readonly assignments: readonly Assignment[] } | undefined;
  readonly experimentId: string;
  readonly arm: string;
}
