import { meanOf } from './observed-series.js';

interface Smoothing {
  /** How fast the level follows. */
  readonly level: number;
  /** How much of the last error carries over to the next step. */
  readonly carry: number;
  /** How fast each season's profile follows. */
  readonly seasonal: readonly number[];
}

const choices = {
  level: [0.001, 0.01, 0.03, 0.1, 0.3, 0.6],
  carry: [0, 0.3, 0.6, 0.8, 0.9, 0.95, 0.99],
  seasonal: [0.001, 0.03, 0.1, 0.2, 0.4, 0.7],
};
/** Passes over the parameters, one at a time; a third changes nothing. */
const passes = 2;
/** Whole seasons that the first profile is the mean of. */
const firstSeasons = 3;

/**
 * Exponential smoothing with a level, any number of additive seasons and errors that carry over and fade; the parameters that forecast the history best one step ahead.
 *
 * Source: Taylor, Short-term electricity demand forecasting using double seasonal exponential smoothing, 2003, doi 10.1057/palgrave.jors.2601589.
 * @param seasons in steps, ascending; none: simple smoothing.
 */
export function smoothedForecast(values: readonly number[], seasons: readonly number[], horizon: number): number[] {
  let best: Smoothing = { level: 0.1, carry: 0.6, seasonal: seasons.map(() => 0.1) };
  let least = smoothed(values, seasons, best).squaredError;
  for (let pass = 0; pass < passes; pass++) {
    for (const change of changes(seasons.length)) {
      const candidate = change(best);
      const { squaredError } = smoothed(values, seasons, candidate);
      if (squaredError < least) [best, least] = [candidate, squaredError];
    }
  }
  const { level, profiles, lastError } = smoothed(values, seasons, best);
  return Array.from({ length: horizon }, (_, step) => level + seasonalAt(profiles, values.length + step) + lastError * best.carry ** (step + 1));
}

function changes(seasonCount: number): ((from: Smoothing) => Smoothing)[] {
  return [
    ...choices.level.map((level) => (from: Smoothing) => ({ ...from, level })),
    ...choices.carry.map((carry) => (from: Smoothing) => ({ ...from, carry })),
    ...Array.from({ length: seasonCount }, (_, season) =>
      choices.seasonal.map((rate) => (from: Smoothing) => ({ ...from, seasonal: from.seasonal.map((each, index) => (index === season ? rate : each)) })),
    ).flat(),
  ];
}

interface Smoothed {
  readonly squaredError: number;
  readonly level: number;
  readonly profiles: readonly Float64Array[];
  readonly lastError: number;
}

function smoothed(values: readonly number[], seasons: readonly number[], smoothing: Smoothing): Smoothed {
  const first = firstState(values, seasons);
  const { profiles } = first;
  const warmUp = seasons[0] ?? 1;
  let [level, lastError, squaredError] = [first.level, 0, 0];
  for (let at = 0; at < values.length; at++) {
    const base = level + seasonalAt(profiles, at);
    const value = values[at] ?? 0;
    const error = value - base - smoothing.carry * lastError;
    if (at >= warmUp) squaredError += error * error;
    level += smoothing.level * error;
    for (let season = 0; season < profiles.length; season++) {
      const profile = profiles[season] ?? new Float64Array(1);
      const phase = at % profile.length;
      profile[phase] = (profile[phase] ?? 0) + (smoothing.seasonal[season] ?? 0) * error;
    }
    lastError = value - base;
  }
  return { squaredError, level, profiles, lastError };
}

function firstState(values: readonly number[], seasons: readonly number[]): { readonly level: number; readonly profiles: Float64Array[] } {
  const level = meanOf(values.slice(0, seasons.at(-1) ?? Math.ceil(values.length / 4)));
  let rest = values.map((value) => value - level);
  const profiles = seasons.map((season) => {
    const count = Math.max(1, Math.min(firstSeasons, Math.floor(values.length / season)));
    const profile = Float64Array.from({ length: season }, (_, phase) => meanOf(Array.from({ length: count }, (__, turn) => rest[phase + turn * season] ?? 0)));
    rest = rest.map((value, index) => value - (profile[index % season] ?? 0));
    return profile;
  });
  return { level, profiles };
}

function seasonalAt(profiles: readonly Float64Array[], at: number): number {
  let sum = 0;
  for (const profile of profiles) sum += profile[at % profile.length] ?? 0;
  return sum;
}
