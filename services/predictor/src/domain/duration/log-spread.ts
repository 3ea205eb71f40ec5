import { weightedQuantile } from '@orrery/learning';
import { madConsistency, median } from '@orrery/stats';

const normalNinety = 1.2815515655446004;
// How many errors the belief counts as.
const believedErrors = 2;
const leastForQuantiles = 10;
const halfTrustQuantiles = 20;
// An outlier counts no more than so many robust deviations.
const clipDeviations = 4;

/**
 * How far, as logarithms, the 10 % and the 90 % quantile lie from the median: Student's quantile of a deviation that starts from a belief, and
 * with many errors their own quantiles. Never negative.
 *
 * @param errors ln(real / expected) on values that were not fitted to; may be empty.
 * @param usual the deviation believed in while there are few errors. @exclusiveMinimum 0
 * @param further a deviation from other causes, added in squares.
 */
export function logSpread(errors: readonly number[], usual: number, further = 0): { readonly below: number; readonly above: number } {
  const freedom = believedErrors + errors.length;
  const clip = clipDeviations * Math.max(madConsistency * median(errors.map(Math.abs)), usual / 5);
  const squares = errors.reduce((sum, error) => sum + Math.min(Math.abs(error), clip) ** 2, 0);
  const student = studentNinety(freedom) * Math.sqrt((believedErrors * usual ** 2 + squares) / freedom);
  const trust = errors.length < leastForQuantiles ? 0 : errors.length / (errors.length + halfTrustQuantiles);
  const weights = errors.map(() => 1);
  const side = (sign: 1 | -1): number => {
    const own = trust === 0 ? 0 : Math.max(0, weightedQuantile(errors.map((error) => sign * error), weights, 0.9));
    return Math.hypot((1 - trust) * student + trust * own, normalNinety * further);
  };
  return { below: side(-1), above: side(1) };
}

/** Student's 90 % quantile for two degrees of freedom or more, to 2 %. Source: Abramowitz and Stegun 26.7.5. */
function studentNinety(freedom: number): number {
  const z = normalNinety;
  return z + (z ** 3 + z) / (4 * freedom) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * freedom ** 2);
}
