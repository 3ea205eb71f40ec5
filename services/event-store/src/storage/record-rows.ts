import type { ExecutionRecord } from '@orrery/contracts';
import type { Statement, Transaction } from '@orrery/persistence';
import { instant } from '../domain/instant.js';
import { execute } from './statement.js';
import { insertedKeys } from './table.js';

/** A record of the log: what it says, and the bytes that say it. */
export interface IncomingRecord {
  readonly value: ExecutionRecord;
  /** The record as it stood in the log; holds the raw bytes of the source event too. */
  readonly encoded: Uint8Array;
}

export interface PlacedRecord extends IncomingRecord {
  readonly bucket: string;
}

/** Stands for the run in records that speak of none. */
export const noRun = '00000000-0000-0000-0000-000000000000';

// All bytes travel as one binary parameter, since bytes within text would double in size.
const insertRecords: Statement = {
  name: 'insert record',
  text: `
    with inserted as (
      insert into record (tenant_id, run_id, record_id, bucket, occurred_at, received_at, encoded)
      select $2::text, r.run_id, r.record_id, r.bucket,
        timestamptz 'epoch' + r.occurred_at * interval '1 microsecond', timestamptz 'epoch' + r.received_at * interval '1 microsecond',
        substring($4::bytea from r.position for r.size)
      from json_to_recordset($1::json) as r (run_id uuid, record_id uuid, bucket date, occurred_at bigint, received_at bigint, position int, size int)
      on conflict do nothing returning run_id, record_id
    )
    select ${insertedKeys('run_id', 'record_id')} from inserted`,
};

const ensurePartitions: Statement = {
  name: 'ensure partitions',
  text: `select ensure_monthly_partitions(parent, $1::date[]) from unnest(array['record', 'execution_event', 'message', 'sample']) as parent`,
};

/** Makes sure that the months have a partition in every table that is cut by month. */
export async function ensureBuckets(transaction: Transaction, buckets: Iterable<string>, undated: string): Promise<void> {
  const months = [...new Set(buckets)].filter((bucket) => bucket !== undated);
  if (months.length > 0) await execute(transaction, ensurePartitions, [months]);
}

/** Keeps the records and returns those that were not kept before: repeats are left out. */
export async function keepRecords<Placed extends PlacedRecord>(transaction: Transaction, tenantId: string, records: readonly Placed[]): Promise<readonly Placed[]> {
  const byKey = new Map<string, Placed>();
  for (const record of records) {
    const key = keyOf(record.value.runId || noRun, record.value.recordId);
    if (!byKey.has(key)) byKey.set(key, record);
  }
  const unique = [...byKey.values()];
  const values = [JSON.stringify(rowsOf(unique)), tenantId, unique.length, Buffer.concat(unique.map(({ encoded }) => encoded))];
  const [inserted] = await execute<{ keys: readonly string[] | null }>(transaction, insertRecords, values);
  if (inserted === undefined || inserted.keys === null) return unique;
  const kept = new Set(inserted.keys);
  return [...byKey].filter(([key]) => kept.has(key)).map(([, record]) => record);
}

function rowsOf(records: readonly PlacedRecord[]): object[] {
  let position = 1;
  return records.map(({ value, encoded, bucket }) => {
    const row = {
      run_id: value.runId || noRun,
      record_id: value.recordId,
      bucket,
      occurred_at: instant(value.occurredAtMs) ?? undefined,
      received_at: instant(value.receivedAtMs) ?? undefined,
      position,
      size: encoded.byteLength,
    };
    position += encoded.byteLength;
    return row;
  });
}

function keyOf(runId: string, recordId: string): string {
  return `${runId} ${recordId}`;
}
