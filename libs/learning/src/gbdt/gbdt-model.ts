/** What a model was trained to tell. */
export type GbdtObjective =
  /** The mean; the score is the value. */
  | { readonly kind: 'squared' }
  /** The probability of target 1; the score is its log odds. */
  | { readonly kind: 'logistic' }
  /** The tau-quantile; the score is the value. @minimum 0 @maximum 1, both exclusive */
  | { readonly kind: 'quantile'; readonly tau: number }
  /** The probabilities of classes 0 .. classCount - 1; the scores are their logits. */
  | { readonly kind: 'softmax'; readonly classCount: number };

/** Boosted regression trees as plain arrays: nothing but this is needed to predict. */
export interface GbdtModel {
  readonly objective: GbdtObjective;
  readonly featureCount: number;
  /** Scores that a row gets at once: the classes of softmax, else 1. */
  readonly outputCount: number;
  /** The score of each output before the first tree. */
  readonly base: Float64Array;
  /** The first node of each tree; tree t belongs to output t % outputCount. */
  readonly roots: Int32Array;
  /** The feature that a node asks for; -1 is a leaf. */
  readonly feature: Int16Array;
  /** Values up to this go left. */
  readonly threshold: Float32Array;
  /** The left child; the right one comes right after it. */
  readonly left: Int32Array;
  /** 1 where a missing value goes left. */
  readonly missingLeft: Uint8Array;
  /** What a leaf adds to the score; of an inner node, the mean of its leaves over the training rows. */
  readonly value: Float32Array;
}

/** Scores of an objective with one output: the value, or log odds for `logistic`. @param row single precision, at least featureCount values from offset. */
export function predictGbdt(model: GbdtModel, row: Float32Array, offset = 0): number {
  const { roots, value } = model;
  let score = model.base[0] ?? 0;
  for (let tree = 0; tree < roots.length; tree++) score += value[leafOf(model, roots[tree] as number, row, offset)] as number;
  return score;
}

/** Probabilities of the classes of a `softmax` model; for other objectives the raw score. @param out of outputCount values. */
export function predictGbdtInto(model: GbdtModel, row: Float32Array, out: Float64Array, offset = 0): Float64Array {
  const { roots, value, outputCount } = model;
  out.set(model.base);
  for (let tree = 0; tree < roots.length; tree++) {
    const output = tree % outputCount;
    out[output] = (out[output] as number) + (value[leafOf(model, roots[tree] as number, row, offset)] as number);
  }
  return model.objective.kind === 'softmax' ? softmaxInPlace(out) : out;
}

/** The logistic function: log odds to a probability. */
export function probabilityOf(logOdds: number): number {
  return 1 / (1 + Math.exp(-logOdds));
}

/** Turns logits into probabilities that add up to 1. */
export function softmaxInPlace(logits: Float64Array): Float64Array {
  let greatest = Number.NEGATIVE_INFINITY;
  for (const logit of logits) greatest = Math.max(greatest, logit);
  let sum = 0;
  for (let index = 0; index < logits.length; index++) sum += logits[index] = Math.exp((logits[index] as number) - greatest);
  for (let index = 0; index < logits.length; index++) logits[index] = (logits[index] as number) / sum;
  return logits;
}

/** The mean score over the training rows, which contributions start from. */
export function expectedScore(model: GbdtModel, output = 0): number {
  let score = model.base[output] ?? 0;
  for (let tree = output; tree < model.roots.length; tree += model.outputCount) score += model.value[model.roots[tree] as number] as number;
  return score;
}

/**
 * How much each feature moved the score of a row away from {@link expectedScore}; adds up to the score less that.
 * Source: Saabas, Interpreting random forests, 2014: each split on a row's path gives its change of the mean to the feature it asks for.
 *
 * @example
 * contributions(model, Float32Array.of(12, 1)) // Float64Array [3.1, -0.2]
 */
export function contributions(model: GbdtModel, row: Float32Array, output = 0): Float64Array {
  const { roots, feature, value } = model;
  const byFeature = new Float64Array(model.featureCount);
  for (let tree = output; tree < roots.length; tree += model.outputCount) {
    let node = roots[tree] as number;
    while ((feature[node] as number) >= 0) {
      const child = childOf(model, node, row[feature[node] as number] as number);
      byFeature[feature[node] as number] = (byFeature[feature[node] as number] as number) + (value[child] as number) - (value[node] as number);
      node = child;
    }
  }
  return byFeature;
}

function leafOf(model: GbdtModel, root: number, row: Float32Array, offset: number): number {
  const { feature, threshold, left, missingLeft } = model;
  let node = root;
  let asked = feature[node] as number;
  while (asked >= 0) {
    const found = row[offset + asked] as number;
    // NaN compares with nothing: only then the learned side counts.
    const goesLeft = found <= (threshold[node] as number) || (found !== found && missingLeft[node] === 1);
    node = (left[node] as number) + (goesLeft ? 0 : 1);
    asked = feature[node] as number;
  }
  return node;
}

function childOf({ threshold, left, missingLeft }: GbdtModel, node: number, found: number): number {
  const goesLeft = Number.isNaN(found) ? missingLeft[node] === 1 : found <= (threshold[node] as number);
  return (left[node] as number) + (goesLeft ? 0 : 1);
}
