/** Numbers a histogram cell holds: gradient, second derivative, rows. */
export const cellWidth = 3;

export interface LeafTotals {
  readonly gradient: number;
  readonly hessian: number;
  readonly rows: number;
}

export interface SplitRule {
  readonly minLeafRows: number;
  /** Shrinks leaf values: added to the second derivative. @minimum 0 */
  readonly lambda: number;
  /** Whether a cell's rows stand for its second derivative. */
  readonly isHessianOne: boolean;
}

/** Rows with a bin from 1 to `bin` go left, and missing ones where `missingLeft` says. */
export interface Split {
  readonly gain: number;
  readonly feature: number;
  readonly bin: number;
  readonly missingLeft: boolean;
}

export interface LeafHistogram {
  /** Per feature from its offset: the cell of missing values, then those of the bins. */
  readonly cells: Float64Array;
  readonly totals: LeafTotals;
  readonly features: Int32Array;
  readonly offsets: Int32Array;
}

/** A gain up to this is rounding. */
const leastGain = 1e-9;
/** Second derivatives below this make a leaf's Newton step meaningless. */
const leastHessian = 1e-3;

/** The split with the greatest fall of the loss (Chen and Guestrin 2016, XGBoost, equation 7), or none. */
export function bestSplit(leaf: LeafHistogram, rule: SplitRule): Split | undefined {
  let best: Split | undefined;
  for (const feature of leaf.features) {
    const first = (leaf.offsets[feature] ?? 0) * cellWidth;
    const bins = (leaf.offsets[feature + 1] ?? 0) - (leaf.offsets[feature] ?? 0) - 1;
    const missingRows = leaf.cells[first + 2] as number;
    // Subtracted histograms keep rounding in the sums but not in the counts: without rows there is nothing missing.
    const sides = missingRows > 0.5 ? [false, true] : [false];
    for (const missingLeft of sides) {
      const found = scan(leaf, rule, { first, bins, missingLeft, above: best?.gain ?? leastGain });
      if (found === undefined) continue;
      const goesLeft = missingRows > 0.5 ? missingLeft : 2 * found.leftRows > leaf.totals.rows;
      best = { gain: found.gain, feature, bin: found.bin, missingLeft: goesLeft };
    }
  }
  return best;
}

interface Scan {
  readonly first: number;
  readonly bins: number;
  readonly missingLeft: boolean;
  readonly above: number;
}

function scan({ cells, totals }: LeafHistogram, rule: SplitRule, { first, bins, missingLeft, above }: Scan): { gain: number; bin: number; leftRows: number } | undefined {
  const { minLeafRows, lambda, isHessianOne } = rule;
  const whole = totals.gradient ** 2 / (totals.hessian + lambda);
  let gradient = missingLeft ? (cells[first] as number) : 0;
  let hessian = missingLeft ? (cells[first + 1] as number) : 0;
  let rows = missingLeft ? (cells[first + 2] as number) : 0;
  let gain = above;
  let best = -1;
  let leftRows = 0;
  for (let bin = 1; bin <= bins; bin++) {
    const cell = first + bin * cellWidth;
    gradient += cells[cell] as number;
    hessian += cells[cell + 1] as number;
    rows += cells[cell + 2] as number;
    if (totals.rows - rows < minLeafRows) break;
    if (rows < minLeafRows) continue;
    const left = isHessianOne ? rows : hessian;
    const right = totals.hessian - left;
    if (left < leastHessian || right < leastHessian) continue;
    const fall = gradient ** 2 / (left + lambda) + (totals.gradient - gradient) ** 2 / (right + lambda) - whole;
    if (fall <= gain) continue;
    gain = fall;
    best = bin;
    leftRows = rows;
  }
  return best < 0 ? undefined : { gain, bin: best, leftRows };
}
