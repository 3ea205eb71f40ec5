import { OrreryError } from '@orrery/errors';
import { fitGbdt, type GbdtModel } from '@orrery/learning';
import { boostedLevels, boostedLogRatios, type BoostedModel, type BoostedTarget } from './boosted-model.js';
import { boostedRows, type BoostedRow } from './boosted-rows.js';
import { reportBoosted } from './report-boosted.js';
import { splitByTime, type TimeSplit } from './time-split.js';
import type { TrainingControl, TrainingReport } from './training-report.js';
import type { PastExecution } from './past-execution.js';

export interface BoostedTraining extends TrainingControl {
  readonly target: BoostedTarget;
  /** Rounds at most. @default 300 */
  readonly trees?: number;
  /** The model that serves now, which is measured on the same rows. */
  readonly champion?: { readonly version: number; readonly model: BoostedModel } | null;
}

export interface FittedBoosted {
  readonly model: BoostedModel;
  readonly report: TrainingReport;
}

/** Executions that can be learned from before training makes sense: 30 are then held out. */
export const fewestExamples = 200;

interface Shape {
  readonly leaves: number;
  readonly learningRate: number;
  readonly minLeafRows: number;
}

/** From coarse to fine. Few, so that what is chosen by validation is hardly chosen by chance. */
const shapes: readonly Shape[] = [
  { leaves: 7, learningRate: 0.1, minLeafRows: 40 },
  { leaves: 15, learningRate: 0.08, minLeafRows: 20 },
  { leaves: 31, learningRate: 0.05, minLeafRows: 20 },
];
const earlyStoppingRounds = 25;
/** A finer shape must lower the validation loss by this share to be taken. */
const leastGain = 0.005;

/**
 * Trains gradient-boosted trees for the 10, 50 and 90 % quantiles of a duration or a peak of memory, relative to what the history alone
 * said. Learns from the oldest 70 %, stops and chooses by the next 15 %, and is measured on the newest 15 %, beside the history, the plain
 * rules and the model that serves now.
 *
 * @throws ORRERY_VALIDATION when there are too few examples, ORRERY_CONFLICT when it was told to stop.
 */
export function fitBoosted(examples: readonly PastExecution[], training: BoostedTraining): FittedBoosted {
  const { target, seed, onProgress } = training;
  const rows = boostedRows(examples, target);
  if (rows.length < fewestExamples) throw tooFew(target, rows.length);
  const split = splitByTime(rows);
  if (Math.min(split.training.length, split.validation.length, split.heldOut.length) < fewestExamples / 10) throw tooFew(target, split.training.length);
  const fitter = new QuantileFitter(split, training);
  const { shape, model: middle } = fitter.choose();
  const low = fitter.fit(0.1, shape).model;
  const high = fitter.fit(0.9, shape).model;
  onProgress?.({ phase: 'measuring', share: 0.95, words: `${split.heldOut.length} newest executions` });
  const model = withMargins({ target, low, middle, high, lowerMargin: 0, upperMargin: 0 }, split.validation);
  const treeCounts = { trees_10: low.roots.length, trees_50: middle.roots.length, trees_90: high.roots.length };
  const report = reportBoosted(model, split, {
    usable: rows.length,
    hyperParameters: { leaves: shape.leaves, learning_rate: shape.learningRate, min_leaf_rows: shape.minLeafRows, ...treeCounts, lower_margin: model.lowerMargin, upper_margin: model.upperMargin, seed },
    champion: training.champion ?? null,
  });
  return { model, report };
}

class QuantileFitter {
  readonly #training: { readonly features: Float32Array; readonly targets: Float64Array; readonly rowCount: number };
  readonly #validation: { readonly features: Float32Array; readonly targets: Float64Array; readonly rowCount: number };
  readonly #featureCount: number;
  readonly #fitCount = shapes.length + 2;
  #fitted = 0;

  constructor(
    split: TimeSplit<BoostedRow>,
    private readonly options: BoostedTraining,
  ) {
    this.#featureCount = Math.min(...[...split.training, ...split.validation].map(({ example }) => example.features.length));
    this.#training = matrixOf(split.training, this.#featureCount);
    this.#validation = matrixOf(split.validation, this.#featureCount);
  }

  /** The shape whose median does best on the validation rows, and that median. */
  choose(): { readonly shape: Shape; readonly model: GbdtModel } {
    const tried = shapes.map((shape) => ({ shape, ...this.fit(0.5, shape) }));
    return tried.reduce((best, candidate) => (candidate.loss < best.loss * (1 - leastGain) ? candidate : best));
  }

  fit(tau: (typeof boostedLevels)[number], shape: Shape): { readonly model: GbdtModel; readonly loss: number } {
    const { seed, trees = 300 } = this.options;
    let loss = Number.POSITIVE_INFINITY;
    const model = fitGbdt({
      ...this.#training,
      ...shape,
      featureCount: this.#featureCount,
      validation: this.#validation,
      objective: { kind: 'quantile', tau },
      ...{ trees, earlyStoppingRounds, seed, columnSample: 0.8 },
      onRound: (round, validationLoss) => {
        loss = Math.min(loss, validationLoss);
        this.#tell({ tau, round, trees, loss });
        return undefined;
      },
    });
    this.#fitted++;
    return { model, loss };
  }

  #tell({ tau, round, trees, loss }: { readonly tau: number; readonly round: number; readonly trees: number; readonly loss: number }): void {
    if (this.options.shouldStop?.() === true) throw new OrreryError('ORRERY_CONFLICT', `the training was stopped in round ${round + 1}`);
    const share = (0.9 * (this.#fitted + (round + 1) / trees)) / this.#fitCount;
    this.options.onProgress?.({ phase: 'training', share, words: `quantile ${tau}, tree ${round + 1} of ${trees}, validation loss ${loss.toFixed(4)}` });
  }
}

function matrixOf(rows: readonly BoostedRow[], featureCount: number) {
  const features = new Float32Array(rows.length * featureCount);
  rows.forEach(({ example }, row) => features.set(example.features.subarray(0, featureCount), row * featureCount));
  return { features, targets: Float64Array.from(rows, ({ logRatio }) => logRatio), rowCount: rows.length };
}

/**
 * Widens or narrows the interval so that it holds 80 % of the validation rows, each side for itself.
 * Source: Romano, Patterson and Candès, Conformalized quantile regression, 2019, arXiv 1905.03222, theorem 2.
 */
function withMargins(model: BoostedModel, validation: readonly BoostedRow[]): BoostedModel {
  const predicted = validation.map(({ example, logRatio }) => ({ ratios: boostedLogRatios(model, example.features), logRatio }));
  return {
    ...model,
    lowerMargin: conformalMargin(predicted.map(({ ratios, logRatio }) => ratios[0] - logRatio)),
    upperMargin: conformalMargin(predicted.map(({ ratios, logRatio }) => logRatio - ratios[2])),
  };
}

function conformalMargin(shortfalls: readonly number[]): number {
  const rising = [...shortfalls].sort((left, right) => left - right);
  return rising[Math.min(Math.ceil(0.9 * (rising.length + 1)), rising.length) - 1] ?? 0;
}

function tooFew(target: BoostedTarget, count: number): OrreryError {
  const what = target === 'duration' ? 'a duration and a history before them' : 'a measured peak of memory and a history before them';
  return new OrreryError('ORRERY_VALIDATION', `too few examples: there are ${count} successful executions with ${what}, ${fewestExamples} are needed`, { details: { found: count, needed: fewestExamples } });
}
