import { relative, type SeriesWindow, type WindowShape } from '@orrery/learning';

/** Errors of forecasts beside those of the rules that need no learning, in units of each window (its mean distance from its last value). */
export interface SeriesEvaluation {
  readonly windows: number;
  /** Mean absolute error of the middle forecast. */
  readonly error: number;
  readonly lastValueError: number;
  /** Of the value one season earlier; null without a season. */
  readonly seasonalError: number | null;
  /** Share of values within the interval that claims 0.8. */
  readonly coverage80: number;
  /** Whether the network beats both rules: who forecasts uses the better rule otherwise. */
  readonly isBetter: boolean;
}

const quantileCount = 3;
const claimed = 0.8;

interface Point {
  readonly ahead: number;
  readonly target: number;
  readonly low: number;
  readonly middle: number;
  readonly high: number;
  readonly seasonal: number;
}

function pointsOf(windows: readonly SeriesWindow[], output: Float32Array, { horizon, seasonLength }: WindowShape): Point[] {
  return windows.flatMap(({ series, end, scale }, row) =>
    Array.from({ length: horizon }, (_, ahead) => {
      const at = (row * horizon + ahead) * quantileCount;
      const valueAt = (index: number): number => relative(series.values[index] ?? Number.NaN, scale);
      const [low = Number.NaN, middle = Number.NaN, high = Number.NaN] = output.subarray(at, at + quantileCount);
      return { ahead, low, middle, high, target: valueAt(end + ahead), seasonal: seasonLength > 0 ? valueAt(end + ahead - seasonLength) : Number.NaN };
    }).filter(({ target }) => Number.isFinite(target)),
  );
}

/**
 * By how much the interval of each forecast step must grow to hold as much of the validation part as it claims.
 * Source: Romano, Patterson and Candes, Conformalized Quantile Regression, 2019, arXiv 1905.03222.
 */
export function intervalWidening(windows: readonly SeriesWindow[], output: Float32Array, shape: WindowShape): number[] {
  const scores: number[][] = Array.from({ length: shape.horizon }, () => []);
  for (const { ahead, target, low, high } of pointsOf(windows, output, shape)) scores[ahead]?.push(Math.max(low - target, target - high));
  return scores.map((ofStep) => {
    ofStep.sort((left, right) => left - right);
    return ofStep[Math.min(Math.ceil(claimed * (ofStep.length + 1)), ofStep.length) - 1] ?? 0;
  });
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / Math.max(values.length, 1);

/** The errors of forecasts on windows that nothing was learned from. */
export function evaluateForecasts(windows: readonly SeriesWindow[], output: Float32Array, { shape, widening }: { readonly shape: WindowShape; readonly widening: readonly number[] }): SeriesEvaluation {
  const points = pointsOf(windows, output, shape);
  const error = meanOf(points.map(({ target, middle }) => Math.abs(target - middle)));
  const lastValueError = meanOf(points.map(({ target }) => Math.abs(target)));
  const seasonalError = shape.seasonLength > 0 ? meanOf(points.map(({ target, seasonal }) => Math.abs(target - seasonal))) : null;
  const within = points.filter(({ target, low, middle, high, ahead }) => {
    const margin = widening[ahead] ?? 0;
    return target >= Math.min(low - margin, middle) && target <= Math.max(high + margin, middle);
  });
  return {
    windows: windows.length,
    error,
    lastValueError,
    seasonalError,
    coverage80: within.length / Math.max(points.length, 1),
    isBetter: error < Math.min(lastValueError, seasonalError ?? Number.POSITIVE_INFINITY),
  };
}
