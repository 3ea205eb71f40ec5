import type { Decision } from '../deciding/decision.js';
import type { ClusterRequest } from '../domain/index.js';
import type { Placement } from '../domain/experiments/index.js';
import type { Arm } from './arm-source.js';

/** A run as it was told to the scheduler. */
export interface DecidedRun {
  readonly runId: string;
  /** Unix ms at which it was submitted. */
  readonly submittedAtMs: number;
  readonly tasks: readonly { readonly name: string; readonly dependsOn: readonly string[]; readonly poolIds: readonly string[] }[];
}

/** A decision that was made, as far as experiments look at it. */
export interface DecisionRecord {
  readonly scheduler: string;
  /** What decided: 0 for a heuristic, from 1 for what was learned. */
  readonly policyVersion: number;
  /** Why the heuristic decided instead, in the words of the contract; empty when it did not. */
  readonly fallback: string;
  /** Undefined where no experiment had a say, also where whoever asked named a policy. */
  readonly arm: Arm | undefined;
  readonly pools: readonly { readonly poolId: string; readonly slots: number }[];
  /** Those that something was assigned to. */
  readonly runs: readonly DecidedRun[];
  readonly assignments: readonly Placement[];
  /** What the shadow would have done; undefined where none decided, also when it failed. */
  readonly shadowAssignments: readonly Placement[] | undefined;
  /** How long the shadow took, ms. */
  readonly shadowTookMs: number | undefined;
}

type Made = Pick<Decision, 'scheduler' | 'policy' | 'fallback' | 'assignments' | 'shadow'>;

/**
 * Takes of a decision what experiments look at, so that the whole state need not be kept until it is written.
 *
 * @example decisionRecordOf(request, decision, { arm: asked === '' ? arm : undefined, shadowTookMs })
 */
export function decisionRecordOf({ pools, runs }: Pick<ClusterRequest, 'pools' | 'runs'>, { scheduler, policy, fallback, assignments, shadow }: Made, { arm, shadowTookMs }: { readonly arm: Arm | undefined; readonly shadowTookMs?: number | undefined }): DecisionRecord {
  const assigned = new Set(assignments.map(({ runId }) => runId));
  return {
    ...{ scheduler, policyVersion: policy.version, fallback, arm, pools: pools.map(({ poolId, slots }) => ({ poolId, slots })) },
    runs: runs.flatMap(({ runId, submittedAtMs, tasks }) => (assigned.has(runId) ? [{ runId, submittedAtMs, tasks: tasks.map(({ name, dependsOn, poolIds }) => ({ name, dependsOn, poolIds })) }] : [])),
    assignments: assignments.map(placementOf),
    ...{ shadowAssignments: shadow?.assignments.map(placementOf), shadowTookMs },
  };
}

function placementOf({ runId, task, poolId, count }: Placement): Placement {
  return { runId, task, poolId, count };
}
