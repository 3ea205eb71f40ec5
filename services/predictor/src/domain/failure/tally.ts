import type { DecidedPoint } from './outcome-point.js';

/** How many runs there were, and how many of them failed. */
export interface Tally {
  readonly failed: number;
  readonly runs: number;
}

export function tallyOf(points: readonly DecidedPoint[]): Tally {
  return { failed: points.filter((point) => point.failed).length, runs: points.length };
}

/** The share that failed as few runs can tell it: one run more is thought of, half failed. NaN for no run. */
export function rateOf({ failed, runs }: Tally): number {
  return runs === 0 ? Number.NaN : (failed + 0.5) / (runs + 1);
}

/** A run counts half as much as the one five runs later. */
const halfLifeRuns = 5;

/** As {@link tallyOf}, with the latest runs counting most; not whole numbers. */
export function fadingTallyOf(points: readonly DecidedPoint[]): Tally {
  let [failedWeight, weights] = [0, 0];
  points.forEach(({ failed }, index) => {
    const weight = 0.5 ** ((points.length - 1 - index) / halfLifeRuns);
    weights += weight;
    if (failed) failedWeight += weight;
  });
  return { failed: failedWeight, runs: weights };
}
