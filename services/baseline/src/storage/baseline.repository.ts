import { bulkInsert, execute, milliseconds, moment, query, readStored, type Statement, type Transaction } from '@orrery/persistence';
import { decodeState, encodeState, type BaselineState, type Level, type WorkloadKey } from '../domain/index.js';

/** What is known of one key. */
export interface StoredBaseline {
  readonly keyId: string;
  readonly level: Level;
  readonly key: WorkloadKey;
  readonly state: BaselineState;
  /** When the log took the last fact that it learned from. */
  readonly learnedAtMs: number;
}

/** The same with the bytes that readers of the state's topic get. */
export interface SavedBaseline extends StoredBaseline {
  readonly bytes: Uint8Array;
}

interface BaselineRow {
  readonly tenant_id: string;
  readonly key_id: string;
  readonly level: Level;
  readonly subject: 'run' | 'task';
  readonly engine: string;
  readonly namespace: string;
  readonly workflow: string;
  readonly task: string;
  readonly image: string;
  readonly command_hash: string;
  readonly executor_class: string;
  readonly learned_at_ms: number;
  readonly state: Buffer;
}

const columns = `tenant_id, key_id, level, subject, engine, namespace, workflow, task, image, command_hash, executor_class, ${milliseconds('learned_at')} as learned_at_ms, state`;

const loadStates: Statement = {
  name: 'load baseline states',
  text: 'select b.key_id, b.state from unnest($1::text[]) as k (key_id) cross join lateral (select * from baseline t where t.tenant_id = $2 and t.key_id = k.key_id offset 0) b',
};
const findOne: Statement = { name: 'find baseline', text: `select ${columns} from baseline where key_id = $1` };
const remove: Statement = { name: 'remove baseline', text: 'delete from baseline where key_id = $1 returning key_id' };
// Whoever learns holds the lock in common, whoever forgets alone: what is being learned must not bring back what is being forgotten.
const lockLearning = "hashtextextended('orrery.baseline.learn ' || $1, 0)";
const shareLearning: Statement = { name: 'share learning', text: `select pg_advisory_xact_lock_shared(${lockLearning})` };
const stopLearning: Statement = { name: 'stop learning', text: `select pg_advisory_xact_lock(${lockLearning})` };
const removeHistory: Statement = { name: 'remove history', text: 'delete from baseline_history where key_id = $1' };
const removeStale: Statement = {
  name: 'remove stale baselines',
  text: `
    with stale as (
      select key_id from baseline where tenant_id = $1 and updated_at < ${moment('$2')} and learned_at < ${moment('$2')} order by updated_at limit $3::int for update skip locked
    )
    delete from baseline b using stale where b.tenant_id = $1 and b.key_id = stale.key_id returning b.key_id`,
};

/** Keeps the tenant's keys from being forgotten until the transaction ends. */
export async function holdBaselines(transaction: Transaction, tenantId: string): Promise<void> {
  await execute(transaction, shareLearning, [tenantId]);
}

/** The states of keys, each looked up on its own; keys that nothing is known of are missing. */
export async function loadBaselineStates(transaction: Transaction, tenantId: string, keyIds: readonly string[]): Promise<Map<string, BaselineState>> {
  if (keyIds.length === 0) return new Map();
  const rows = await execute<{ key_id: string; state: Buffer }>(transaction, loadStates, [keyIds, tenantId]);
  return new Map(rows.map(({ key_id: keyId, state }) => [keyId, readStored(decodeState, state, `state of ${keyId}`)]));
}

export async function findBaseline(transaction: Transaction, keyId: string): Promise<StoredBaseline | null> {
  const [row] = await execute<BaselineRow>(transaction, findOne, [keyId]);
  return row === undefined ? null : fromRow(row);
}

/** Writes states over what is there; returns the bytes that were written. */
export async function saveBaselines(transaction: Transaction, tenantId: string, baselines: readonly StoredBaseline[]): Promise<readonly SavedBaseline[]> {
  // In one order, whoever writes: two writers of the same keys then wait for each other and not in a circle.
  const sorted = [...baselines].sort((left, right) => (left.keyId < right.keyId ? -1 : 1));
  const saved = sorted.map((baseline) => ({ ...baseline, bytes: encodeState(baseline.state) }));
  await bulkInsert(transaction, {
    table: 'baseline',
    columns: [
      ...['tenant_id', 'key_id', 'subject', 'engine', 'namespace', 'workflow', 'task', 'image', 'command_hash', 'executor_class'].map((name) => ({ name, type: 'text' })),
      { name: 'level', type: 'smallint' },
      { name: 'count', type: 'bigint' },
      { name: 'updated_at', type: 'unix_ms' },
      { name: 'learned_at', type: 'unix_ms' },
      { name: 'state', type: 'bytea' },
    ],
    rows: saved.map(({ keyId, level, key, state, learnedAtMs, bytes }) => ({
      ...{ tenant_id: tenantId, key_id: keyId, level, subject: key.subject, engine: key.engine, namespace: key.namespace, workflow: key.workflow, task: key.task },
      ...{ image: key.image, command_hash: key.commandHash, executor_class: key.executorClass },
      ...{ count: state.count, updated_at: state.lastUpdatedMs, learned_at: learnedAtMs, state: bytes },
    })),
    onConflict: { target: ['tenant_id', 'key_id'], update: ['count', 'updated_at', 'learned_at', 'state'] },
  });
  return saved;
}

/** Forgets a key and its history; says whether there was one. */
export async function removeBaseline(transaction: Transaction, tenantId: string, keyId: string): Promise<boolean> {
  await execute(transaction, stopLearning, [tenantId]);
  const removed = await execute(transaction, remove, [keyId]);
  await execute(transaction, removeHistory, [keyId]);
  return removed.length > 0;
}

/** Forgets at most `limit` keys that nothing was learned of since a moment, and returns them. */
export async function removeStaleBaselines(transaction: Transaction, tenantId: string, beforeMs: number, limit: number): Promise<readonly string[]> {
  return (await execute<{ key_id: string }>(transaction, removeStale, [tenantId, beforeMs, limit])).map(({ key_id: keyId }) => keyId);
}

/** Which baselines to list; absent means any. */
export interface BaselineFilter {
  readonly workflow?: string | undefined;
  readonly task?: string | undefined;
  readonly engine?: string | undefined;
  readonly subject?: 'run' | 'task' | undefined;
  /** Part of the workflow's or task's name, the namespace or the image, in any case. */
  readonly text?: string | undefined;
}

/** A place in a listing: everything up to and with it was shown. */
export interface Place {
  readonly atMs: number;
  readonly id: string;
}

/** Baselines that match, the latest update first, after a place of the same order. */
export async function listBaselines(transaction: Transaction, filter: BaselineFilter, after: Place | undefined, limit: number): Promise<readonly StoredBaseline[]> {
  const values: unknown[] = [];
  const value = (parameter: unknown, type: string) => `$${values.push(parameter)}::${type}`;
  const { text, ...exact } = filter;
  const conditions = [
    ...Object.entries(exact).flatMap(([column, parameter]) => (parameter === undefined ? [] : [`${column} = ${value(parameter, 'text')}`])),
    ...(text === undefined ? [] : [`position(lower(${value(text, 'text')}) in lower(concat_ws(' ', workflow, task, namespace, image))) > 0`]),
    ...(after === undefined ? [] : [`(updated_at, key_id) < (${moment(value(after.atMs, 'double precision'))}, ${value(after.id, 'text')})`]),
  ];
  const where = conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`;
  const rows = await query<BaselineRow>(transaction, `select ${columns} from baseline ${where} order by updated_at desc, key_id desc limit ${value(limit, 'int')}`, values);
  return rows.map(fromRow);
}

const workflowsNamed: Statement = { name: 'workflows of a name', text: 'select distinct engine, namespace from baseline where workflow = $1 and ($2::text is null or engine = $2) order by 1, 2 limit 100' };

/** The engines and namespaces that have a workflow of this name. */
export async function findWorkflows(transaction: Transaction, workflow: string, engine: string | undefined): Promise<readonly { readonly engine: string; readonly namespace: string }[]> {
  return await execute<{ engine: string; namespace: string }>(transaction, workflowsNamed, [workflow, engine ?? null]);
}

function fromRow(row: BaselineRow): StoredBaseline {
  const { tenant_id: tenantId, key_id: keyId, level, subject, engine, namespace, workflow, task, image, command_hash: commandHash, executor_class: executorClass } = row;
  return { keyId, level, key: { tenantId, subject, engine, namespace, workflow, task, image, commandHash, executorClass }, state: readStored(decodeState, row.state, `state of ${keyId}`), learnedAtMs: row.learned_at_ms };
}
