import { OrreryError } from '@orrery/errors';
import { backtest, combined, type Aim } from './backtest.js';
import { stepIntervals, sumMargin, type StepInterval } from './intervals.js';
import { membersFor } from './members.js';
import { calendarSeasons, learnableSeasons, withoutGaps } from './observed-series.js';

export interface ForecastInput {
  /** Equally spaced, oldest first; NaN where nothing was measured. */
  readonly values: readonly number[];
  readonly startMs: number;
  readonly stepMs: number;
  /** How many steps after the last value. @minimum 1 */
  readonly horizon: number;
  /** Lengths of what repeats, in steps. @default a day and a week, where the step length allows */
  readonly seasons?: readonly number[];
  /** What p50 is meant to be: counts and loads that are added up want the mean. @default median */
  readonly aim?: Aim;
  /** The values cannot be negative: counts, loads, sizes. @default false */
  readonly isNonNegative?: boolean;
}

export interface Forecast {
  /** When each forecast value stands. */
  readonly atMs: readonly number[];
  readonly p10: readonly number[];
  readonly p50: readonly number[];
  readonly p90: readonly number[];
  /** Of all steps together. */
  readonly sum: { readonly p10: number; readonly p50: number; readonly p90: number };
  /** The methods that were mixed, with their shares. */
  readonly members: readonly { readonly name: string; readonly weight: number }[];
  /** Seasons that the history was long enough for, in steps. */
  readonly seasons: readonly number[];
  /** How many times the history itself was forecast to weigh the methods and to find the interval; 0: too short, the interval is a guess. */
  readonly backtests: number;
}

/** Older values no longer teach, they only cost. */
const mostValues = 20_000;
const mass = 0.8;

/**
 * Forecasts a series by a mixture of methods that are weighted by how well they forecast the last parts of the history, with an 80 % interval from those errors.
 *
 * @throws ORRERY_VALIDATION when no value is finite, or the horizon is below one.
 * @example
 * forecast({ values: hourlyArrivals, startMs, stepMs: 3_600_000, horizon: 168, isNonNegative: true }).p90
 */
export function forecast({ values, startMs, stepMs, horizon, seasons, aim = 'median', isNonNegative = false }: ForecastInput): Forecast {
  if (!values.some(Number.isFinite)) throw new OrreryError('ORRERY_VALIDATION', `forecast has no finite value among ${values.length}, expected at least one`);
  if (!(horizon >= 1)) throw new OrreryError('ORRERY_VALIDATION', `forecast horizon is ${horizon}, expected at least 1`);
  const recent = values.slice(-mostValues);
  const learnable = learnableSeasons(seasons ?? calendarSeasons(stepMs), recent.length);
  const known = withoutGaps(recent, learnable).map((value) => (isNonNegative ? Math.max(value, 0) : value));
  const bounded = boundsOf(known);
  const members = membersFor(known, learnable);
  const { weights, residuals } = backtest(known, members, { horizon, aim, bounded });
  // Negative parts are cut off the mixture alone: cut off each member, the rest would lie too high.
  const mixed = bounded(combined(members.map((member) => bounded(member.forecast(known, horizon))), weights));
  const allowed = (value: number) => (isNonNegative ? Math.max(value, 0) : value);
  const middle = mixed.map(allowed);
  const ends = residuals.length === 0 ? guessedIntervals(known, horizon) : stepIntervals(residuals, horizon, mass);
  const total = mixed.reduce((sum, value) => sum + value, 0);
  const margin = residuals.length === 0 ? (ends[0]?.upper ?? 0) * horizon : sumMargin(residuals, horizon);
  const end = (side: keyof StepInterval) => middle.map((value, step) => allowed(value + (ends[step]?.[side] ?? 0)));
  return {
    atMs: middle.map((_, step) => startMs + (values.length + step) * stepMs),
    ...{ p10: end('lower'), p50: middle, p90: end('upper') },
    sum: { p10: allowed(total - margin), p50: allowed(total), p90: allowed(total + margin) },
    members: members.map(({ name }, index) => ({ name, weight: weights[index] ?? 0 })),
    seasons: learnable,
    backtests: residuals.length,
  };
}

/** Keeps a path within one range of what was ever seen: an extrapolation that leaves it has run away. */
function boundsOf(known: readonly number[]): (path: readonly number[]) => number[] {
  const least = known.reduce((left, right) => Math.min(left, right), Number.POSITIVE_INFINITY);
  const most = known.reduce((left, right) => Math.max(left, right), Number.NEGATIVE_INFINITY);
  const last = known.at(-1) ?? 0;
  const range = most - least;
  return (path) => path.map((value) => (Number.isFinite(value) ? Math.min(Math.max(value, least - range), most + range) : last));
}

/** With too few values to test anything on: as far to either side as the values lie apart, or as they are large. */
function guessedIntervals(known: readonly number[], horizon: number): StepInterval[] {
  const range = Math.max(...known) - Math.min(...known);
  const width = range || Math.abs(known[0] ?? 0) / 2;
  return Array.from({ length: horizon }, () => ({ lower: -width, upper: width }));
}
