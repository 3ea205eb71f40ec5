import { bulkInsert, execute, milliseconds, moment, query, type Statement, type Transaction } from '@orrery/persistence';
import { graphOf, noTasks, type FinishedRun, type RunTasks } from '../domain/index.js';

/** A run as far as it was told. */
export interface StoredRun {
  readonly runId: string;
  readonly workflowId: string;
  readonly workflow: string;
  readonly startedAtMs: number | null;
  /** Null until the run has ended. */
  readonly finishedAtMs: number | null;
  /** Empty until the run has ended. */
  readonly outcome: string;
  /** When the log took the last fact of it. */
  readonly recordedAtMs: number;
  readonly tasks: RunTasks;
}

/** Which runs are wanted. */
export interface RecentRuns {
  readonly limit: number;
  /** All where absent. */
  readonly workflow?: string | undefined;
}

interface RunRow {
  readonly run_id: string;
  readonly workflow_id: string;
  readonly workflow: string;
  readonly started_at_ms: number | null;
  readonly finished_at_ms: number | null;
  readonly outcome: string;
  readonly recorded_at_ms: number;
  readonly tasks: RunTasks;
}

/** Finished runs that are kept of each workflow. */
export const keptRuns = 50;

const columns = `run_id, workflow_id, workflow, ${milliseconds('started_at')} as started_at_ms, ${milliseconds('finished_at')} as finished_at_ms, outcome, ${milliseconds('recorded_at')} as recorded_at_ms, tasks`;
// Tasks and the end of a run come over two topics: whoever changes the row waits for the other.
const lock: Statement = { name: 'lock finished_run', text: `select ${columns} from finished_run where tenant_id = $1 and run_id = any($2::uuid[]) order by run_id for update` };
const begin: Statement = {
  name: 'begin finished_run',
  text: `
    insert into finished_run (tenant_id, run_id, workflow_id, workflow, outcome, recorded_at, tasks)
    select $1, r.run_id, r.workflow_id, r.workflow, '', ${moment('r.recorded_at')}, $6::jsonb from unnest($2::uuid[], $3::text[], $4::text[], $5::double precision[]) as r (run_id, workflow_id, workflow, recorded_at)
    order by r.run_id on conflict do nothing`,
};
const prune: Statement = {
  name: 'prune finished_run',
  text: `
    delete from finished_run f using unnest($2::text[]) as w (workflow_id)
    where f.tenant_id = $1 and f.workflow_id = w.workflow_id and f.finished_at is not null and f.run_id not in (
      select k.run_id from finished_run k where k.tenant_id = $1 and k.workflow_id = w.workflow_id and k.finished_at is not null order by k.finished_at desc, k.run_id limit ${keptRuns})`,
};
const removeStale: Statement = {
  name: 'remove stale finished_run',
  text: `
    with stale as (select run_id from finished_run where tenant_id = $1 and recorded_at < ${moment('$2')} order by recorded_at limit $3::int for update skip locked)
    delete from finished_run f using stale where f.tenant_id = $1 and f.run_id = stale.run_id returning f.run_id`,
};

/** The runs of a batch, made where they are new, and kept from others until the transaction ends. */
export async function lockRuns(transaction: Transaction, tenantId: string, runs: readonly Pick<StoredRun, 'runId' | 'workflowId' | 'workflow' | 'recordedAtMs'>[]): Promise<Map<string, StoredRun>> {
  const sorted = [...new Map(runs.map((run) => [run.runId, run])).values()].sort((one, other) => (one.runId < other.runId ? -1 : 1));
  const ids = sorted.map(({ runId }) => runId);
  const values = [sorted.map(({ workflowId }) => workflowId), sorted.map(({ workflow }) => workflow), sorted.map(({ recordedAtMs }) => recordedAtMs), JSON.stringify(noTasks)];
  await execute(transaction, begin, [tenantId, ids, ...values]);
  const rows = await execute<RunRow>(transaction, lock, [tenantId, ids]);
  return new Map(rows.map((row) => [row.run_id, fromRow(row)]));
}

/** Writes runs over what is there. */
export async function saveRuns(transaction: Transaction, tenantId: string, runs: readonly StoredRun[]): Promise<void> {
  const sorted = [...runs].sort((one, other) => (one.runId < other.runId ? -1 : 1));
  await bulkInsert(transaction, {
    table: 'finished_run',
    columns: [
      ...['tenant_id', 'workflow_id', 'workflow', 'outcome'].map((name) => ({ name, type: 'text' })),
      { name: 'run_id', type: 'uuid' },
      ...['started_at', 'finished_at', 'recorded_at'].map((name) => ({ name, type: 'unix_ms' })),
      { name: 'tasks', type: 'jsonb' },
    ],
    rows: sorted.map(({ runId, workflowId, workflow, startedAtMs, finishedAtMs, outcome, recordedAtMs, tasks }) => ({
      ...{ tenant_id: tenantId, run_id: runId, workflow_id: workflowId, workflow, outcome, tasks },
      ...{ started_at: startedAtMs, finished_at: finishedAtMs, recorded_at: recordedAtMs },
    })),
    onConflict: { target: ['tenant_id', 'run_id'], update: ['started_at', 'finished_at', 'outcome', 'recorded_at', 'tasks'] },
  });
}

/** Forgets all but the latest finished runs of workflows. */
export async function pruneRuns(transaction: Transaction, tenantId: string, workflowIds: readonly string[]): Promise<void> {
  await execute(transaction, prune, [tenantId, workflowIds]);
}

/**
 * The latest runs of the transaction's tenant that succeeded and are known as a whole, the latest first: jobs as they really were, for trainings and
 * for what a heuristic would have made of them.
 */
export async function recentRuns(transaction: Transaction, { limit, workflow }: RecentRuns): Promise<readonly FinishedRun[]> {
  const text = `
    select ${columns} from finished_run
    where finished_at is not null and outcome = 'success' and ($1::text is null or workflow = $1) and jsonb_array_length(tasks -> 'tasks') > 0 and (tasks -> 'more') = '0'
    order by finished_at desc, run_id limit $2::int`;
  const rows = await query<RunRow>(transaction, text, [workflow ?? null, limit]);
  return rows.map((row) => {
    const { runId, workflowId, workflow: name, startedAtMs, finishedAtMs, tasks } = fromRow(row);
    return { runId, workflowId, workflow: name, startedAtMs, finishedAtMs: finishedAtMs ?? 0, tasks: graphOf(tasks) };
  });
}

/** Forgets at most `limit` runs that nothing was heard of since a moment; returns how many. */
export async function removeStaleRuns(transaction: Transaction, tenantId: string, beforeMs: number, limit: number): Promise<number> {
  return (await execute(transaction, removeStale, [tenantId, beforeMs, limit])).length;
}

function fromRow({ run_id: runId, workflow_id: workflowId, workflow, started_at_ms: startedAtMs, finished_at_ms: finishedAtMs, outcome, recorded_at_ms: recordedAtMs, tasks }: RunRow): StoredRun {
  return { runId, workflowId, workflow, startedAtMs, finishedAtMs, outcome, recordedAtMs, tasks };
}
