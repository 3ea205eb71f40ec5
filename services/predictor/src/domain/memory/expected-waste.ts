/** How much may be needed, how long that holds its allocation, and how likely it is. Weights need no sum of 1. */
export interface Possibility {
  readonly need: number;
  readonly durationMs: number;
  readonly weight: number;
}

// Quantiles of an exponential distribution at the middles of five equal parts.
const excesses = [0.1, 0.3, 0.5, 0.7, 0.9].map((p) => -Math.log(1 - p));
const believedTail = 0.05;
const believedTailCount = 1;

/** The possibilities by need, and what allocations they ask for. */
export interface WasteModel {
  readonly possibilities: readonly Possibility[];
  /** Expected waste of the best allocation, in the units of need x duration, a unit of weight. */
  readonly leastWaste: number;
  readonly best: number;
}

/**
 * What has been needed so far, and what may be needed beyond it: as likely as one more observation, and as far off as the greatest ones lie apart.
 *
 * Source: Hill's estimator of a tail, 1975, doi 10.1214/aos/1176343247, with one observation's worth of belief in 5 %.
 */
export function withTail(seen: readonly Possibility[]): Possibility[] {
  const sorted = [...seen].sort((one, other) => one.need - other.need || one.durationMs - other.durationMs);
  const greatest = sorted.at(-1)?.need ?? 0;
  const count = Math.min(sorted.length - 1, Math.ceil(Math.sqrt(sorted.length)));
  const below = sorted[sorted.length - 1 - count]?.need ?? greatest;
  const logs = sorted.slice(sorted.length - count).reduce((sum, { need }) => sum + Math.log(need / below), 0);
  const tail = (logs + believedTailCount * believedTail) / (count + believedTailCount);
  const weight = sorted.reduce((sum, one) => sum + one.weight, 0);
  const durationMs = sorted.reduce((sum, one) => sum + one.weight * one.durationMs, 0) / weight;
  const further = excesses.map((excess) => ({ need: greatest * Math.exp(tail * excess), durationMs, weight: weight / (sorted.length + 1) / excesses.length }));
  return [...sorted, ...further];
}

/**
 * The allocation whose expected waste is least: what is allocated and not needed, times how long, plus the whole allocation times how long for an
 * attempt that fails; its retry gets the greatest need. Null when no need lies above `tooLittle`.
 *
 * Source: Tovar et al., A job sizing strategy for high-throughput scientific workflows, 2018, doi 10.1109/TPDS.2017.2762310, equation 1.
 *
 * @param possibilities by rising need.
 */
export function leastWaste(possibilities: readonly Possibility[], tooLittle = 0): WasteModel | null {
  const possible = possibilities.filter(({ need }) => need > tooLittle);
  const greatest = possible.at(-1);
  if (greatest === undefined) return null;
  let held = 0;
  let used = 0;
  let weight = 0;
  for (const one of possible) {
    held += one.weight * one.durationMs;
    used += one.weight * one.durationMs * one.need;
    weight += one.weight;
  }
  let failing = held;
  let best = greatest.need;
  let least = Infinity;
  for (const [index, one] of possible.entries()) {
    failing -= one.weight * one.durationMs;
    if (possible[index + 1]?.need === one.need) continue;
    const waste = one.need * held + greatest.need * Math.max(0, failing) - used;
    if (waste >= least) continue;
    least = waste;
    best = one.need;
  }
  return { possibilities: possible, leastWaste: least / weight, best };
}
