import type { GbdtModel, GbdtObjective } from './gbdt-model.js';
import type { GrownTree } from './tree-growth.js';

/** Trees while more are grown; {@link model} makes them plain arrays. */
export class Forest {
  readonly #objective: GbdtObjective;
  readonly #featureCount: number;
  readonly #base: Float64Array;
  readonly #trees: { readonly tree: GrownTree; readonly values: Float64Array }[] = [];

  constructor(objective: GbdtObjective, featureCount: number, base: Float64Array) {
    this.#objective = objective;
    this.#featureCount = featureCount;
    this.#base = base;
  }

  /** @param values what each leaf of the tree adds to the score. */
  add(tree: GrownTree, values: readonly number[]): void {
    this.#trees.push({ tree, values: nodeValues(tree, values) });
  }

  /** What the last tree adds to the score of a row. */
  lastTreeValue(features: Float32Array, offset: number): number {
    const last = this.#trees.at(-1);
    if (last === undefined) return 0;
    const { tree, values } = last;
    let node = 0;
    for (let feature = tree.feature[0] as number; feature >= 0; feature = tree.feature[node] as number) {
      const found = features[offset + feature] as number;
      const goesLeft = Number.isNaN(found) ? tree.missingLeft[node] : found <= (tree.edge[node] as number);
      node = (tree.left[node] as number) + (goesLeft ? 0 : 1);
    }
    return values[node] as number;
  }

  /** The first so many trees as a model. */
  model(treeCount: number): GbdtModel {
    const trees = this.#trees.slice(0, treeCount);
    const nodeCount = trees.reduce((sum, { tree }) => sum + tree.feature.length, 0);
    const model = {
      ...{ objective: this.#objective, featureCount: this.#featureCount, outputCount: this.#base.length, base: this.#base },
      roots: new Int32Array(trees.length),
      feature: new Int16Array(nodeCount),
      threshold: new Float32Array(nodeCount),
      left: new Int32Array(nodeCount),
      missingLeft: new Uint8Array(nodeCount),
      value: new Float32Array(nodeCount),
    };
    let first = 0;
    for (const [index, { tree, values }] of trees.entries()) {
      model.roots[index] = first;
      model.feature.set(tree.feature, first);
      model.threshold.set(tree.edge, first);
      model.left.set(tree.left.map((child) => (child === 0 ? 0 : child + first)), first);
      model.missingLeft.set(tree.missingLeft.map(Number), first);
      model.value.set(values, first);
      first += tree.feature.length;
    }
    return model;
  }
}

// Children come after their parents: going backwards, both are known when the parent's mean is due.
function nodeValues(tree: GrownTree, leafValues: readonly number[]): Float64Array {
  const values = new Float64Array(tree.feature.length);
  const rows = new Float64Array(tree.feature.length);
  tree.leaves.forEach(({ node, start, end }, index) => {
    values[node] = leafValues[index] as number;
    rows[node] = end - start;
  });
  for (let node = tree.feature.length - 1; node >= 0; node--) {
    if ((tree.feature[node] as number) < 0) continue;
    const left = tree.left[node] as number;
    const [leftRows, rightRows] = [rows[left] as number, rows[left + 1] as number];
    rows[node] = leftRows + rightRows;
    values[node] = ((values[left] as number) * leftRows + (values[left + 1] as number) * rightRows) / (leftRows + rightRows);
  }
  return values;
}
