import { OrreryError } from '@orrery/errors';
import { pairedRatio, type PairedRatio } from '@orrery/stats';
import type { ComparedFigure, Evaluation, PolicyFigures, SequenceFigures } from './figures.js';

/** What is made small, beside the figures themselves: mean completion time + lambda x executor-seconds of a job, seconds. */
export type Measure = ComparedFigure | { readonly lambda: number };

/** Of one sequence, seconds; Infinity when a job was left undone. */
export function measureOf(measure: Measure, figures: SequenceFigures, jobCount: number): number {
  if (typeof measure === 'string') return figures[measure];
  return figures.meanCompletionSeconds + measure.lambda * (figures.executorSeconds / jobCount);
}

/** Holds one policy against another on the sequences of an evaluation: below 1 where the first is better. @throws ORRERY_NOT_FOUND when one of them was not evaluated. */
export function compareOn(evaluation: Evaluation, [policy, against]: readonly [policy: string, against: string], measure: Measure): PairedRatio {
  const valuesOf = (name: string) => figuresOf(evaluation, name).bySequence.map((sequence) => measureOf(measure, sequence, evaluation.jobCount));
  return pairedRatio(valuesOf(policy), valuesOf(against));
}

/** @throws ORRERY_NOT_FOUND when the policy was not evaluated. */
export function figuresOf({ policies, scenario }: Evaluation, name: string): PolicyFigures {
  const found = policies.find(({ policy }) => policy === name);
  if (found === undefined) throw new OrreryError('ORRERY_NOT_FOUND', `policy ${name} was not evaluated in ${scenario.name}`);
  return found;
}
