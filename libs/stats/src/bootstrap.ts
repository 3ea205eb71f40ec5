import { OrreryError } from '@orrery/errors';
import { seededRandom } from './random.js';

/** How much smaller or larger one mean is than another over the same cases. */
export interface PairedRatio {
  /** Mean of the first / mean of the second. */
  readonly ratio: number;
  /** Bounds of the 95 % interval of the ratio. */
  readonly low: number;
  readonly high: number;
  /** Cases in which the first was smaller. */
  readonly wins: number;
  readonly count: number;
}

/**
 * Compares two means over the same cases (episodes, blocks, days): cases are drawn again and again with replacement, both values of a case together,
 * so that what makes a case hard for both does not widen the interval. A value that is not finite, such as of work left undone, makes all three infinite.
 *
 * @param first one value a case, of any unit, @param second in the same order and unit.
 * @throws ORRERY_VALIDATION when there are no cases or their numbers differ.
 * Source: the percentile interval of Efron and Tibshirani 1993, An Introduction to the Bootstrap, chapter 13.
 */
export function pairedRatio(first: readonly number[], second: readonly number[], { seed = 1, resamples = 2000 }: { readonly seed?: number; readonly resamples?: number } = {}): PairedRatio {
  const count = first.length;
  if (count === 0 || second.length !== count) throw new OrreryError('ORRERY_VALIDATION', `expected as many cases on both sides and at least one, got ${count} and ${second.length}`);
  const random = seededRandom(seed);
  const ratioOf = (pick: (index: number) => number): number => {
    let above = 0;
    let below = 0;
    for (let index = 0; index < count; index += 1) {
      const chosen = pick(index);
      above += first[chosen] ?? 0;
      below += second[chosen] ?? 0;
    }
    return above / below;
  };
  const ratio = ratioOf((index) => index);
  const wins = first.filter((value, index) => value < (second[index] ?? 0)).length;
  if (!Number.isFinite(ratio)) return { ratio: Infinity, low: Infinity, high: Infinity, wins, count };
  const ratios = Float64Array.from({ length: resamples }, () => ratioOf(() => random.below(count))).sort();
  const at = (share: number): number => ratios[Math.min(resamples - 1, Math.max(0, Math.floor(share * resamples)))] ?? Number.NaN;
  return { ratio, low: at(0.025), high: at(0.975), wins, count };
}
