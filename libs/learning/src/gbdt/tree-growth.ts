import type { BinnedFeatures } from './binning.js';
import { bestSplit, cellWidth, type LeafTotals, type Split, type SplitRule } from './best-split.js';
import { countPair, type Column } from './histogram.js';

/** One tree; children lie beside each other. `bin` is the threshold as a bin, `edge` as a value. */
export interface GrownTree {
  readonly feature: number[];
  readonly bin: number[];
  readonly edge: number[];
  readonly left: number[];
  readonly missingLeft: boolean[];
  /** Leaves with the rows that fell into them: rows [start, end) of the grower's order. */
  readonly leaves: readonly { readonly node: number; readonly start: number; readonly end: number; readonly totals: LeafTotals }[];
}

export interface GrowthRule extends SplitRule {
  readonly leaves: number;
}

interface OpenLeaf {
  readonly node: number;
  readonly start: number;
  readonly end: number;
  readonly cells: Float64Array;
  readonly totals: LeafTotals;
  readonly split: Split | undefined;
}

/** Grows trees leaf by leaf, always where the loss falls most, over histograms; of two siblings only the smaller is counted, the other is what is left. */
export class TreeGrower {
  /** Row numbers; after {@link grow}, those of a leaf lie together. */
  readonly order: Int32Array;
  readonly #binned: BinnedFeatures;
  readonly #rule: GrowthRule;
  readonly #aside: Int32Array;
  readonly #gradientInOrder: Float32Array;
  readonly #hessianInOrder: Float32Array;
  readonly #spareCells: Float64Array[] = [];
  /** Stands beside the last of an odd number of features; its cell, after all others, is never read. */
  readonly #noBins: Uint8Array;

  constructor(binned: BinnedFeatures, rule: GrowthRule) {
    this.#binned = binned;
    this.#rule = rule;
    this.order = new Int32Array(binned.rowCount);
    this.#noBins = new Uint8Array(binned.rowCount);
    this.#aside = new Int32Array(binned.rowCount);
    this.#gradientInOrder = new Float32Array(binned.rowCount);
    this.#hessianInOrder = new Float32Array(binned.rowCount);
  }

  /**
   * @param rows the first so many rows of {@link order}, which the caller has filled.
   * @param hessian undefined where it is 1 for every row.
   * @param features those that may be asked for.
   */
  grow(rows: number, gradient: Float32Array, hessian: Float32Array | undefined, features: Int32Array): GrownTree {
    const tree = { feature: [-1], bin: [0], edge: [0], left: [0], missingLeft: [false] };
    const open: OpenLeaf[] = [this.#counted({ node: 0, start: 0, end: rows }, gradient, hessian, features)];
    while (open.length < this.#rule.leaves) {
      const at = mostPromising(open);
      const leaf = open[at];
      if (leaf?.split === undefined) break;
      const middle = this.#parted(leaf, leaf.split);
      const leftNode = tree.feature.length;
      addSplit(tree, leaf.node, leaf.split, this.#binned.edges[leaf.split.feature]?.[leaf.split.bin - 1] ?? Number.POSITIVE_INFINITY);
      const parts = [
        { node: leftNode, start: leaf.start, end: middle },
        { node: leftNode + 1, start: middle, end: leaf.end },
      ] as const;
      const isLeftSmaller = middle - leaf.start < leaf.end - middle;
      const smaller = this.#counted(parts[isLeftSmaller ? 0 : 1], gradient, hessian, features);
      const larger = this.#remaining(parts[isLeftSmaller ? 1 : 0], leaf, smaller, features);
      open[at] = isLeftSmaller ? smaller : larger;
      open.push(isLeftSmaller ? larger : smaller);
    }
    for (const { cells } of open) this.#spareCells.push(cells);
    return { ...tree, leaves: open.map(({ node, start, end, totals }) => ({ node, start, end, totals })) };
  }

  #counted(part: Pick<OpenLeaf, 'node' | 'start' | 'end'>, gradient: Float32Array, hessian: Float32Array | undefined, features: Int32Array): OpenLeaf {
    const { start, end } = part;
    const cells = this.#spareCells.pop()?.fill(0) ?? new Float64Array(((this.#binned.offsets.at(-1) ?? 0) + 1) * cellWidth);
    const totals = { gradient: 0, hessian: 0, rows: end - start };
    for (let index = start; index < end; index++) {
      const row = this.order[index] as number;
      totals.gradient += this.#gradientInOrder[index] = gradient[row] as number;
      if (hessian !== undefined) totals.hessian += this.#hessianInOrder[index] = hessian[row] as number;
    }
    if (hessian === undefined) totals.hessian = totals.rows;
    const rows = { order: this.order, gradients: this.#gradientInOrder, hessians: hessian === undefined ? undefined : this.#hessianInOrder, start, end };
    for (let at = 0; at < features.length; at += 2) countPair(cells, rows, this.#columnOf(features[at]), this.#columnOf(features[at + 1]));
    return { ...part, cells, totals, split: this.#splitOf(cells, totals, features) };
  }

  #columnOf(feature: number | undefined): Column {
    const bins = this.#binned.columns[feature ?? -1];
    const offset = this.#binned.offsets[bins === undefined ? this.#binned.featureCount : (feature ?? 0)] ?? 0;
    return { bins: bins ?? this.#noBins, offset: offset * cellWidth };
  }

  #remaining(part: Pick<OpenLeaf, 'node' | 'start' | 'end'>, parent: OpenLeaf, sibling: OpenLeaf, features: Int32Array): OpenLeaf {
    const { cells } = parent;
    for (let cell = 0; cell < cells.length; cell++) cells[cell] = (cells[cell] as number) - (sibling.cells[cell] as number);
    const totals = {
      gradient: parent.totals.gradient - sibling.totals.gradient,
      hessian: parent.totals.hessian - sibling.totals.hessian,
      rows: parent.totals.rows - sibling.totals.rows,
    };
    return { ...part, cells, totals, split: this.#splitOf(cells, totals, features) };
  }

  #splitOf(cells: Float64Array, totals: LeafTotals, features: Int32Array): Split | undefined {
    return totals.rows < 2 * this.#rule.minLeafRows ? undefined : bestSplit({ cells, totals, features, offsets: this.#binned.offsets }, this.#rule);
  }

  /** Moves the rows that go left to the front of the leaf, both sides in their order; gives where the right ones begin. */
  #parted({ start, end }: OpenLeaf, { feature, bin, missingLeft }: Split): number {
    const column = this.#binned.columns[feature] ?? new Uint8Array();
    const { order } = this;
    let front = start;
    let asideCount = 0;
    for (let index = start; index < end; index++) {
      const row = order[index] as number;
      const found = column[row] as number;
      if (found === 0 ? missingLeft : found <= bin) order[front++] = row;
      else this.#aside[asideCount++] = row;
    }
    order.set(this.#aside.subarray(0, asideCount), front);
    return front;
  }
}

function mostPromising(open: readonly OpenLeaf[]): number {
  let best = -1;
  let gain = 0;
  for (const [index, { split }] of open.entries()) {
    if (split === undefined || split.gain <= gain) continue;
    gain = split.gain;
    best = index;
  }
  return best;
}

function addSplit(tree: Omit<GrownTree, 'leaves'>, node: number, { feature, bin, missingLeft }: Split, edge: number): void {
  tree.feature[node] = feature;
  tree.bin[node] = bin;
  tree.edge[node] = edge;
  tree.missingLeft[node] = missingLeft;
  tree.left[node] = tree.feature.length;
  tree.feature.push(-1, -1);
  tree.bin.push(0, 0);
  tree.edge.push(0, 0);
  tree.left.push(0, 0);
  tree.missingLeft.push(false, false);
}
