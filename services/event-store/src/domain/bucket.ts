import type { Microseconds } from './instant.js';

/** Where rows lie whose own month cannot be believed. */
export const undatedBucket = '1970-01-01';

const earliestUs = Date.UTC(2020, 0, 1) * 1000;
const leadUs = 31 * 24 * 60 * 60 * 1e6;

/**
 * The partition of a run: the first day of the month in which it was first heard of. Times that producers tell do not count, since
 * they may be absent, wrong, or told differently later; our own receipt is fixed. Months before 2020 and beyond the next one are
 * clocks gone wrong.
 *
 * @example
 * bucketOf(Date.UTC(2024, 4, 17) * 1000, now) // '2024-05-01'
 */
export function bucketOf(receivedAtUs: Microseconds | null, nowUs: Microseconds): string {
  if (receivedAtUs === null || receivedAtUs < earliestUs || receivedAtUs > nowUs + leadUs) return undatedBucket;
  return `${new Date(receivedAtUs / 1000).toISOString().slice(0, 7)}-01`;
}
