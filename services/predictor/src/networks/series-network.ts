import { OrreryError } from '@orrery/errors';
import {
  absolute,
  forecasterOf,
  historyLength,
  windowData,
  windowInputs,
  windowScale,
  windowsOf,
  type LoadedNetwork,
  type RecurrentCell,
  type RegularSeries,
  type SeriesWindow,
  type TrainingOptions,
  type WindowShape,
} from '@orrery/learning';
import { workerTrainer, type NetworkTrainer } from './network-trainer.js';
import { serveNetwork } from './onnx-serving.js';
import type { PublishedNetwork } from './published-network.js';
import { evaluateForecasts, intervalWidening, type SeriesEvaluation } from './series-evaluation.js';

/** What is stored with a forecaster besides the network: plain JSON. */
export interface SeriesUse {
  readonly stepMs: number;
  readonly shape: WindowShape;
  /** Added on both sides of the interval of each forecast step, in units of the window: makes it as wide on the validation part as it claims to be. */
  readonly widening: readonly number[];
  /** On the newest part of each series, which no decision has seen. */
  readonly heldOut: SeriesEvaluation;
}

export interface SeriesNetwork {
  readonly network: PublishedNetwork;
  readonly use: SeriesUse;
}

export interface SeriesNetworkOptions extends TrainingOptions {
  /** How far ahead, in milliseconds. */
  readonly horizonMs: number;
  readonly cell?: RecurrentCell;
  readonly unitCount?: number;
  /** Length of the window, in steps. */
  readonly stepCount?: number;
  /** After how many steps the series repeat; 0 for never; absent: a day where there are enough of them. */
  readonly seasonLength?: number;
  /** Most windows that are learned from; of more, every n-th is. */
  readonly windowLimit?: number;
  /** Trains and publishes; absent: in a worker thread, on the best runtime. */
  readonly train?: NetworkTrainer;
}

/** What it forecasts with: the tenth, the middle and the ninetieth of a hundred. */
export const seriesQuantiles = [0.1, 0.5, 0.9] as const;

const dayMs = 86_400_000;
const trainingShare = 0.6;
const validationShare = 0.2;
const usualUnits = 24;
const usualWindowLimit = 20_000;

/**
 * Trains a recurrent forecaster on the older part of series, stops it on the next one and measures it on the newest, against last value and season.
 *
 * @throws ORRERY_VALIDATION when series differ in their step or are too short for the horizon; what training and publishing throw.
 * @example
 * const { network, use } = await trainSeriesNetwork(memoryOfPods, { horizonMs: 15 * 60_000, seed: 1 });
 */
export async function trainSeriesNetwork(series: readonly RegularSeries[], options: SeriesNetworkOptions): Promise<SeriesNetwork> {
  const { horizonMs, cell = 'gru', unitCount = usualUnits, windowLimit = usualWindowLimit, train = workerTrainer('auto'), ...rest } = options;
  const stepMs = commonStep(series);
  const shape = windowShape(series, stepMs, { ...options, horizonMs });
  const [training, validation, heldOut] = partsOf(series, shape, windowLimit);
  if (training.length === 0 || validation.length === 0 || heldOut.length === 0) {
    throw new OrreryError('ORRERY_VALIDATION', `${series.length} series are too short to forecast ${shape.horizon} steps from ${historyLength(shape)}: ${training.length}, ${validation.length} and ${heldOut.length} windows`);
  }
  const spec = forecasterOf(shape, { cell, unitCount, quantiles: seriesQuantiles });
  const network = await train(spec, { training: windowData(training, shape), validation: windowData(validation, shape) }, rest);
  const served = await serveNetwork(network);
  try {
    const widening = intervalWidening(validation, await served.predict(windowInputs(validation, shape)), shape);
    const output = await served.predict(windowInputs(heldOut, shape));
    return { network, use: { stepMs, shape, widening, heldOut: evaluateForecasts(heldOut, output, { shape, widening }) } };
  } finally {
    await served.close();
  }
}

function commonStep(series: readonly RegularSeries[]): number {
  const steps = [...new Set(series.map(({ stepMs }) => stepMs))];
  const [stepMs = Number.NaN] = steps;
  if (steps.length !== 1 || !(stepMs > 0)) throw new OrreryError('ORRERY_VALIDATION', `series of one network need one step above 0, got ${steps.join(', ') || 'no series'}`);
  return stepMs;
}

function windowShape(series: readonly RegularSeries[], stepMs: number, options: SeriesNetworkOptions): WindowShape {
  const horizon = Math.max(1, Math.ceil(options.horizonMs / stepMs));
  const daySteps = Math.round(dayMs / stepMs);
  // What is not seen at least twice while learning is no period but a clock, and a clock goes on where nothing was learned.
  const learnedMs = Math.max(...series.map(({ values }) => values.length)) * trainingShare * stepMs;
  const calendarMs = [dayMs, 7 * dayMs].filter((periodMs) => learnedMs >= 2 * periodMs);
  const seasonLength = daySteps >= horizon && calendarMs.includes(dayMs) ? daySteps : 0;
  return { stepCount: options.stepCount ?? Math.min(Math.max(2 * horizon, 12), 48), horizon, seasonLength: options.seasonLength ?? seasonLength, calendarMs };
}

function partsOf(series: readonly RegularSeries[], shape: WindowShape, windowLimit: number): [SeriesWindow[], SeriesWindow[], SeriesWindow[]] {
  const total = series.reduce((sum, { values }) => sum + values.length, 0);
  const stride = Math.max(1, Math.ceil(total / windowLimit));
  const part = (from: number, to: number): SeriesWindow[] =>
    series.flatMap((one) => windowsOf(one, shape, { from: Math.floor(from * one.values.length), to: Math.floor(to * one.values.length), stride }));
  return [part(0, trainingShare), part(trainingShare, trainingShare + validationShare), part(trainingShare + validationShare, 1)];
}

export interface SeriesForecast {
  /** When the first forecast value is due. */
  readonly startMs: number;
  readonly stepMs: number;
  /** One value a step, in the unit of the series. */
  readonly p10: readonly number[];
  readonly p50: readonly number[];
  readonly p90: readonly number[];
}

/**
 * The next values of a series.
 *
 * @param network what {@link serveNetwork} made of a forecaster.
 * @param history at least `historyLength` values, none of the newest missing.
 * @throws ORRERY_VALIDATION when the history is too short, has another step or lacks a value.
 */
export async function predictSeries(network: LoadedNetwork, { stepMs, shape, widening }: SeriesUse, history: RegularSeries): Promise<SeriesForecast> {
  const end = history.values.length;
  const newest = Array.from({ length: historyLength(shape) }, (_, index) => history.values[end - historyLength(shape) + index] ?? Number.NaN);
  if (history.stepMs !== stepMs || newest.some((value) => !Number.isFinite(value))) {
    throw new OrreryError('ORRERY_VALIDATION', `a forecast needs the last ${newest.length} values, one every ${stepMs} ms; got ${end}, one every ${history.stepMs} ms`);
  }
  const startMs = history.startMs + end * stepMs;
  const scale = windowScale(history.values, end, shape);
  if (scale === null) {
    const same = Array.from({ length: shape.horizon }, () => newest.at(-1) ?? Number.NaN);
    return { startMs, stepMs, p10: same, p50: same, p90: same };
  }
  const output = await network.predict(windowInputs([{ series: history, end, scale }], shape));
  const values = (quantile: number, sign: number): number[] =>
    Array.from({ length: shape.horizon }, (_, ahead) => absolute((output[ahead * seriesQuantiles.length + quantile] ?? Number.NaN) + sign * (widening[ahead] ?? 0), scale));
  const middle = values(1, 0);
  // A negative widening must not push a bound past the middle.
  const lower = values(0, -1).map((value, ahead) => Math.min(value, middle[ahead] ?? value));
  const upper = values(2, 1).map((value, ahead) => Math.max(value, middle[ahead] ?? value));
  return { startMs, stepMs, p10: lower, p50: middle, p90: upper };
}
