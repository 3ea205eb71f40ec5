import { OrreryError } from '@orrery/errors';
import { brierScore, prAuc, rocAuc } from '@orrery/learning';
import { compareLosses, fewestExamples, splitByTime, type CalibrationPoint, type Comparison, type PastExecution, type TimeSplit, type TrainingControl, type TrainingReport } from '../../domain/boosted/index.js';
import { failureFeatureNames, failureProbability, failureSettings, fitFailure, type FailureModel } from '../../domain/failure/index.js';

const failures: ReadonlySet<string> = new Set(['failure', 'error', 'timeout']);

/** Failures, and successes, that each part needs so that its figures mean something. */
const fewestOfEach = { training: 20, validation: 5, heldOut: 5 } as const;

/** Keeps the loss of a certain and wrong prediction finite. */
const leastProbability = 1e-3;

/** Probabilities of each held-out row; NaN where there is none. */
interface Candidate {
  readonly name: string;
  readonly probabilities: Float64Array;
}

export interface FailureTrainingOptions extends TrainingControl {
  readonly champion: { readonly version: number; readonly model: FailureModel } | null;
}

/**
 * Trains a model of failures: learns from the oldest 70 %, stops and calibrates by the next 15 %, and is measured on the newest 15 %,
 * beside the share that failed before, the rates of the past, and the model that serves now.
 *
 * @param examples in the order in which they began.
 * @throws ORRERY_VALIDATION when there are too few examples or failures, ORRERY_CONFLICT when it was told to stop.
 */
export function trainFailure(examples: readonly PastExecution[], options: FailureTrainingOptions): { readonly model: FailureModel; readonly report: TrainingReport } {
  const split = splitByTime(examples.filter(isUsable));
  checkAmounts(split);
  const model = fitFailure({
    training: rowsOf(split.training),
    validation: rowsOf(split.validation),
    seed: options.seed,
    onRound: (round, validationLoss) => {
      if (options.shouldStop?.() === true) throw new OrreryError('ORRERY_CONFLICT', `the training was stopped in round ${round + 1}`);
      options.onProgress?.({ phase: 'training', share: (0.95 * (round + 1)) / failureSettings.trees, words: `tree ${round + 1} of ${failureSettings.trees}, validation loss ${validationLoss.toFixed(4)}` });
      return undefined;
    },
  });
  return { model, report: reportOf(model, split, options) };
}

function isUsable({ outcome, failureFeatures }: PastExecution): boolean {
  return (outcome === 'success' || hasFailed(outcome)) && failureFeatures.length === failureFeatureNames.length;
}

function hasFailed(outcome: string): boolean {
  return failures.has(outcome);
}

function rowsOf(examples: readonly PastExecution[]) {
  return { features: examples.map(({ failureFeatures }) => failureFeatures), failed: examples.map(({ outcome }) => hasFailed(outcome)) };
}

function checkAmounts(split: TimeSplit<PastExecution>): void {
  const all = [...split.training, ...split.validation, ...split.heldOut];
  const needed = `${fewestExamples} are needed, among them at least ${fewestOfEach.training} failures and as many successes to learn from, and ${fewestOfEach.heldOut} of each among the newest`;
  const isEnough = (Object.keys(fewestOfEach) as (keyof typeof fewestOfEach)[]).every((part) => {
    const failed = split[part].filter(({ outcome }) => hasFailed(outcome)).length;
    return Math.min(failed, split[part].length - failed) >= fewestOfEach[part];
  });
  if (all.length >= fewestExamples && isEnough) return;
  const failed = all.filter(({ outcome }) => hasFailed(outcome)).length;
  throw new OrreryError('ORRERY_VALIDATION', `too few examples: there are ${all.length} executions with a result, ${failed} of which failed; ${needed}`, { details: { found: all.length, failed, needed: fewestExamples } });
}

function reportOf(model: FailureModel, split: TimeSplit<PastExecution>, { champion, seed }: FailureTrainingOptions): TrainingReport {
  const { training, validation, heldOut } = split;
  const truth = heldOut.map(({ outcome }) => Number(hasFailed(outcome)));
  const probabilitiesOf = ({ name, of }: { readonly name: string; readonly of: FailureModel }): Candidate => ({ name, probabilities: Float64Array.from(heldOut, ({ failureFeatures }) => failureProbability(of, failureFeatures)) });
  const own = probabilitiesOf({ name: 'boosted_trees', of: model });
  const present = champion === null ? [] : [probabilitiesOf({ name: `champion ${champion.version}`, of: champion.model })];
  const rivals = [...present, ...plainRivals(training, heldOut)];
  const groups = heldOut.map(({ runId }) => runId);
  const ownLosses = lossesOf(own, truth);
  return {
    rows: { usable: training.length + validation.length + heldOut.length, training: training.length, validation: validation.length, heldOut: heldOut.length },
    window: { fromMs: training[0]?.startedAtMs ?? 0, untilMs: heldOut.at(-1)?.startedAtMs ?? 0, heldOutFromMs: heldOut[0]?.startedAtMs ?? 0 },
    hyperParameters: { leaves: failureSettings.leaves, learning_rate: failureSettings.learningRate, min_leaf_rows: failureSettings.minLeafRows, trees: model.trees.roots.length, seed },
    chosenBy: 'settings are fixed; the number of trees by early stopping on the validation part, which calibrates the probabilities too',
    candidate: own.name,
    metrics: Object.fromEntries([own, ...rivals].map((candidate) => [candidate.name, metricsOf(candidate, truth)])),
    calibration: calibrationOf(own, truth),
    comparisons: rivals.map((rival): Comparison => compareLosses(rival.name, ownLosses, lossesOf(rival, truth), groups)),
    lossName: 'log loss in nats',
  };
}

/** What could be said without a model: the share that failed, and rates that the history tells. */
function plainRivals(training: readonly PastExecution[], heldOut: readonly PastExecution[]): readonly Candidate[] {
  const share = training.filter(({ outcome }) => hasFailed(outcome)).length / training.length;
  const rates = ['rate_of_10', 'rate_of_all'] as const;
  const ofRate = (name: (typeof rates)[number]): Candidate => {
    const feature = failureFeatureNames.indexOf(name);
    return { name, probabilities: Float64Array.from(heldOut, ({ failureFeatures }) => failureFeatures[feature] ?? Number.NaN) };
  };
  return [{ name: 'share_before', probabilities: new Float64Array(heldOut.length).fill(share) }, ...rates.map(ofRate)];
}

function lossesOf({ probabilities }: Candidate, truth: readonly number[]): Float64Array {
  return probabilities.map((probability, row) => {
    const ofTruth = truth[row] === 1 ? probability : 1 - probability;
    return Number.isNaN(probability) ? Number.NaN : -Math.log(Math.max(ofTruth, leastProbability));
  });
}

function metricsOf(candidate: Candidate, truth: readonly number[]): Readonly<Record<string, number | null>> {
  const answered = [...candidate.probabilities].flatMap((probability, row) => (Number.isNaN(probability) ? [] : [{ probability, isFailed: truth[row] ?? 0 }]));
  if (answered.length === 0) return { rows: 0, log_loss: null, brier: null, roc_auc: null, pr_auc: null, failure_recall: null, failure_precision: null };
  const [isFailed, probabilities] = [answered.map((row) => row.isFailed), answered.map(({ probability }) => probability)];
  const losses = lossesOf({ name: '', probabilities: Float64Array.from(probabilities) }, isFailed);
  const called = answered.filter(({ probability }) => probability >= 0.5);
  const right = called.filter((row) => row.isFailed === 1).length;
  return {
    rows: answered.length,
    log_loss: losses.reduce((sum, loss) => sum + loss, 0) / losses.length,
    brier: brierScore(isFailed, probabilities),
    roc_auc: numberOrNull(rocAuc(isFailed, probabilities)),
    pr_auc: numberOrNull(prAuc(isFailed, probabilities)),
    failure_recall: numberOrNull(right / isFailed.filter((failed) => failed === 1).length),
    failure_precision: numberOrNull(right / called.length),
  };
}

function numberOrNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

const plottedGroups = 8;

/** Groups of like probability: what was said on average, and how many of them failed. */
function calibrationOf({ probabilities }: Candidate, truth: readonly number[]): readonly CalibrationPoint[] {
  const rising = [...probabilities].map((probability, row) => ({ probability, isFailed: truth[row] ?? 0 })).sort((left, right) => left.probability - right.probability);
  return Array.from({ length: plottedGroups }, (_, group) => {
    const rows = rising.slice(Math.floor((group * rising.length) / plottedGroups), Math.floor(((group + 1) * rising.length) / plottedGroups));
    const mean = (value: (row: (typeof rows)[number]) => number) => rows.reduce((sum, row) => sum + value(row), 0) / rows.length;
    return { nominal: mean(({ probability }) => probability), observed: mean(({ isFailed }) => isFailed) };
  }).filter(({ nominal }) => !Number.isNaN(nominal));
}
