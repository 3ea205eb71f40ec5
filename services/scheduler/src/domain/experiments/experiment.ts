import { blockAt, isHeldOut, roleOf, type BlockPlan } from './block-plan.js';
import type { Verdict } from './analyse-blocks.js';

export const experimentKinds = ['switchback', 'shadow'] as const;
export type ExperimentKind = (typeof experimentKinds)[number];

export const experimentStatuses = ['running', 'completed', 'stopped', 'rolled_back'] as const;
export type ExperimentStatus = (typeof experimentStatuses)[number];

/** As much of an experiment as decides who decides. */
export interface StandingExperiment {
  readonly experimentId: string;
  readonly name: string;
  readonly kind: ExperimentKind;
  readonly status: ExperimentStatus;
  /** What is tried. */
  readonly policy: string;
  /** What decides in control and held-out blocks; empty for a shadow. */
  readonly control: string;
  /** Null for a shadow. */
  readonly plan: BlockPlan | null;
  /** The held-out blocks go on after its end. */
  readonly keepsHoldOut: boolean;
  /** What was tried decides in all blocks but those held out once it was clearly better. */
  readonly rollsOut: boolean;
  readonly verdict: Verdict | null;
  /** Why it ended; empty while it runs. */
  readonly reason: string;
}

/** What stands at one scheduler. */
export interface Standing {
  readonly running: StandingExperiment | undefined;
  /** The last switchback that ended: its hold-out and its roll-back last until the next one begins. */
  readonly ended: StandingExperiment | undefined;
}

/** What an experiment asks of one decision. */
export interface ArmChoice {
  readonly experimentId: string;
  readonly arm: 'control' | 'treatment';
  /** Undefined leaves the policy that serves. */
  readonly policy: string | undefined;
  readonly shadow: string | undefined;
}

/** Who decides at that moment, as far as experiments have a say. */
export function armIn({ running, ended }: Standing, nowMs: number): ArmChoice | undefined {
  if (running?.kind === 'switchback') return switchbackArm(running, nowMs);
  const lasting = ended === undefined ? undefined : lastingArm(ended, nowMs);
  if (running === undefined) return lasting;
  return { experimentId: running.experimentId, arm: lasting?.arm ?? 'control', policy: lasting?.policy, shadow: running.policy };
}

/** Why a learned policy must not decide there; undefined when it may. */
export function heldBack({ running, ended }: Standing): string | undefined {
  if (running?.kind === 'switchback' || ended?.status !== 'rolled_back') return undefined;
  return `experiment ${ended.name} was rolled back: ${ended.reason}`;
}

function switchbackArm(experiment: StandingExperiment, nowMs: number): ArmChoice | undefined {
  const { plan, experimentId, policy, control } = experiment;
  if (plan === null) return undefined;
  const block = blockAt(plan, nowMs);
  if (block >= plan.blockCount) return lastingArm({ ...experiment, keepsHoldOut: true }, nowMs);
  // A clock that is behind by a little must not let the first block begin without an arm.
  const isTreated = roleOf(plan, Math.max(0, block)) === 'treatment';
  return { experimentId, arm: isTreated ? 'treatment' : 'control', policy: isTreated ? policy : control, shadow: undefined };
}

/** After its end: held-out blocks stay with the control, the others with what serves, or with what was tried where it was to be rolled out. */
function lastingArm({ plan, experimentId, policy, control, keepsHoldOut, rollsOut, verdict, status }: StandingExperiment, nowMs: number): ArmChoice | undefined {
  if (plan === null) return undefined;
  if (status === 'rolled_back') return { experimentId, arm: 'control', policy: control, shadow: undefined };
  const block = Math.max(0, blockAt(plan, nowMs));
  if (keepsHoldOut && isHeldOut(plan, block)) return { experimentId, arm: 'control', policy: control, shadow: undefined };
  if (rollsOut && status === 'completed' && verdict === 'better') return { experimentId, arm: 'treatment', policy, shadow: undefined };
  return keepsHoldOut && plan.holdOut > 0 ? { experimentId, arm: 'treatment', policy: undefined, shadow: undefined } : undefined;
}
