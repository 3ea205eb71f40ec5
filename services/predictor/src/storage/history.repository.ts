import { bulkInsert, execute, moment, readStored, type Statement, type Transaction } from '@orrery/persistence';
import type { WorkloadKey } from '@orrery/contracts';
import { decodeHistory, encodeHistory, type History, type HistoryLevel } from '../domain/index.js';

/** What is known of one key. */
export interface StoredHistory {
  readonly keyId: string;
  readonly level: HistoryLevel;
  readonly key: WorkloadKey;
  readonly history: History;
  /** Of the last execution. */
  readonly updatedAtMs: number;
  /** When the log took the last fact that it learned from. */
  readonly learnedAtMs: number;
}

// Each key looked up on its own: one array comparison would read the whole index as soon as the planner thinks it cheaper.
const load: Statement = {
  name: 'load histories',
  text: 'select h.key_id, h.state from unnest($1::text[]) as k (key_id) cross join lateral (select * from history t where t.tenant_id = $2 and t.key_id = k.key_id offset 0) h',
};
const removeStale: Statement = {
  name: 'remove stale histories',
  text: `
    with stale as (select key_id from history where tenant_id = $1 and learned_at < ${moment('$2')} order by learned_at limit $3::int for update skip locked)
    delete from history h using stale where h.tenant_id = $1 and h.key_id = stale.key_id returning h.key_id`,
};

/** The histories of keys; keys that nothing is known of are missing. */
export async function loadHistories(transaction: Transaction, tenantId: string, keyIds: readonly string[]): Promise<Map<string, History>> {
  if (keyIds.length === 0) return new Map();
  const rows = await execute<{ key_id: string; state: Buffer }>(transaction, load, [keyIds, tenantId]);
  return new Map(rows.map(({ key_id: keyId, state }) => [keyId, readStored(decodeHistory, state, `history of ${keyId}`)]));
}

/** Writes histories over what is there. */
export async function saveHistories(transaction: Transaction, tenantId: string, histories: readonly StoredHistory[]): Promise<void> {
  // In one order, whoever writes: two writers of the same keys then wait for each other and not in a circle.
  const sorted = [...histories].sort((left, right) => (left.keyId < right.keyId ? -1 : 1));
  await bulkInsert(transaction, {
    table: 'history',
    columns: [
      ...['tenant_id', 'key_id', 'subject', 'engine', 'namespace', 'workflow', 'task', 'image', 'command_hash', 'executor_class'].map((name) => ({ name, type: 'text' })),
      { name: 'level', type: 'smallint' },
      { name: 'count', type: 'bigint' },
      { name: 'updated_at', type: 'unix_ms' },
      { name: 'learned_at', type: 'unix_ms' },
      { name: 'state', type: 'bytea' },
    ],
    rows: sorted.map(({ keyId, level, key, history, updatedAtMs, learnedAtMs }) => ({
      ...{ tenant_id: tenantId, key_id: keyId, level, subject: key.subject, engine: key.engine, namespace: key.namespace, workflow: key.workflow, task: key.task },
      ...{ image: key.image, command_hash: key.commandHash, executor_class: key.executorClass },
      ...{ count: history.count, updated_at: updatedAtMs, learned_at: learnedAtMs, state: encodeHistory(history) },
    })),
    onConflict: { target: ['tenant_id', 'key_id'], update: ['count', 'updated_at', 'learned_at', 'state'] },
  });
}

/** Forgets at most `limit` keys that nothing was learned of since a moment; returns how many. */
export async function removeStaleHistories(transaction: Transaction, tenantId: string, beforeMs: number, limit: number): Promise<number> {
  return (await execute(transaction, removeStale, [tenantId, beforeMs, limit])).length;
}
