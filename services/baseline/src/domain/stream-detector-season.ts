/** The usual value by place in a period, and how well it foretells. */
export interface SeasonProfile {
  readonly means: readonly number[];
  /** How often the series came to each slot anew; the first visits do not foretell. */
  readonly visits: readonly number[];
  readonly samples: readonly number[];
  readonly lastSlot: number;
  /** Foretold values so far. */
  readonly foretold: number;
  /** Exponentially weighted squared error of the foretold values. */
  readonly squaredError: number;
  /** Exponentially weighted mean and variance of the same values, for comparison. */
  readonly mean: number;
  readonly variance: number;
}

export interface Season {
  readonly periodMs: number;
  readonly slots: number;
}

const dayMs = 86_400_000;
/** Half hours of a day: fine enough for office hours, coarse enough that each is seen daily by series sampled every half hour. */
export const daily: Season = { periodMs: dayMs, slots: 48 };
export const weekly: Season = { periodMs: 7 * dayMs, slots: 168 };

/** So many periods must have passed before their like is expected again. */
const visitsToForetell = 3;
/** Foretold values before the error is believed. */
const foretoldToTrust = 200;
/** A season is one when it leaves less than this share of the variance. */
const trustedShare = 0.5;
const slotWeight = 0.05;
/** One odd day must not bend the season: a value counts for at most so many usual errors. A lasting change raises the usual error and so gets through. */
const errorsCounted = 3;
const errorWeight = 0.001;

export function emptyProfile({ slots }: Season): SeasonProfile {
  const zeros = new Array<number>(slots).fill(0);
  return { means: zeros, visits: zeros, samples: zeros, lastSlot: -1, foretold: 0, squaredError: 0, mean: 0, variance: 0 };
}

function slotOf({ periodMs, slots }: Season, timestampMs: number): number {
  const phaseMs = ((timestampMs % periodMs) + periodMs) % periodMs;
  return Math.min(Math.floor((phaseMs / periodMs) * slots), slots - 1);
}

/** The usual value at this time; null until the same time was met in three periods. */
export function foretell(profile: SeasonProfile, season: Season, timestampMs: number): number | null {
  const slot = slotOf(season, timestampMs);
  return (profile.visits[slot] ?? 0) >= visitsToForetell ? (profile.means[slot] ?? null) : null;
}

export function learnSeason(profile: SeasonProfile, season: Season, sample: { readonly timestampMs: number; readonly value: number }): SeasonProfile {
  const { timestampMs, value } = sample;
  const slot = slotOf(season, timestampMs);
  const judged = judgeForecast(profile, foretell(profile, season, timestampMs), value);
  const samples = (profile.samples[slot] ?? 0) + 1;
  const mean = profile.means[slot] ?? 0;
  const mostCounted = judged.foretold < foretoldToTrust ? Number.POSITIVE_INFINITY : errorsCounted * Math.sqrt(judged.squaredError);
  const step = Math.max(Math.min(value - mean, mostCounted), -mostCounted);
  const visits = (profile.visits[slot] ?? 0) + 1;
  return {
    ...judged,
    means: profile.means.with(slot, mean + Math.max(slotWeight, 1 / samples) * step),
    visits: slot === profile.lastSlot || visits > visitsToForetell ? profile.visits : profile.visits.with(slot, visits),
    samples: samples * slotWeight > 1 ? profile.samples : profile.samples.with(slot, samples),
    lastSlot: slot,
  };
}

function judgeForecast(profile: SeasonProfile, expected: number | null, value: number): SeasonProfile {
  if (expected === null) return profile;
  const foretold = profile.foretold + 1;
  const weight = Math.max(errorWeight, 1 / foretold);
  const error = value - expected;
  const mean = profile.mean + weight * (value - profile.mean);
  return {
    ...profile,
    foretold,
    squaredError: profile.squaredError + weight * (error * error - profile.squaredError),
    mean,
    variance: profile.variance + weight * ((value - mean) ** 2 - profile.variance),
  };
}

/** Whether time explains enough of the values to be believed. */
export function isTrusted({ foretold, squaredError, variance }: SeasonProfile): boolean {
  return foretold >= foretoldToTrust && squaredError < trustedShare * variance;
}

/** The week is believed over the day when it errs clearly less. */
export function isWeekBetter(week: SeasonProfile, day: SeasonProfile): boolean {
  return isTrusted(week) && week.squaredError < 0.8 * day.squaredError;
}
