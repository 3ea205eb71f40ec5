import { seededRandom, type Random } from '@orrery/stats';
import { binFeatures, type BinnedFeatures } from './binning.js';
import { Forest } from './forest.js';
import type { GbdtModel } from './gbdt-model.js';
import { settingsOf, type GbdtOptions, type Settings } from './gbdt-options.js';
import { lossOf, meanLoss, type Loss } from './objective.js';
import { quantileInPlace, weightedQuantile } from './residual-quantile.js';
import { TreeGrower, type GrownTree } from './tree-growth.js';

/**
 * Trains gradient-boosted regression trees on histograms (Friedman 2001, doi 10.1214/aos/1013203451; growth and missing values as in LightGBM,
 * Ke et al. 2017). Equal options give equal bytes on every machine of the same arithmetic.
 *
 * @throws ORRERY_VALIDATION when shapes, targets or settings do not fit together.
 * @example
 * fitGbdt({ features, rowCount: 1000, featureCount: 8, targets, objective: { kind: 'quantile', tau: 0.9 }, trees: 100, leaves: 15, learningRate: 0.1, seed: 1 })
 */
export function fitGbdt(options: GbdtOptions): GbdtModel {
  return new Boosting(settingsOf(options)).run();
}

/** A probability that is off by less leaves little to learn. */
const quietGradient = 0.02;

interface ChosenRows {
  /** Rows that a tree is grown on. */
  readonly rows: Int32Array;
  readonly others: Int32Array;
}

class Boosting {
  readonly #settings: Settings;
  readonly #random: Random;
  readonly #binned: BinnedFeatures;
  readonly #loss: Loss;
  readonly #grower: TreeGrower;
  readonly #forest: Forest;
  readonly #scores: Float64Array;
  readonly #gradient: Float32Array;
  readonly #hessian: Float32Array;
  readonly #validationScores: Float64Array;
  readonly #allRows: Int32Array;
  readonly #isProbability: boolean;

  constructor(settings: Settings) {
    const { rowCount, featureCount, targets, weights, objective, validation } = settings;
    this.#settings = settings;
    this.#random = seededRandom(settings.seed);
    this.#binned = binFeatures(settings.features, rowCount, featureCount, settings.bins);
    this.#loss = lossOf(objective, { targets, weights });
    const base = this.#loss.base();
    this.#grower = new TreeGrower(this.#binned, { ...settings, isHessianOne: this.#loss.isHessianOne });
    this.#forest = new Forest(objective, featureCount, base);
    this.#scores = new Float64Array(rowCount * base.length);
    this.#validationScores = new Float64Array((validation?.rowCount ?? 0) * base.length);
    base.forEach((score, output) => {
      this.#scores.fill(score, output * rowCount, (output + 1) * rowCount);
      this.#validationScores.fill(score, output * (validation?.rowCount ?? 0), (output + 1) * (validation?.rowCount ?? 0));
    });
    this.#allRows = new Int32Array(rowCount).map((_, row) => row);
    this.#isProbability = objective.kind === 'logistic' || objective.kind === 'softmax';
    this.#gradient = new Float32Array(rowCount);
    this.#hessian = new Float32Array(rowCount);
  }

  run(): GbdtModel {
    const { trees, objective, validation, earlyStoppingRounds, onRound } = this.#settings;
    let lowest = Number.POSITIVE_INFINITY;
    let keptRounds = 0;
    for (let round = 0; round < trees; round++) {
      this.#round();
      const loss = validation === undefined ? Number.NaN : meanLoss(objective, this.#validationScores, validation.targets);
      if (loss < lowest || earlyStoppingRounds === undefined || validation === undefined) {
        lowest = loss;
        keptRounds = round + 1;
      }
      if (onRound?.(round, loss) === false) break;
      if (earlyStoppingRounds !== undefined && round + 1 - keptRounds >= earlyStoppingRounds) break;
    }
    return this.#forest.model(keptRounds * this.#loss.outputCount);
  }

  #round(): void {
    const { rowCount } = this.#settings;
    this.#loss.prepare(this.#scores);
    const seen = this.#chosenRows();
    for (let output = 0; output < this.#loss.outputCount; output++) {
      const scores = this.#scores.subarray(output * rowCount, (output + 1) * rowCount);
      this.#loss.gradients(output, this.#scores, this.#gradient, this.#hessian);
      const chosen = this.#withFewerQuiet(seen);
      this.#grower.order.set(chosen.rows);
      const tree = this.#grower.grow(chosen.rows.length, this.#gradient, this.#loss.isHessianOne ? undefined : this.#hessian, this.#chosenFeatures());
      const values = tree.leaves.map((leaf) => Math.fround(this.#settings.learningRate * this.#leafValue(leaf, scores)));
      this.#addTo(scores, tree, values, chosen.others);
      this.#forest.add(tree, values);
      this.#addToValidation(output);
    }
  }

  #leafValue({ start, end, totals }: GrownTree['leaves'][number], scores: Float64Array): number {
    const { tau } = this.#loss;
    if (tau === undefined) return totals.hessian + this.#settings.lambda === 0 ? 0 : totals.gradient / (totals.hessian + this.#settings.lambda);
    const { targets, weights } = this.#settings;
    const rows = this.#grower.order.subarray(start, end);
    const residuals = new Float64Array(rows.length);
    for (let at = 0; at < rows.length; at++) residuals[at] = (targets[rows[at] as number] as number) - (scores[rows[at] as number] as number);
    return weights === undefined ? quantileInPlace(residuals, tau) : weightedQuantile(residuals, Float64Array.from(rows, (row) => weights[row] as number), tau);
  }

  #addTo(scores: Float64Array, tree: GrownTree, values: readonly number[], others: Int32Array): void {
    const valueOf = new Float64Array(tree.feature.length);
    tree.leaves.forEach(({ node, start, end }, index) => {
      const value = values[index] as number;
      valueOf[node] = value;
      for (let at = start; at < end; at++) {
        const row = this.#grower.order[at] as number;
        scores[row] = (scores[row] as number) + value;
      }
    });
    for (const row of others) scores[row] = (scores[row] as number) + (valueOf[this.#leafOf(tree, row)] as number);
  }

  #leafOf(tree: GrownTree, row: number): number {
    let node = 0;
    for (let feature = tree.feature[0] as number; feature >= 0; feature = tree.feature[node] as number) {
      const found = this.#binned.columns[feature]?.[row] as number;
      const goesLeft = found === 0 ? tree.missingLeft[node] : found <= (tree.bin[node] as number);
      node = (tree.left[node] as number) + (goesLeft ? 0 : 1);
    }
    return node;
  }

  #addToValidation(output: number): void {
    const { validation, featureCount } = this.#settings;
    if (validation === undefined) return;
    const scores = this.#validationScores;
    for (let row = 0; row < validation.rowCount; row++) {
      const at = output * validation.rowCount + row;
      scores[at] = (scores[at] as number) + this.#forest.lastTreeValue(validation.features, row * featureCount);
    }
  }

  /** Leaves most rows with little to learn from out; those that stay weigh for them. */
  #withFewerQuiet({ rows, others }: ChosenRows): ChosenRows {
    const { rowCount, quietRowSample } = this.#settings;
    if (quietRowSample >= 1 || !this.#isProbability) return { rows, others };
    const kept = new Int32Array(rows.length);
    const left = new Int32Array(rowCount);
    left.set(others);
    let [keptCount, leftCount] = [0, others.length];
    for (const row of rows) {
      const isQuiet = Math.abs(this.#gradient[row] as number) < quietGradient;
      if (isQuiet && this.#random.next() >= quietRowSample) left[leftCount++] = row;
      else kept[keptCount++] = row;
      if (!isQuiet) continue;
      this.#gradient[row] = (this.#gradient[row] as number) / quietRowSample;
      this.#hessian[row] = (this.#hessian[row] as number) / quietRowSample;
    }
    return { rows: kept.subarray(0, keptCount), others: left.subarray(0, leftCount) };
  }

  #chosenRows(): ChosenRows {
    const { rowCount, rowSample } = this.#settings;
    if (rowSample >= 1) return { rows: this.#allRows, others: new Int32Array() };
    const rows = new Int32Array(rowCount);
    const others = new Int32Array(rowCount);
    let chosen = 0;
    let left = 0;
    for (let row = 0; row < rowCount; row++) {
      if (this.#random.next() < rowSample) rows[chosen++] = row;
      else others[left++] = row;
    }
    return { rows: rows.subarray(0, chosen), others: others.subarray(0, left) };
  }

  #chosenFeatures(): Int32Array {
    const { featureCount, columnSample } = this.#settings;
    const features = Int32Array.from({ length: featureCount }, (_, feature) => feature);
    const wanted = Math.max(1, Math.round(columnSample * featureCount));
    if (wanted >= featureCount) return features;
    for (let at = 0; at < wanted; at++) {
      const other = at + this.#random.below(featureCount - at);
      [features[at], features[other]] = [features[other] as number, features[at] as number];
    }
    return features.subarray(0, wanted).sort();
  }
}
