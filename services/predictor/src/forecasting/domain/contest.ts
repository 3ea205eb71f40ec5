import type { RegularSeries } from '@orrery/learning';

/** What two forecasts of the same stretches of a series came to. */
export interface Contest {
  /** How many stretches. */
  readonly origins: number;
  /** Mean absolute errors, in the unit of the series. */
  readonly networkError: number;
  readonly statisticalError: number;
}

/** How a network of a series stands: not worth a training, being trained for the first time, of no use, or held against the statistical forecast. */
export type NetworkStanding = { readonly state: 'too_short' | 'training' | 'failed' } | { readonly state: 'lost' | 'won'; readonly contest: Contest };

/** The newest share of a series: no network has learned from it. */
const heldOutShare = 0.2;
const mostOrigins = 10;

/**
 * Moments of the held-out part from which a whole horizon can be forecast, spread evenly.
 *
 * @returns indices of the first value to forecast, ascending; empty for a series that is too short.
 */
export function contestOrigins({ values }: RegularSeries, horizon: number): readonly number[] {
  const first = Math.floor((1 - heldOutShare) * values.length);
  const room = values.length - horizon - first;
  if (room < 0) return [];
  const count = Math.min(mostOrigins, room + 1);
  return Array.from({ length: count }, (_, index) => first + (count === 1 ? room : Math.round((index * room) / (count - 1))));
}

/** The series as it was at a moment. */
export function seriesBefore({ startMs, stepMs, values }: RegularSeries, end: number): RegularSeries {
  return { startMs, stepMs, values: Array.from({ length: end }, (_, index) => values[index] ?? Number.NaN) };
}

/** The mean absolute error of paths that begin at origins; values that were not read count on neither side. Infinity where none was. */
export function meanError({ values }: RegularSeries, origins: readonly number[], paths: readonly (readonly number[])[]): number {
  const errors = origins.flatMap((origin, index) => (paths[index] ?? []).map((value, step) => Math.abs(value - (values[origin + step] ?? Number.NaN))).filter((error) => Number.isFinite(error)));
  return errors.length === 0 ? Number.POSITIVE_INFINITY : errors.reduce((sum, error) => sum + error, 0) / errors.length;
}

/** Whether the network is what answers: it must have been closer. */
export function isNetworkBetter({ networkError, statisticalError }: Contest): boolean {
  return networkError < statisticalError;
}
