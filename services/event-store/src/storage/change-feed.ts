import type { Statement, Transaction } from '@orrery/persistence';
import type { Row } from './field-map.js';
import { execute } from './statement.js';

/** What one batch changed in one run; the value of a row of the change feed. */
export interface RunChange {
  readonly runId: string;
  readonly status: number;
  readonly outcome: number;
  readonly workflow: string | null;
  readonly engine: string | null;
  readonly tasks: readonly TaskChange[];
  /** How many events and artifacts are new. */
  readonly events: number;
  readonly artifacts: number;
}

export interface TaskChange {
  readonly taskId: string;
  readonly name: string | null;
  readonly status: number;
  readonly outcome: number;
}

/** A place in the feed: everything up to and with it was read. */
export interface FeedPosition {
  /** A 64-bit transaction id, as text since it may be beyond exact numbers. */
  readonly xid: string;
  readonly number: string;
}

const insertChanges: Statement = {
  name: 'insert change_feed',
  text: `insert into change_feed (tenant_id, run_id, change) select $2::text, r.run_id, r.change from json_to_recordset($1::json) as r (run_id uuid, change jsonb)`,
};

// Transactions that are still open have ids from xmin on; below it nothing can appear any more, so the reader's position may pass it.
const readChanges: Statement = {
  name: 'read change_feed',
  text: `
    select f.xid::text as xid, f.number::text as number, f.change from change_feed f
    where (f.xid, f.number) > ($1::xid8, $2::bigint) and f.xid < pg_snapshot_xmin(pg_current_snapshot())
    order by f.xid, f.number limit $3::int`,
};

const feedEnd: Statement = { name: 'end of change_feed', text: `select pg_snapshot_xmin(pg_current_snapshot())::text as xid` };

const dropChanges: Statement = {
  name: 'drop change_feed',
  text: `
    with old as (
      select xid, number from change_feed where created_at < timestamptz 'epoch' + $1::bigint * interval '1 microsecond' order by xid, number limit $2::int
    )
    delete from change_feed f using old where f.xid = old.xid and f.number = old.number returning f.number`,
};

export async function appendChanges(transaction: Transaction, tenantId: string, changes: readonly RunChange[]): Promise<void> {
  if (changes.length === 0) return;
  await execute(transaction, insertChanges, [JSON.stringify(changes.map((change) => ({ run_id: change.runId, change }))), tenantId]);
}

/** Changes of the transaction's tenant after a position, in an order in which none can appear later before one already read. */
export async function changesAfter(transaction: Transaction, position: FeedPosition, limit: number): Promise<readonly { readonly position: FeedPosition; readonly change: RunChange }[]> {
  const rows = await execute<Row>(transaction, readChanges, [position.xid, position.number, limit]);
  return rows.map((row) => ({ position: { xid: row['xid'] as string, number: String(row['number']) }, change: row['change'] as RunChange }));
}

/** The position before which everything is readable now: where a reader starts that wants only what is new. */
export async function endOfFeed(transaction: Transaction): Promise<FeedPosition> {
  const [row] = await execute<{ xid: string }>(transaction, feedEnd);
  return { xid: row?.xid ?? '0', number: '0' };
}

/** Drops at most `limit` changes of the tenant that are older than a moment, and returns how many. @param beforeUs microseconds */
export async function dropChangesBefore(transaction: Transaction, beforeUs: number, limit: number): Promise<number> {
  return (await execute(transaction, dropChanges, [beforeUs, limit])).length;
}
