import { expectLabelledRows, type LabelledRows } from './labelled-rows.js';

/** A question with two answers, or a leaf. */
export interface TreeNode {
  /** Training rows of each class that came here. */
  readonly counts: Float64Array;
  /** Absent for a leaf. */
  readonly split?: {
    readonly feature: number;
    /** Values up to this go left. */
    readonly threshold: number;
    readonly missingLeft: boolean;
    readonly left: TreeNode;
    readonly right: TreeNode;
  };
}

export interface DecisionTree {
  readonly featureCount: number;
  readonly classCount: number;
  readonly root: TreeNode;
}

export interface TreeOptions {
  /** Questions on the longest way down. @default 5 */
  readonly maxDepth?: number;
  /** Rows that a leaf needs. @default 5 */
  readonly minLeafRows?: number;
  /** Least share of the root's impurity that a split must take away. @default 0.001 */
  readonly minGain?: number;
}

/**
 * A classification tree with the Gini impurity (Breiman, Friedman, Olshen and Stone 1984), small enough to be read; deterministic.
 * Missing values go to the larger side.
 *
 * @throws ORRERY_VALIDATION when shapes or classes do not fit together.
 */
export function fitDecisionTree(rows: LabelledRows, { maxDepth = 5, minLeafRows = 5, minGain = 0.001 }: TreeOptions = {}): DecisionTree {
  expectLabelledRows(rows);
  const all = Int32Array.from({ length: rows.rowCount }, (_, row) => row);
  const rule = { minLeafRows, minGain: minGain * impurity(countsOf(rows, all)) };
  return { featureCount: rows.featureCount, classCount: rows.classCount, root: grown(rows, all, maxDepth, rule) };
}

/** The training share of each class in the leaf that a row comes to. @param out of classCount values. */
export function predictTree(tree: DecisionTree, row: Float32Array, out: Float64Array, offset = 0): Float64Array {
  let node = tree.root;
  while (node.split !== undefined) {
    const value = row[offset + node.split.feature] as number;
    const goesLeft = Number.isNaN(value) ? node.split.missingLeft : value <= node.split.threshold;
    node = goesLeft ? node.split.left : node.split.right;
  }
  const total = sum(node.counts);
  for (let index = 0; index < out.length; index++) out[index] = (node.counts[index] ?? 0) / total;
  return out;
}

interface Rule {
  readonly minLeafRows: number;
  /** In rows times impurity. */
  readonly minGain: number;
}

interface Split {
  readonly gain: number;
  readonly feature: number;
  readonly threshold: number;
  readonly missingLeft: boolean;
}

function grown(rows: LabelledRows, within: Int32Array, depth: number, rule: Rule): TreeNode {
  const counts = countsOf(rows, within);
  const split = depth === 0 || within.length < 2 * rule.minLeafRows ? undefined : bestSplit(rows, within, counts, rule);
  if (split === undefined) return { counts };
  const { feature, threshold, missingLeft } = split;
  const goesLeft = (row: number) => {
    const value = rows.features[row * rows.featureCount + feature] as number;
    return Number.isNaN(value) ? missingLeft : value <= threshold;
  };
  const left = grown(rows, within.filter(goesLeft), depth - 1, rule);
  const right = grown(rows, within.filter((row) => !goesLeft(row)), depth - 1, rule);
  return { counts, split: { feature, threshold, missingLeft, left, right } };
}

function bestSplit(rows: LabelledRows, within: Int32Array, counts: Float64Array, rule: Rule): Split | undefined {
  let best: Split | undefined;
  for (let feature = 0; feature < rows.featureCount; feature++) {
    const found = bestThreshold(rows, within, feature, { counts, rule, above: best?.gain ?? rule.minGain });
    if (found !== undefined) best = found;
  }
  return best;
}

interface Search {
  readonly counts: Float64Array;
  readonly rule: Rule;
  readonly above: number;
}

function bestThreshold(rows: LabelledRows, within: Int32Array, feature: number, { counts, rule, above }: Search): Split | undefined {
  const valueOf = (row: number) => rows.features[row * rows.featureCount + feature] as number;
  const known = within.filter((row) => !Number.isNaN(valueOf(row))).sort((one, other) => valueOf(one) - valueOf(other));
  const missing = countsOf(rows, within.filter((row) => Number.isNaN(valueOf(row))));
  const missingRows = within.length - known.length;
  const whole = impurity(counts);
  const left = new Float64Array(rows.classCount);
  let best: Split | undefined;
  for (let at = 1; at < known.length; at++) {
    const row = known[at - 1] as number;
    const index = rows.classes[row] as number;
    left[index] = (left[index] as number) + 1;
    const [lower, upper] = [valueOf(row), valueOf(known[at] as number)];
    if (lower === upper) continue;
    const missingLeft = at > known.length - at;
    const leftRows = missingLeft ? at + missingRows : at;
    if (Math.min(leftRows, within.length - leftRows) < rule.minLeafRows) continue;
    const all = missingLeft && missingRows > 0 ? left.map((count, index) => count + (missing[index] as number)) : left;
    const gain = whole - impurity(all) - impurity(counts.map((count, index) => count - (all[index] as number)));
    if (gain > (best?.gain ?? above)) best = { gain, feature, threshold: lower + (upper - lower) / 2, missingLeft };
  }
  return best;
}

/** Rows times Gini impurity: n - sum of squared counts / n. */
function impurity(counts: Float64Array): number {
  const total = sum(counts);
  return total === 0 ? 0 : total - counts.reduce((squares, count) => squares + count * count, 0) / total;
}

function countsOf({ classes, classCount }: LabelledRows, within: Int32Array): Float64Array {
  const counts = new Float64Array(classCount);
  for (const row of within) counts[classes[row] as number] = (counts[classes[row] as number] as number) + 1;
  return counts;
}

function sum(counts: Float64Array): number {
  return counts.reduce((total, count) => total + count, 0);
}
