import { pairedRatio } from '@orrery/stats';
import type { ArmCounts, BlockPair, PairedBlocks } from './block-outcomes.js';
import { randomisationP } from './randomisation-test.js';

/** How the treatment stands to the control in one figure. */
export interface Effect {
  /** Mean over the treated blocks / mean over the control's. */
  readonly ratio: number;
  /** Bounds of its 95 % bootstrap interval over pairs; with fewer than about twenty it is somewhat too narrow, so the verdict does not rest on it. */
  readonly low: number;
  readonly high: number;
  /** Means over blocks, ms. */
  readonly controlMs: number;
  readonly treatmentMs: number;
}

export type Verdict = 'better' | 'worse' | 'undecided';

/** What came out of an experiment that reached its horizon. */
export interface BlockAnalysis {
  readonly pairCount: number;
  readonly control: ArmCounts;
  readonly treatment: ArmCounts;
  /** Of the completion time; null without pairs. */
  readonly completion: Effect | null;
  /** Of the durations of all tasks of a run together; null where nobody told any. */
  readonly resource: Effect | null;
  /** Of the randomisation test on the completion time. */
  readonly pValue: number;
  readonly verdict: Verdict;
  /** The improvement is clear, and at least as large as was asked for beforehand. */
  readonly reachesMinimum: boolean;
}

const certainBelow = 0.05;

/**
 * Compares blocks as pairs: blocks, and not runs, are what was drawn; runs of a block share its queue.
 *
 * @param minimumEffect share by which the completion time should fall, such as 0.03.
 */
export function analyseBlocks({ pairs, control, treatment }: PairedBlocks, { experimentId, minimumEffect }: { readonly experimentId: string; readonly minimumEffect: number }): BlockAnalysis {
  const completion = effectOf(pairs, ({ completionMs }) => completionMs);
  const pValue = randomisationP(pairs.map((pair) => pair.treatment.completionMs), pairs.map((pair) => pair.control.completionMs), [experimentId, 'test']);
  const verdict = completion === null || pValue >= certainBelow ? 'undecided' : completion.ratio < 1 ? 'better' : 'worse';
  const resource = effectOf(pairs, ({ resourceMs }) => resourceMs);
  return { pairCount: pairs.length, control, treatment, completion, resource, pValue, verdict, reachesMinimum: verdict === 'better' && completion !== null && completion.ratio <= 1 - minimumEffect };
}

function effectOf(pairs: readonly BlockPair[], valueOf: (means: BlockPair['control']) => number): Effect | null {
  const treated = pairs.map((pair) => valueOf(pair.treatment));
  const controls = pairs.map((pair) => valueOf(pair.control));
  const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  // With a block of nothing on one side there is no ratio to speak of.
  if (pairs.length === 0 || meanOf(treated) <= 0 || meanOf(controls) <= 0) return null;
  const { ratio, low, high } = pairedRatio(treated, controls);
  return { ratio, low, high, controlMs: meanOf(controls), treatmentMs: meanOf(treated) };
}
