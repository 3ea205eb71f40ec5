import type { Placement } from '../domain/experiments/index.js';
import type { Arm } from './arm-source.js';

/** A run as it was told to the scheduler. */
export interface DecidedRun {
  readonly runId: string;
  /** Unix ms at which it was submitted. */
  readonly submittedAtMs: number;
  readonly tasks: readonly { readonly name: string; readonly dependsOn: readonly string[]; readonly poolIds?: readonly string[] }[];
}

/** A decision that was made, as far as experiments look at it. */
export interface DecisionRecord {
  readonly scheduler: string;
  readonly decidedAtMs: number;
  /** What decided: 0 for a heuristic, from 1 for what was learned. */
  readonly policyVersion: number;
  /** Why the heuristic decided instead, in the words of the contract; empty when it did not. */
  readonly fallback: string;
  /** What {@link Arm} was in force. */
  readonly arm: Arm | undefined;
  readonly pools: readonly { readonly poolId: string; readonly slots: number }[];
  /** All that were told, or at least those that something was assigned to. */
  readonly runs: readonly DecidedRun[];
  readonly assignments: readonly Placement[];
  /** What the shadow would have done; undefined where none decided, also when it failed. */
  readonly shadowAssignments: readonly Placement[] | undefined;
  /** How long the shadow took, ms. */
  readonly shadowTookMs: number | undefined;
}
