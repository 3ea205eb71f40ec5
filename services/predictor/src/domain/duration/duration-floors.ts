import { median } from '@orrery/stats';
import type { DurationPoint } from './duration-point.js';

/** What anybody would guess without a model; stands beside every prediction. */
export interface DurationFloors {
  readonly lastSuccess: number;
  readonly meanOfTen: number;
  readonly median: number;
  readonly ema: number;
}

const emaWeight = 0.1;

/**
 * The floors in milliseconds from the successful runs kept: the last one, the mean of the last ten, the median of all, an exponential average.
 * Null when there is none.
 *
 * Source: the last success is Argo Workflows' estimate, the mean of ten Airflow's.
 */
export function durationFloors(history: readonly DurationPoint[]): DurationFloors | null {
  const durations = [...history].sort((one, other) => one.finishedAtMs - other.finishedAtMs || one.durationMs - other.durationMs).map(({ durationMs }) => durationMs);
  const [first] = durations;
  const last = durations.at(-1);
  if (first === undefined || last === undefined) return null;
  const ten = durations.slice(-10);
  return {
    lastSuccess: last,
    meanOfTen: ten.reduce((sum, duration) => sum + duration, 0) / ten.length,
    median: median(durations),
    ema: durations.reduce((average, duration) => average + emaWeight * (duration - average), first),
  };
}
