import type { Transaction } from './database.js';
import { ensureMonthlyPartitions, monthOf, undatedMonth } from './partitions.js';

const earliestMs = Date.UTC(2020, 0, 1);
const leadMs = 31 * 24 * 3_600_000;

/** The month of a record of the log, as `bucket` columns have it; a time that cannot be goes to the undated. */
export function bucketOf(recordedAtMs: number, nowMs: number): string {
  return recordedAtMs >= earliestMs && recordedAtMs <= nowMs + leadMs ? monthOf(recordedAtMs) : undatedMonth;
}

/** Makes sure that tables have the months of these buckets. */
export async function ensureBuckets(transaction: Transaction, tables: readonly string[], buckets: readonly string[]): Promise<void> {
  const months = [...new Set(buckets)].filter((bucket) => bucket !== undatedMonth);
  for (const table of tables) await ensureMonthlyPartitions(transaction, table, months);
}
