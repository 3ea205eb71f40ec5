import type { QueryRunner } from 'typeorm';
import type { Transaction } from './database.js';
import { quoteIdentifier } from './identifiers.js';
import { firstDatedYear } from './partition-functions.js';
import { applicationRole } from './row-security.js';

export interface MonthlyPartitionedTable {
  readonly table: string;
  /** A `date` or `timestamptz` column, part of every unique key. */
  readonly partitionColumn: string;
  /** Columns and table constraints, as between the parentheses of `create table`. */
  readonly definition: string;
}

/** What the partition column holds in rows whose own time cannot be believed: they lie in a partition of their own. */
export const undatedMonth = '1970-01-01';

/**
 * For migrations: creates a table partitioned by month, with the partition for undated rows and no month yet.
 * Partitions cannot be used directly by the services' role, which would go around the row security of the whole.
 *
 * @throws ORRERY_CONFIG when the name is longer than 55 characters.
 */
export async function createMonthlyPartitionedTable(runner: QueryRunner, { table, partitionColumn, definition }: MonthlyPartitionedTable): Promise<void> {
  // As long as a month's suffix, so a name that fits here fits there.
  const undated = quoteIdentifier(`${table}_undated`);
  await runner.query(`
    create table ${quoteIdentifier(table)} (${definition}) partition by range (${quoteIdentifier(partitionColumn)});
    create table ${undated} partition of ${quoteIdentifier(table)} for values from (minvalue) to ('${firstDatedYear}-01-01 00:00:00+00');
    revoke all on ${undated} from ${applicationRole}`);
}

/**
 * The first day of a moment's month (UTC), as the partition functions take it.
 *
 * @example monthOf(Date.UTC(2026, 2, 17)) // '2026-03-01'
 */
export function monthOf(unixMs: number): string {
  return `${new Date(unixMs).toISOString().slice(0, 7)}-01`;
}

/**
 * Makes sure that the months' partitions exist. Repeating it costs one short query; several transactions can do it at once and wait
 * for each other. Creating takes no lock that would stop reads or writes of the table, but it is held until the transaction ends.
 *
 * Partitions are made by a `security definer` function that belongs to the migrations' role, with a fixed search path: the services'
 * role may call it and can create nothing else.
 *
 * @throws ORRERY_VALIDATION for months before 2000 or more than a year ahead: their rows belong to {@link undatedMonth}.
 */
export async function ensureMonthlyPartitions(transaction: Transaction, table: string, months: readonly string[]): Promise<void> {
  if (months.length === 0) return;
  await transaction.query('select ensure_monthly_partitions($1, $2::date[])', [table, [...new Set(months)]]);
}

/**
 * Drops the partitions of all months before `month` and returns their names; undated rows stay. It waits two seconds at most for
 * transactions that use the table, since everybody else waits behind it.
 *
 * @throws ORRERY_TIMEOUT when the table was in use all the time.
 * @throws ORRERY_VALIDATION when `month` is later than the present one.
 */
export async function dropPartitionsOlderThan(transaction: Transaction, table: string, month: string): Promise<readonly string[]> {
  const [row] = (await transaction.query('select drop_partitions_older_than($1, $2::date) as dropped', [table, month])) as [{ dropped: string[] }];
  return row.dropped;
}
