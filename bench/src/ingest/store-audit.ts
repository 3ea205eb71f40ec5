import type { Client } from 'pg';
import { rawInsert } from '../harness/raw-insert.js';

/** What became of acknowledged records: how many the store does not have, and how many rows it has too many. */
export async function auditStore(client: Client, acknowledged: ReadonlySet<string>): Promise<{ readonly lost: number; readonly duplicated: number }> {
  const { rows: records } = await client.query<{ id: string }>('select record_id::text as id from event_store.record');
  const stored = new Set(records.map(({ id }) => id));
  const { rows: surplus } = await client.query<{ events: string }>('select count(*) - count(distinct event_id) as events from event_store.execution_event');
  return {
    lost: [...acknowledged].filter((id) => !stored.has(id)).length,
    duplicated: records.length - stored.size + Number(surplus[0]?.events ?? 0),
  };
}

/** How many rows a second the same database takes when the same rows are only inserted: records and events alike. */
export async function rawRowsPerSecond(client: Client, limit: number): Promise<number> {
  const tables = [await rawInsert(client, 'event_store.record', limit), await rawInsert(client, 'event_store.execution_event', limit)];
  return tables.reduce((sum, { rows }) => sum + rows, 0) / tables.reduce((sum, { seconds }) => sum + seconds, 0);
}
