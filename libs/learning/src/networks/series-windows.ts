import { OrreryError } from '@orrery/errors';
import type { NetworkBatch, NetworkData } from './network-data.js';
import type { SeriesForecasterSpec } from './network-spec.js';

/** Values at equal distances in time; NaN where one is missing. */
export interface RegularSeries {
  readonly startMs: number;
  readonly stepMs: number;
  readonly values: ArrayLike<number>;
}

/** What a forecaster looks at: plain JSON. Lengths in steps. */
export interface WindowShape {
  readonly stepCount: number;
  readonly horizon: number;
  /** After how many steps the series repeats, at least the horizon; 0 for none. */
  readonly seasonLength: number;
  /** Periods, in milliseconds, of which the network is told where in them a forecast begins; only those that it sees several times make sense. */
  readonly calendarMs: readonly number[];
}

/** A window's own zero and unit: its last value and its mean distance from it. */
export interface WindowScale {
  readonly last: number;
  readonly unit: number;
}

/** In units of the window: a step further out is as surprising as one here. */
const valueLimit = 20;

/** How many values before the moment of forecast are needed. */
export function historyLength({ stepCount, seasonLength }: WindowShape): number {
  return Math.max(stepCount, seasonLength);
}

/** How many numbers stand beside the window: the calendar and, with a season, the values one season before each forecast step. */
export function contextCount({ horizon, seasonLength, calendarMs }: WindowShape): number {
  return 2 * calendarMs.length + (seasonLength > 0 ? horizon : 0);
}

/** @throws ORRERY_VALIDATION when a length is not a whole number that fits. */
export function checkWindowShape(shape: WindowShape): void {
  const { stepCount, horizon, seasonLength } = shape;
  const isSound = [stepCount, horizon, seasonLength].every((length) => Number.isInteger(length)) && stepCount > 0 && horizon > 0 && (seasonLength === 0 || seasonLength >= horizon);
  if (!isSound) throw new OrreryError('ORRERY_VALIDATION', `windows of ${stepCount} steps, a horizon of ${horizon} and a season of ${seasonLength} do not fit together`);
}

/**
 * The zero and unit of the history before a moment; null when a value is missing or the history is constant.
 * Source: relative to the last value as NLinear has it (Zeng et al. 2023, doi 10.1609/aaai.v37i9.26317), with a unit as RevIN has one (Kim et al. 2022).
 *
 * @param end index of the first value to forecast.
 */
export function windowScale(values: ArrayLike<number>, end: number, shape: WindowShape): WindowScale | null {
  const length = historyLength(shape);
  const last = values[end - 1] ?? Number.NaN;
  let distance = 0;
  for (let index = end - length; index < end; index += 1) distance += Math.abs((values[index] ?? Number.NaN) - last);
  const unit = distance / length;
  return Number.isFinite(unit) && unit > Math.abs(last) * 1e-9 ? { last, unit } : null;
}

const within = (value: number): number => Math.min(Math.max(value, -valueLimit), valueLimit);

/** The value in its window's units, within ±20. */
export function relative(value: number, { last, unit }: WindowScale): number {
  return within((value - last) / unit);
}

/** The value that a relative one stands for. */
export function absolute(value: number, { last, unit }: WindowScale): number {
  return last + value * unit;
}

function calendarOf(series: RegularSeries, end: number, { calendarMs }: WindowShape): number[] {
  const momentMs = series.startMs + end * series.stepMs;
  return calendarMs.flatMap((periodMs) => {
    const angle = (2 * Math.PI * (momentMs % periodMs)) / periodMs;
    return [Math.sin(angle), Math.cos(angle)];
  });
}

export interface SeriesWindow {
  readonly series: RegularSeries;
  /** Index of the first value to forecast. */
  readonly end: number;
  readonly scale: WindowScale;
}

/** All moments in [from, to) of a series from which a whole horizon before `to` can be forecast, every `stride` steps. */
export function windowsOf(series: RegularSeries, shape: WindowShape, range: { readonly from: number; readonly to: number; readonly stride: number }): SeriesWindow[] {
  checkWindowShape(shape);
  const windows: SeriesWindow[] = [];
  for (let end = Math.max(range.from, historyLength(shape)); end + shape.horizon <= range.to; end += range.stride) {
    const scale = windowScale(series.values, end, shape);
    if (scale !== null) windows.push({ series, end, scale });
  }
  return windows;
}

/** The windows as inputs of a {@link SeriesForecasterSpec} with one channel. */
export function windowInputs(windows: readonly SeriesWindow[], shape: WindowShape): NetworkBatch {
  const width = contextCount(shape);
  const steps = new Float32Array(windows.length * shape.stepCount);
  const context = new Float32Array(windows.length * width);
  windows.forEach(({ series, end, scale }, row) => {
    const valueAt = (index: number): number => relative(series.values[index] ?? Number.NaN, scale);
    for (let step = 0; step < shape.stepCount; step += 1) steps[row * shape.stepCount + step] = valueAt(end - shape.stepCount + step);
    const calendar = calendarOf(series, end, shape);
    context.set(calendar, row * width);
    for (let ahead = 0; ahead < width - calendar.length; ahead += 1) context[row * width + calendar.length + ahead] = valueAt(end + ahead - shape.seasonLength);
  });
  return { rowCount: windows.length, inputs: { steps, context } };
}

/** The windows with what came after them; a missing value is an unknown target. */
export function windowData(windows: readonly SeriesWindow[], shape: WindowShape): NetworkData {
  const targets = new Float32Array(windows.length * shape.horizon);
  windows.forEach(({ series, end, scale }, row) => {
    for (let ahead = 0; ahead < shape.horizon; ahead += 1) targets[row * shape.horizon + ahead] = relative(series.values[end + ahead] ?? Number.NaN, scale);
  });
  return { ...windowInputs(windows, shape), targets };
}

/** The network for windows of a shape. */
export function forecasterOf(shape: WindowShape, network: Pick<SeriesForecasterSpec, 'cell' | 'unitCount' | 'quantiles'>): SeriesForecasterSpec {
  return { kind: 'series-forecaster', ...network, stepCount: shape.stepCount, channelCount: 1, contextCount: contextCount(shape), horizon: shape.horizon };
}
