import { ensureMonthlyPartitions, monthOf, undatedMonth, type Transaction } from '@orrery/persistence';

const earliestMs = Date.UTC(2020, 0, 1);
const leadMs = 31 * 24 * 3_600_000;

/** Every table that lies in months by when the log took the fact. */
export const monthlyTables = ['seen_fact', 'observation', 'baseline_history'] as const;

/** The month of a record of the log; a time that cannot be goes to the undated. */
export function bucketOf(recordedAtMs: number, nowMs: number): string {
  return recordedAtMs >= earliestMs && recordedAtMs <= nowMs + leadMs ? monthOf(recordedAtMs) : undatedMonth;
}

/** Makes sure that every table has these months. */
export async function ensureBuckets(transaction: Transaction, buckets: readonly string[]): Promise<void> {
  const months = buckets.filter((bucket) => bucket !== undatedMonth);
  for (const table of monthlyTables) await ensureMonthlyPartitions(transaction, table, months);
}
