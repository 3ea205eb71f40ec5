/** A curve that never falls: at each score its value, straight lines between, level beyond the ends. */
export interface IsotonicSteps {
  /** Ascending. */
  readonly scores: readonly number[];
  /** 0 to 1, never falling. */
  readonly values: readonly number[];
}

interface Block {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly sum: number;
}

/**
 * The rising curve of least squared error through 0 and 1, by pooling neighbours that are out of order; each pool is drawn towards one half by one row, so
 * that no probability is 0 or 1.
 *
 * Source: Ayer et al. 1955, doi 10.1214/aoms/1177728423; Zadrozny and Elkan 2002, doi 10.1145/775047.775151.
 */
export function fitIsotonic(scores: ArrayLike<number>, truth: ArrayLike<number>): IsotonicSteps {
  const order = Array.from({ length: scores.length }, (_, row) => row).sort((left, right) => (scores[left] ?? 0) - (scores[right] ?? 0));
  const pools: Block[] = [];
  for (const row of order) {
    const score = scores[row] ?? 0;
    let pool: Block = { from: score, to: score, count: 1, sum: truth[row] ?? 0 };
    for (let before = pools.at(-1); before !== undefined && (meanOf(before) >= meanOf(pool) || before.to === score); before = pools.at(-1)) {
      pool = { from: before.from, to: pool.to, count: before.count + pool.count, sum: before.sum + pool.sum };
      pools.pop();
    }
    pools.push(pool);
  }
  return asSteps(pools);
}

function meanOf({ sum, count }: Block): number {
  return sum / count;
}

function asSteps(pools: readonly Block[]): IsotonicSteps {
  const scores: number[] = [];
  const values: number[] = [];
  for (const { from, to, count, sum } of pools) {
    // Drawing pools of different sizes towards one half must not put them out of order again.
    const value = Math.max((sum + 0.5) / (count + 1), values.at(-1) ?? 0);
    for (const score of from === to ? [from] : [from, to]) {
      scores.push(score);
      values.push(value);
    }
  }
  return { scores, values };
}

export function isotonicValue({ scores, values }: IsotonicSteps, score: number): number {
  let [low, high] = [0, scores.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((scores[middle] ?? 0) <= score) low = middle + 1;
    else high = middle;
  }
  const [before, after] = [values[low - 1], values[low]];
  if (before === undefined || after === undefined) return before ?? after ?? 0.5;
  const start = scores[low - 1] ?? score;
  const width = (scores[low] ?? score) - start;
  return before + ((after - before) * (score - start)) / (width || 1);
}
