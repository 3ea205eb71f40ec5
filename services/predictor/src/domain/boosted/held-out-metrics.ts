import { median } from '@orrery/stats';
import { pinballLoss } from '../tracking/score.js';
import { boostedLevels } from './boosted-model.js';

/** What a candidate said of rows, as ln(predicted / reference); NaN where it said nothing. One list for a single number, three for an interval. */
export type LogPredictions = readonly Float64Array[];

/** How good a candidate was on rows it had never seen. */
export interface CandidateMetrics {
  readonly rows: number;
  /** Pinball loss of the median in ln units: 0.05 is a typical error of about 10 %. */
  readonly pinball: number | null;
  /** Mean over the 10, 50 and 90 % quantiles; null for a candidate that says a single number. */
  readonly pinballOfInterval: number | null;
  /** Median of |predicted - actual| / actual. */
  readonly mdape: number | null;
  /** Share of predictions within 25 % of what happened. */
  readonly within25: number | null;
  /** Share of what happened that lay within the 80 % interval. */
  readonly coverage80: number | null;
}

/** Pinball losses of a quantile on each row, in ln units. */
export function quantileLosses(level: number, predicted: Float64Array, actual: Float64Array): Float64Array {
  return predicted.map((ratio, row) => pinballLoss(level, ratio, actual[row] ?? Number.NaN));
}

/** Mean losses of the three quantiles on each row. */
export function intervalLosses(predictions: LogPredictions, actual: Float64Array): Float64Array {
  const losses = boostedLevels.map((level, index) => quantileLosses(level, predictions[index] ?? new Float64Array(), actual));
  return actual.map((_, row) => losses.reduce((sum, ofLevel) => sum + (ofLevel[row] ?? Number.NaN), 0) / losses.length);
}

/** @param actual ln(actual / reference) of each row. */
export function measureCandidate(predictions: LogPredictions, actual: Float64Array): CandidateMetrics {
  const isInterval = predictions.length === 3;
  const middle = predictions[isInterval ? 1 : 0] ?? new Float64Array();
  const errors = [...middle].flatMap((ratio, row) => (Number.isNaN(ratio) ? [] : [Math.abs(Math.expm1(ratio - (actual[row] ?? Number.NaN)))]));
  return {
    rows: errors.length,
    pinball: meanOf(quantileLosses(0.5, middle, actual)),
    pinballOfInterval: isInterval ? meanOf(intervalLosses(predictions, actual)) : null,
    mdape: errors.length === 0 ? null : median(errors),
    within25: errors.length === 0 ? null : errors.filter((error) => error <= 0.25).length / errors.length,
    coverage80: isInterval ? coverageOf(predictions, actual) : null,
  };
}

function coverageOf([low, , high]: LogPredictions, actual: Float64Array): number | null {
  if (actual.length === 0) return null;
  return actual.filter((ratio, row) => (low?.[row] ?? 0) <= ratio && ratio <= (high?.[row] ?? 0)).length / actual.length;
}

/** NaN values do not count; null for none. */
export function meanOf(values: Float64Array): number | null {
  let [sum, count] = [0, 0];
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    sum += value;
    count++;
  }
  return count === 0 ? null : sum / count;
}

/** How often what happened lay below a quantile; alike where a model is calibrated. */
export interface CalibrationPoint {
  readonly nominal: number;
  readonly observed: number;
}

/** Quantiles of the standard normal. */
const plotted = [
  [0.05, -1.6449],
  [0.1, -1.2816],
  [0.25, -0.6745],
  [0.5, 0],
  [0.75, 0.6745],
  [0.9, 1.2816],
  [0.95, 1.6449],
] as const;
const tailDeviations = 1.2816;

/** Points of a calibration plot; quantiles between and beyond the three come from a normal that is split at the median and goes through them. */
export function calibrationOf([low, middle, high]: LogPredictions, actual: Float64Array): readonly CalibrationPoint[] {
  return plotted.map(([nominal, deviations]) => {
    const side = deviations < 0 ? low : high;
    const isBelow = (ratio: number, row: number) => {
      const centre = middle?.[row] ?? Number.NaN;
      return ratio <= centre + (deviations * Math.abs((side?.[row] ?? Number.NaN) - centre)) / tailDeviations;
    };
    return { nominal, observed: actual.length === 0 ? Number.NaN : actual.filter(isBelow).length / actual.length };
  });
}
