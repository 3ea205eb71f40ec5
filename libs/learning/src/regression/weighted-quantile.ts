import { OrreryError } from '@orrery/errors';

/**
 * The least value at which the weights of all values up to it reach the share q of all weight; no interpolation. O(n) on average.
 *
 * @param q in 0..1
 * @throws ORRERY_VALIDATION when there is no value of positive weight.
 * @example
 * weightedQuantile([10, 20, 30], [1, 1, 2], 0.5) // 20
 */
export function weightedQuantile(values: ArrayLike<number>, weights: ArrayLike<number>, q: number): number {
  const kept = new Float64Array(values);
  const mass = new Float64Array(weights);
  let wanted = 0;
  for (let index = 0; index < mass.length; index++) wanted += mass[index] ?? 0;
  if (!(wanted > 0)) throw new OrreryError('ORRERY_VALIDATION', `a weighted quantile needs weight; got ${values.length} values of total weight ${wanted}`);
  // Rounding of sums must not push the quantile past a value that reaches it exactly.
  wanted = wanted * q * (1 - 1e-12);
  let from = 0;
  let to = kept.length - 1;
  while (from < to) {
    const split = partition(kept, mass, from, to);
    let below = 0;
    for (let index = from; index <= split; index++) below += mass[index] ?? 0;
    if (below >= wanted) to = split;
    else {
      wanted -= below;
      from = split + 1;
    }
  }
  return kept[from] ?? Number.NaN;
}

/** The weighted quantile at one half. */
export function weightedMedian(values: ArrayLike<number>, weights: ArrayLike<number>): number {
  return weightedQuantile(values, weights, 0.5);
}

// Hoare's partition: afterwards nothing up to the returned index is greater than anything behind it.
function partition(values: Float64Array, weights: Float64Array, from: number, to: number): number {
  const pivot = values[(from + to) >> 1] ?? Number.NaN;
  let left = from - 1;
  let right = to + 1;
  for (;;) {
    do left++;
    while ((values[left] ?? Number.NaN) < pivot);
    do right--;
    while ((values[right] ?? Number.NaN) > pivot);
    if (left >= right) return right;
    swap(values, left, right);
    swap(weights, left, right);
  }
}

function swap(array: Float64Array, one: number, other: number): void {
  const kept = array[one] ?? Number.NaN;
  array[one] = array[other] ?? Number.NaN;
  array[other] = kept;
}
