import type { Observation } from '@orrery/contracts';
import { learn } from './baseline-learning.js';
import type { BaselineState } from './baseline-state.js';
import type { Finding } from './detection/finding.js';
import type { JudgeContext, LevelState } from './detection/judge-context.js';
import { judge } from './detection/judge.js';
import { guardAgainstOutage, type GuardState } from './outage-guard.js';

export interface EvaluationContext extends JudgeContext {
  /** Of the observation's workflow; null when there is none yet. */
  readonly guard: GuardState | null;
}

export interface Evaluation {
  /** The levels of the context, each with what it knows now. */
  readonly states: readonly (LevelState & { readonly state: BaselineState })[];
  readonly guard: GuardState;
  readonly findings: readonly Finding[];
  /** Causes (or prefixes that end in `*`) that were judged and found normal. */
  readonly normal: readonly string[];
}

/**
 * Judges a finished observation against what was known before it, then learns from it. While most of a workflow fails at once, the one
 * outage stands for what the failures of its tasks would say.
 */
export function evaluate(context: EvaluationContext, observation: Observation): Evaluation {
  const { guard, finding, isOutage } = guardAgainstOutage(context.guard, observation);
  const verdict = judge(context, observation);
  const isFailure = observation.outcome !== 'success';
  const states = context.levels.map((level) => ({ ...level, state: learn(level.state, observation, { isSubject: level.isSubject, isOutage }) }));
  if (isOutage) return { states, guard, findings: finding === null || !isFailure ? [] : [finding], normal: isFailure ? [] : verdict.normal };
  // An outage is of a workflow's tasks: its runs, which come over another topic, neither open nor end one.
  return { states, guard, findings: verdict.findings, normal: observation.subject === 'task' ? [...verdict.normal, 'outage'] : verdict.normal };
}
