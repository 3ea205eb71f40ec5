/** The value at rank floor(tau * n) of some values, which it reorders (Hoare's quickselect); NaN for none. */
export function quantileInPlace(values: Float64Array, tau: number): number {
  const rank = Math.min(values.length - 1, Math.max(0, Math.floor(tau * values.length)));
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const [from, to] = partition(values, low, high);
    if (rank <= to) high = to;
    else if (rank >= from) low = from;
    else break;
  }
  return values[rank] ?? Number.NaN;
}

function partition(values: Float64Array, low: number, high: number): readonly [number, number] {
  const pivot = values[(low + high) >> 1] as number;
  let from = low;
  let to = high;
  while (from <= to) {
    while ((values[from] as number) < pivot) from++;
    while ((values[to] as number) > pivot) to--;
    if (from > to) break;
    const kept = values[from] as number;
    values[from++] = values[to] as number;
    values[to--] = kept;
  }
  return [from, to];
}

/** The least value at which the weights up to it pass tau of all; NaN for none. */
export function weightedQuantile(values: Float64Array, weights: Float64Array, tau: number): number {
  const order = Array.from(values, (_, index) => index).sort((one, other) => (values[one] as number) - (values[other] as number));
  const wanted = tau * weights.reduce((sum, weight) => sum + weight, 0);
  let seen = 0;
  for (const index of order) {
    seen += weights[index] as number;
    if (seen > wanted) return values[index] as number;
  }
  return values[order.at(-1) ?? -1] ?? Number.NaN;
}
