import { median } from '@orrery/stats';

/** What plain rules say, in the order of the ledger. */
export const floorNames = ['last_success', 'mean_of_ten', 'median', 'average'] as const;

export type FloorName = (typeof floorNames)[number];

/** Of the exponential average: what each new value weighs. */
const averageAlpha = 0.1;

/**
 * What plain rules predict from the values of the past, oldest first: the last one (Argo's estimate), the mean of the last ten (Airflow's),
 * the median, and the exponential average. NaN for none.
 *
 * @example floorsOf([10, 20, 30]) // [30, 20, 20, 12.9]
 */
export function floorsOf(values: readonly number[]): readonly [number, number, number, number] {
  const lastTen = values.slice(-10);
  const [first = Number.NaN, ...rest] = values;
  const average = rest.reduce((mean, value) => mean + averageAlpha * (value - mean), first);
  return [values.at(-1) ?? Number.NaN, lastTen.reduce((sum, value) => sum + value, 0) / lastTen.length, median(values), average];
}
