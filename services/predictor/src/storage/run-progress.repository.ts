import { bulkInsert, execute, milliseconds, moment, type Statement, type Transaction } from '@orrery/persistence';
import type { RunProgress } from '../domain/index.js';

/** How far a run is. */
export interface StoredRun {
  readonly runId: string;
  readonly workflowId: string;
  readonly progress: RunProgress;
  /** When the log took the last fact of it. */
  readonly recordedAtMs: number;
}

interface RunRow {
  readonly run_id: string;
  readonly workflow_id: string;
  readonly recorded_at_ms: number;
  readonly state: RunProgress;
}

const columns = `run_id, workflow_id, ${milliseconds('recorded_at')} as recorded_at_ms, state`;
// The start, the tasks and the end of a run come over three topics: whoever changes the row waits for the others.
const lock: Statement = { name: 'lock run_progress', text: `select ${columns} from run_progress where tenant_id = $1 and run_id = any($2::uuid[]) order by run_id for update` };
const begin: Statement = {
  name: 'begin run_progress',
  text: `
    insert into run_progress (tenant_id, run_id, workflow_id, recorded_at, state)
    select $1, r.run_id, r.workflow_id, ${moment('r.recorded_at')}, $5::jsonb from unnest($2::uuid[], $3::text[], $4::double precision[]) as r (run_id, workflow_id, recorded_at)
    order by r.run_id on conflict do nothing`,
};
const find: Statement = { name: 'find run_progress', text: `select ${columns} from run_progress where tenant_id = $1 and run_id = $2::uuid` };
const dropOld: Statement = {
  name: 'drop old run_progress',
  text: `
    with old as (select run_id from run_progress where tenant_id = $1 and recorded_at < ${moment('$2')} order by recorded_at limit $3::int for update skip locked)
    delete from run_progress r using old where r.tenant_id = $1 and r.run_id = old.run_id returning r.run_id`,
};

/** A run that a batch tells something of. */
export interface ToldRun {
  readonly runId: string;
  readonly workflowId: string;
  readonly recordedAtMs: number;
}

/** The runs of a batch, made where they are new, and kept from others until the transaction ends. */
export async function lockRuns(transaction: Transaction, tenantId: string, runs: readonly ToldRun[], fresh: RunProgress): Promise<Map<string, StoredRun>> {
  if (runs.length === 0) return new Map();
  const sorted = [...new Map(runs.map((run) => [run.runId, run])).values()].sort((left, right) => (left.runId < right.runId ? -1 : 1));
  const ids = sorted.map(({ runId }) => runId);
  await execute(transaction, begin, [tenantId, ids, sorted.map(({ workflowId }) => workflowId), sorted.map(({ recordedAtMs }) => recordedAtMs), JSON.stringify(fresh)]);
  const rows = await execute<RunRow>(transaction, lock, [tenantId, ids]);
  return new Map(rows.map((row) => [row.run_id, fromRow(row)]));
}

/** Writes how far runs are over what is there. */
export async function saveRuns(transaction: Transaction, tenantId: string, runs: readonly StoredRun[]): Promise<void> {
  const sorted = [...runs].sort((left, right) => (left.runId < right.runId ? -1 : 1));
  await bulkInsert(transaction, {
    table: 'run_progress',
    columns: [
      { name: 'tenant_id', type: 'text' },
      { name: 'run_id', type: 'uuid' },
      { name: 'workflow_id', type: 'text' },
      ...['started_at', 'finished_at', 'recorded_at'].map((name) => ({ name, type: 'unix_ms' })),
      { name: 'state', type: 'jsonb' },
    ],
    rows: sorted.map(({ runId, workflowId, progress, recordedAtMs }) => ({
      ...{ tenant_id: tenantId, run_id: runId, workflow_id: workflowId, started_at: progress.startedAtMs, finished_at: progress.finishedAtMs, recorded_at: recordedAtMs, state: progress },
    })),
    onConflict: { target: ['tenant_id', 'run_id'], update: ['started_at', 'finished_at', 'recorded_at', 'state'] },
  });
}

/** How far a run is; null when it was never heard of, or long ago. */
export async function findRun(transaction: Transaction, tenantId: string, runId: string): Promise<StoredRun | null> {
  const [row] = await execute<RunRow>(transaction, find, [tenantId, runId]);
  return row === undefined ? null : fromRow(row);
}

/** Forgets at most `limit` runs that nothing was heard of since a moment; returns how many. */
export async function dropOldRuns(transaction: Transaction, tenantId: string, beforeMs: number, limit: number): Promise<number> {
  return (await execute(transaction, dropOld, [tenantId, beforeMs, limit])).length;
}

function fromRow({ run_id: runId, workflow_id: workflowId, recorded_at_ms: recordedAtMs, state }: RunRow): StoredRun {
  return { runId, workflowId, progress: state, recordedAtMs };
}
