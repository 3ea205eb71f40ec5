import { OrreryError } from '@orrery/errors';
import { forecast, type Forecast } from '@orrery/learning';

export interface Quantiles {
  readonly p10: number;
  readonly p50: number;
  readonly p90: number;
}

export interface CapacityInput {
  /** When the first hour of the history began. */
  readonly startMs: number;
  /** Runs that started, hour by hour; NaN where nobody watched. */
  readonly arrivalsPerHour: readonly number[];
  /** Hours of tasks that ran, hour by hour: 3 is three tasks busy all the hour. As long as the arrivals. */
  readonly loadHoursPerHour: readonly number[];
  readonly nowMs: number;
  /** What one hour of a task costs, in whatever currency the answer is wanted in. */
  readonly pricePerHour?: number;
  /** @minimum 1 @default 168 */
  readonly horizonHours?: number;
}

export interface CapacityHour {
  readonly atMs: number;
  readonly arrivals: Quantiles;
  readonly loadHours: Quantiles;
}

export interface CapacityForecast {
  /** From the hour that now lies in. */
  readonly hours: readonly CapacityHour[];
  /** The hour of the greatest load of each day that stands out from the mean, greatest first. */
  readonly peaks: readonly CapacityHour[];
  /** Of all hours together. */
  readonly totals: { readonly arrivals: Quantiles; readonly loadHours: Quantiles };
  /** Load times price, of all hours together; absent without a price. */
  readonly cost?: Quantiles;
  readonly basis: {
    readonly historyHours: number;
    /** Lengths of what repeats and was learnt, in hours: 24, 168 or both. */
    readonly seasonsHours: readonly number[];
    /** How many parts of the history were forecast from what came before them, to find the intervals; 0: they are guesses. */
    readonly backtests: number;
    /** For people. */
    readonly words: string;
  };
}

const hourMs = 3_600_000;
const dayHours = 24;
const weekHours = 168;

/**
 * Runs and load of the hours to come, with 80 % intervals, the peaks and the cost.
 *
 * The history ends with the hour before now: a later one has only begun and is left out; hours that are missing up to now count as empty.
 * Less than two days of history know no time of day, less than two weeks no weekday: `basis` says so.
 *
 * @throws ORRERY_VALIDATION when arrivals and load are not equally long, or the horizon is below one.
 * @example
 * forecastCapacity({ startMs, arrivalsPerHour, loadHoursPerHour, nowMs, pricePerHour: 0.4 }).peaks[0]?.atMs
 */
export function forecastCapacity({ startMs, arrivalsPerHour, loadHoursPerHour, nowMs, pricePerHour, horizonHours = weekHours }: CapacityInput): CapacityForecast {
  if (arrivalsPerHour.length !== loadHoursPerHour.length) {
    throw new OrreryError('ORRERY_VALIDATION', `capacity forecast has ${arrivalsPerHour.length} hours of arrivals and ${loadHoursPerHour.length} of load, expected as many of each`);
  }
  if (!(horizonHours >= 1)) throw new OrreryError('ORRERY_VALIDATION', `capacity forecast is asked for ${horizonHours} hours, expected at least 1`);
  const historyHours = Math.max(Math.floor((nowMs - startMs) / hourMs), 0);
  const [arrivals, load] = [arrivalsPerHour, loadHoursPerHour].map((values) => forecastOf(untilNow(values, historyHours), startMs, horizonHours));
  const hours = Array.from({ length: horizonHours }, (_, hour) => ({ atMs: startMs + (historyHours + hour) * hourMs, arrivals: at(arrivals, hour), loadHours: at(load, hour) }));
  const totals = { arrivals: arrivals?.sum ?? nothing, loadHours: load?.sum ?? nothing };
  const { seasons = [], backtests = 0 } = load ?? {};
  return {
    ...{ hours, peaks: peaksOf(hours), totals },
    ...(pricePerHour === undefined ? {} : { cost: scaled(totals.loadHours, pricePerHour) }),
    basis: { historyHours, seasonsHours: seasons, backtests, words: wordsOf(historyHours, seasons, backtests) },
  };
}

const nothing: Quantiles = { p10: 0, p50: 0, p90: 0 };

function untilNow(values: readonly number[], historyHours: number): number[] {
  return Array.from({ length: historyHours }, (_, hour) => values[hour] ?? 0);
}

/** Null when nothing was ever measured. */
function forecastOf(values: readonly number[], startMs: number, horizon: number): Forecast | null {
  return values.some(Number.isFinite) ? forecast({ values, startMs, stepMs: hourMs, horizon, aim: 'mean', isNonNegative: true }) : null;
}

function at(of: Forecast | null | undefined, hour: number): Quantiles {
  return { p10: of?.p10[hour] ?? 0, p50: of?.p50[hour] ?? 0, p90: of?.p90[hour] ?? 0 };
}

function scaled({ p10, p50, p90 }: Quantiles, factor: number): Quantiles {
  return { p10: p10 * factor, p50: p50 * factor, p90: p90 * factor };
}

/** An hour is a peak when somebody would plan for it: a tenth above the mean. */
const peakRatio = 1.1;

function peaksOf(hours: readonly CapacityHour[]): CapacityHour[] {
  const mean = hours.reduce((sum, { loadHours }) => sum + loadHours.p50, 0) / hours.length;
  const ofDay = new Map<number, CapacityHour>();
  for (const hour of hours) {
    const day = Math.floor(hour.atMs / (dayHours * hourMs));
    if (hour.loadHours.p50 > (ofDay.get(day)?.loadHours.p50 ?? mean * peakRatio)) ofDay.set(day, hour);
  }
  return [...ofDay.values()].sort((left, right) => right.loadHours.p50 - left.loadHours.p50 || left.atMs - right.atMs);
}

function wordsOf(historyHours: number, seasons: readonly number[], backtests: number): string {
  if (historyHours === 0) return 'no history yet: nothing is expected';
  const length = historyHours < 2 * dayHours ? `${historyHours} ${historyHours === 1 ? 'hour' : 'hours'}` : `${Math.floor(historyHours / dayHours)} days`;
  const known = seasons.includes(weekHours) ? 'the time of day and the weekday are known' : seasons.includes(dayHours) ? 'the time of day is known, the weekday not yet: that takes two weeks' : 'every hour is expected alike: a time of day takes two days';
  const tested = backtests === 0 ? 'too little to test the forecast on' : `the intervals come from ${backtests} forecasts of the past`;
  return `${length} of history; ${known}; ${tested}`;
}
