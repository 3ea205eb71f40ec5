import { bulkInsert, execute, milliseconds, moment, type Statement, type Transaction } from '@orrery/persistence';
import type { Observation } from '../domain/index.js';

/** A run that began and has not ended. */
export interface RunningRun {
  readonly runId: string;
  readonly subjectKeyId: string;
  /** Its start. */
  readonly observation: Observation;
  readonly recordedAtMs: number;
}

interface RunningRunRow {
  readonly run_id: string;
  readonly subject_key_id: string;
  readonly observation: Observation;
  readonly recorded_at_ms: number;
}

const dropClosed: Statement = { name: 'drop closed running_run', text: 'delete from running_run where tenant_id = $1 and run_id = any($2::uuid[]) and is_closed returning run_id' };
const loadOpen: Statement = {
  name: 'load running_run',
  text: `
    select run_id, subject_key_id, observation, ${milliseconds('recorded_at')} as recorded_at_ms from running_run
    where tenant_id = $1 and run_id = any($2::uuid[]) and observation is not null and not is_reported order by run_id for update`,
};
const markReported: Statement = { name: 'mark running_run reported', text: 'update running_run set is_reported = true where tenant_id = $1 and run_id = any($2::uuid[])' };
const reported: Statement = { name: 'reported running_run', text: 'select run_id, subject_key_id from running_run where tenant_id = $1 and subject_key_id = any($2::text[]) and is_reported' };
const dropOld: Statement = { name: 'drop old running_run', text: `delete from running_run where tenant_id = $1 and recorded_at < ${moment('$2')}` };

/** Notes runs that began; of those that have ended already nothing stays. Returns the ids of those that really run. */
export async function openRuns(transaction: Transaction, tenantId: string, runs: readonly RunningRun[]): Promise<ReadonlySet<string>> {
  const rows = runs.map(({ runId, subjectKeyId, observation, recordedAtMs }) => ({ run_id: runId, subject_key_id: subjectKeyId, observation, recorded_at: recordedAtMs }));
  const closed = await meet(transaction, tenantId, rows);
  return new Set(runs.map(({ runId }) => runId).filter((runId) => !closed.has(runId)));
}

/** Takes away runs that ended; one whose start was not told yet leaves a row that says so. */
export async function closeRuns(transaction: Transaction, tenantId: string, runs: readonly { readonly runId: string; readonly recordedAtMs: number }[]): Promise<void> {
  await meet(transaction, tenantId, runs.map(({ runId, recordedAtMs }) => ({ run_id: runId, recorded_at: recordedAtMs })));
}

/** The start and the end of a run come over two topics, in any order: whichever comes second finds the row of the first and takes it away. */
async function meet(transaction: Transaction, tenantId: string, rows: readonly { readonly run_id: string }[]): Promise<ReadonlySet<string>> {
  if (rows.length === 0) return new Set();
  await bulkInsert(transaction, {
    table: 'running_run',
    columns: [
      { name: 'tenant_id', type: 'text' },
      { name: 'run_id', type: 'uuid' },
      { name: 'subject_key_id', type: 'text' },
      { name: 'observation', type: 'jsonb' },
      { name: 'recorded_at', type: 'unix_ms' },
    ],
    rows: [...rows].sort((left, right) => (left.run_id < right.run_id ? -1 : 1)).map((row) => ({ tenant_id: tenantId, ...row })),
    onConflict: { target: ['tenant_id', 'run_id'], update: [{ column: 'is_closed', expression: 'true' }] },
  });
  const closed = await execute<{ run_id: string }>(transaction, dropClosed, [tenantId, rows.map((row) => row.run_id)]);
  return new Set(closed.map((row) => row.run_id));
}

/** Those of the runs that still run and were not reported yet, locked. */
export async function loadRunningRuns(transaction: Transaction, tenantId: string, runIds: readonly string[]): Promise<readonly RunningRun[]> {
  if (runIds.length === 0) return [];
  const rows = await execute<RunningRunRow>(transaction, loadOpen, [tenantId, runIds]);
  return rows.map(({ run_id: runId, subject_key_id: subjectKeyId, observation, recorded_at_ms: recordedAtMs }) => ({ runId, subjectKeyId, observation, recordedAtMs }));
}

/** Notes that people were told that these runs take too long. */
export async function markRunsReported(transaction: Transaction, tenantId: string, runIds: readonly string[]): Promise<void> {
  if (runIds.length > 0) await execute(transaction, markReported, [tenantId, runIds]);
}

/** By key, the runs that take too long and still run. */
export async function reportedRuns(transaction: Transaction, tenantId: string, keyIds: readonly string[]): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const found = new Map<string, Set<string>>();
  if (keyIds.length === 0) return found;
  for (const row of await execute<{ run_id: string; subject_key_id: string }>(transaction, reported, [tenantId, keyIds])) {
    const runs = found.get(row.subject_key_id) ?? new Set();
    found.set(row.subject_key_id, runs.add(row.run_id));
  }
  return found;
}

export async function dropRunsBefore(transaction: Transaction, tenantId: string, beforeMs: number): Promise<void> {
  await execute(transaction, dropOld, [tenantId, beforeMs]);
}
