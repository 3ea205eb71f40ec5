import { execute, moment, type Statement, type Transaction } from '@orrery/persistence';

const add: Statement = {
  name: 'add to observation_tally',
  text: `
    insert into observation_tally as t (tenant_id, hour, writer, count) values ($1, date_trunc('hour', ${moment('$2')}), $3, $4::bigint)
    on conflict (tenant_id, hour, writer) do update set count = t.count + excluded.count`,
};
const sum: Statement = { name: 'sum observation_tally', text: `select coalesce(sum(count), 0)::double precision as count from observation_tally where tenant_id = $1 and hour >= date_trunc('hour', ${moment('$2')})` };
const drop: Statement = { name: 'drop observation_tally', text: `delete from observation_tally where tenant_id = $1 and hour < ${moment('$2')}` };

/** Counts observations of an hour; each partition of the log has a row of its own, so that none waits for another. */
export async function tallyObservations(transaction: Transaction, tenantId: string, { atMs, writer, count }: { readonly atMs: number; readonly writer: string; readonly count: number }): Promise<void> {
  await execute(transaction, add, [tenantId, atMs, writer, count]);
}

/** Observations since the beginning of a moment's hour. */
export async function countObservations(transaction: Transaction, tenantId: string, sinceMs: number): Promise<number> {
  return (await execute<{ count: number }>(transaction, sum, [tenantId, sinceMs]))[0]?.count ?? 0;
}

export async function dropTallies(transaction: Transaction, tenantId: string, beforeMs: number): Promise<void> {
  await execute(transaction, drop, [tenantId, beforeMs]);
}
