import { pairBlocks, type RunOutcome } from './block-outcomes.js';
import { roleOf, type BlockPlan } from './block-plan.js';

/** What an experiment of that size can be expected to see. */
export interface Detectable {
  /** Share by which the completion time must fall to be found in four experiments of five. */
  readonly effect: number;
  /** Blocks that it would take for the effect that is wanted. */
  readonly blocksForMinimum: number;
}

/** Pairs of past blocks below which their spread says little. */
const fewestPairs = 6;
/** 5 % of false alarms on two sides, 80 % of effects found: z(0.975) + z(0.8). Source: Bloom 1995, doi 10.1177/0193841X9501900504. */
const standardErrors = 1.96 + 0.8416;

/**
 * Works out from the past, cut into blocks of the same length, how large an effect must be to be seen: neighbours differ by chance by so much.
 *
 * @param past runs that arrived before the experiment.
 * @returns undefined where the past is too short.
 */
export function detectableEffect(plan: BlockPlan, past: readonly RunOutcome[], minimumEffect: number): Detectable | undefined {
  const firstMs = past.reduce((least, { arrivedMs }) => Math.min(least, arrivedMs), plan.startedMs);
  const pastPairs = Math.floor((plan.startedMs - firstMs) / plan.blockMs / 2);
  const before = { ...plan, startedMs: plan.startedMs - 2 * pastPairs * plan.blockMs, blockCount: 2 * pastPairs, holdOut: 0, rampBlocks: 0 };
  const { pairs } = pairBlocks(before, past);
  if (pairs.length < fewestPairs) return undefined;
  const squares = pairs.reduce((sum, { control, treatment }) => sum + Math.log(Math.max(treatment.completionMs, 1) / Math.max(control.completionMs, 1)) ** 2, 0);
  const spread = Math.sqrt(squares / pairs.length);
  const compared = comparedPairs(plan);
  const needed = ((standardErrors * spread) / -Math.log1p(-Math.max(minimumEffect, 0.001))) ** 2;
  return { effect: compared === 0 ? 1 : -Math.expm1((-standardErrors * spread) / Math.sqrt(compared)), blocksForMinimum: 2 * Math.ceil(needed / (1 - plan.holdOut)) };
}

/** Pairs that have one block of each arm. */
function comparedPairs(plan: BlockPlan): number {
  let count = 0;
  for (let block = 0; block < plan.blockCount; block += 2) if (roleOf(plan, block) === 'control' || roleOf(plan, block) === 'treatment') count += 1;
  return count;
}

/** What should be known of it, in words; nothing where the experiment sees what is wanted. */
export function tellDetectable(found: Detectable | undefined, { blockCount }: BlockPlan, minimumEffect: number): readonly string[] {
  if (found === undefined || found.effect <= minimumEffect) return [];
  const percent = (share: number) => `${Number((share * 100).toFixed(1))} %`;
  return [`${blockCount} blocks find a completion time that is ${percent(found.effect)} shorter in four experiments of five, as blocks have differed lately; for ${percent(minimumEffect)} it would take about ${found.blocksForMinimum}`];
}
