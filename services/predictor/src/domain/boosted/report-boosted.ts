import { floorNames } from '../estimate/floors.js';
import { boostedLevels, boostedLogRatios, type BoostedModel } from './boosted-model.js';
import type { BoostedRow } from './boosted-rows.js';
import { calibrationOf, intervalLosses, measureCandidate, quantileLosses, type CandidateMetrics, type LogPredictions } from './held-out-metrics.js';
import { compareLosses, type Comparison } from './paired-comparison.js';
import type { TimeSplit } from './time-split.js';
import type { TrainingReport } from './training-report.js';

export interface BoostedTrainingFacts {
  readonly usable: number;
  readonly hyperParameters: TrainingReport['hyperParameters'];
  readonly champion: { readonly version: number; readonly model: BoostedModel } | null;
}

/** Measures a model on the held-out rows, beside all that could have answered in its place. */
export function reportBoosted(model: BoostedModel, split: TimeSplit<BoostedRow>, { usable, hyperParameters, champion }: BoostedTrainingFacts): TrainingReport {
  const { training, validation, heldOut } = split;
  const actual = Float64Array.from(heldOut, ({ logRatio }) => logRatio);
  const own = predictionsOf(model, heldOut);
  const rivals = plainRivals(model, heldOut);
  const present = champion === null ? [] : [{ name: `champion ${champion.version}`, predictions: predictionsOf(champion.model, heldOut) }];
  const groups = heldOut.map(({ example }) => example.runId);
  const measured = [{ name: 'boosted_trees', predictions: own }, ...present, ...rivals].map(({ name, predictions }) => [name, metricsOf(measureCandidate(predictions, actual))] as const);
  return {
    rows: { usable, training: training.length, validation: validation.length, heldOut: heldOut.length },
    window: { fromMs: training[0]?.startedAtMs ?? 0, untilMs: heldOut.at(-1)?.startedAtMs ?? 0, heldOutFromMs: heldOut[0]?.startedAtMs ?? 0 },
    hyperParameters,
    chosenBy: 'the pinball loss of the median on the validation part, among three shapes; the number of trees by early stopping on the same part',
    candidate: measured[0]?.[0] ?? '',
    metrics: Object.fromEntries(measured),
    calibration: calibrationOf(own, actual),
    comparisons: [...present.map((rival) => againstInterval(rival, own, { actual, groups })), ...rivals.map((rival) => againstNumber(rival, own, { actual, groups }))],
    lossName: 'pinball loss in ln units',
  };
}

interface Rival {
  readonly name: string;
  readonly predictions: LogPredictions;
}

interface HeldOut {
  readonly actual: Float64Array;
  readonly groups: readonly string[];
}

/** A champion has an interval too: all three quantiles count. */
function againstInterval({ name, predictions }: Rival, own: LogPredictions, { actual, groups }: HeldOut): Comparison {
  return compareLosses(name, intervalLosses(own, actual), intervalLosses(predictions, actual), groups);
}

/** Plain rules say a single number, so that only the median can be held against it. */
function againstNumber({ name, predictions }: Rival, own: LogPredictions, { actual, groups }: HeldOut): Comparison {
  return compareLosses(name, quantileLosses(0.5, own[1] ?? new Float64Array(), actual), quantileLosses(0.5, predictions[0] ?? new Float64Array(), actual), groups);
}

function predictionsOf(model: BoostedModel, rows: readonly BoostedRow[]): LogPredictions {
  const ratios = rows.map(({ example }) => boostedLogRatios(model, example.features));
  return boostedLevels.map((_, index) => Float64Array.from(ratios, (ofRow) => ofRow[index] ?? Number.NaN));
}

function plainRivals({ target }: BoostedModel, rows: readonly BoostedRow[]): readonly Rival[] {
  const history = { name: 'history', predictions: [new Float64Array(rows.length)] };
  if (target === 'memory') return [history];
  const floors = floorNames.map((name, index) => ({ name, predictions: [Float64Array.from(rows, ({ example, reference }) => lnRatio(example.floorsMs[index], reference))] }));
  return [history, ...floors];
}

function lnRatio(value: number | undefined, reference: number): number {
  return value !== undefined && value > 0 ? Math.log(value / reference) : Number.NaN;
}

function metricsOf({ rows, pinball, pinballOfInterval, mdape, within25, coverage80 }: CandidateMetrics): Readonly<Record<string, number | null>> {
  return { rows, pinball, pinball_of_interval: pinballOfInterval, mdape, within_25: within25, coverage_80: coverage80 };
}
