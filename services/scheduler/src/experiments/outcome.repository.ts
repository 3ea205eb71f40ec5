import { execute, milliseconds, moment, type Statement, type Transaction } from '@orrery/persistence';
import type { RecentCompletion, RecordedPool, RunOutcome } from '../domain/experiments/index.js';

/** A run that something was assigned to. */
export interface DecidedRow {
  readonly run_id: string;
  readonly scheduler: string;
  readonly arrived_ms: number;
  readonly decisions: number;
  readonly learned_decisions: number;
  readonly pools: readonly RecordedPool[];
  readonly tasks: readonly StoredTask[];
}

export interface StoredTask {
  readonly name: string;
  readonly dependsOn: readonly string[];
  readonly poolIds: readonly string[];
}

/** What facts told of a run. */
export interface EndedRow {
  readonly run_id: string;
  /** What the engine calls the run; empty where it does not say. */
  readonly external_run_id: string;
  readonly started_ms: number | null;
  readonly finished_ms: number | null;
  readonly is_failed: boolean;
  /** Of tasks that ended in these facts. */
  readonly resource_ms: number;
  readonly task_ends: readonly (readonly [name: string, durationMs: number])[];
}

/** Ends of tasks that are kept of one run. */
const mostTaskEnds = 2000;

const decided: Statement = {
  name: 'note decided runs',
  text: `
    insert into run_outcome (tenant_id, run_id, scheduler, arrived_at, is_failed, decisions, learned_decisions, resource_ms, pools, tasks, task_ends, noted_at)
    select $1, run_id, scheduler, ${moment('arrived_ms')}, false, decisions, learned_decisions, 0, pools, tasks, '[]', ${moment('$3')}
    from json_to_recordset($2::json) as r (run_id text, scheduler text, arrived_ms double precision, decisions int, learned_decisions int, pools jsonb, tasks jsonb)
    on conflict (tenant_id, run_id) do update set
      scheduler = coalesce(run_outcome.scheduler, excluded.scheduler), arrived_at = coalesce(run_outcome.arrived_at, excluded.arrived_at),
      decisions = run_outcome.decisions + excluded.decisions, learned_decisions = run_outcome.learned_decisions + excluded.learned_decisions,
      pools = excluded.pools, tasks = excluded.tasks`,
};
// An engine may ask by the id that the platform gave the run, or by its own; attempts have one id of the engine's, of which the last in a batch counts.
const ended: Statement = {
  name: 'note ends of runs',
  text: `
    insert into run_outcome (tenant_id, run_id, started_at, finished_at, is_failed, decisions, learned_decisions, resource_ms, task_ends, noted_at)
    select distinct on (coalesce(asked.run_id, r.run_id)) $1, coalesce(asked.run_id, r.run_id), ${moment('started_ms')}, ${moment('finished_ms')}, r.is_failed, 0, 0, r.resource_ms, r.task_ends, ${moment('$3')}
    from json_to_recordset($2::json) as r (run_id text, external_run_id text, started_ms double precision, finished_ms double precision, is_failed boolean, resource_ms double precision, task_ends jsonb)
    left join run_outcome asked on asked.tenant_id = $1 and asked.run_id = r.external_run_id and asked.scheduler is not null
    order by coalesce(asked.run_id, r.run_id), finished_ms desc nulls last
    on conflict (tenant_id, run_id) do update set
      started_at = coalesce(run_outcome.started_at, excluded.started_at), finished_at = coalesce(run_outcome.finished_at, excluded.finished_at),
      is_failed = run_outcome.is_failed or excluded.is_failed, resource_ms = run_outcome.resource_ms + excluded.resource_ms,
      task_ends = case when jsonb_array_length(run_outcome.task_ends) >= ${mostTaskEnds} then run_outcome.task_ends else run_outcome.task_ends || excluded.task_ends end`,
};
const completionMs = `${milliseconds('finished_at')} - ${milliseconds('arrived_at')}`;
const recent: Statement = {
  name: 'recent completion times',
  text: `
    select count(*)::int as "runCount", coalesce(avg(took), 0)::double precision as "meanMs", coalesce(percentile_cont(0.95) within group (order by took), 0)::double precision as "p95Ms"
    from (
      select ${completionMs} as took from run_outcome
      where tenant_id = $1 and scheduler = $2 and arrived_at >= ${moment('$3')} and finished_at >= arrived_at order by arrived_at desc limit 2000
    ) latest`,
};
const arrivedBetween: Statement = {
  name: 'outcomes of runs',
  text: `
    select ${milliseconds('arrived_at')} as "arrivedMs", case when finished_at >= arrived_at then ${completionMs} end as "completionMs", resource_ms as "resourceMs", is_failed as "isFailed"
    from run_outcome where tenant_id = $1 and scheduler = $2 and arrived_at >= ${moment('$3')} and arrived_at < ${moment('$4')} order by arrived_at, run_id`,
};
const sweep: Statement = {
  name: 'sweep outcomes',
  text: `delete from run_outcome where tenant_id = $1 and (noted_at < ${moment('$2')} and scheduler is null or noted_at < ${moment('$3')})`,
};
const sweepWindows: Statement = { name: 'sweep replay windows', text: `delete from replay_window where tenant_id = $1 and until_at < ${moment('$2')}` };

// In one order, so that two batches with the same runs do not wait for each other in a circle.
const byRun = (left: { readonly run_id: string }, right: { readonly run_id: string }) => (left.run_id < right.run_id ? -1 : 1);

/** Notes runs that something was assigned to; each run once. */
export async function noteDecided(transaction: Transaction, tenantId: string, rows: readonly DecidedRow[], nowMs: number): Promise<void> {
  if (rows.length > 0) await execute(transaction, decided, [tenantId, JSON.stringify([...rows].sort(byRun)), nowMs]);
}

/** Notes what ended; each run once. Ends of tasks add up, so facts must be new. */
export async function noteEnded(transaction: Transaction, tenantId: string, rows: readonly EndedRow[], nowMs: number): Promise<void> {
  if (rows.length > 0) await execute(transaction, ended, [tenantId, JSON.stringify([...rows].sort(byRun)), nowMs]);
}

/** How long the last 2,000 runs took that arrived since then. */
export async function recentCompletion(transaction: Transaction, tenantId: string, scheduler: string, sinceMs: number): Promise<RecentCompletion> {
  const [found] = await execute<RecentCompletion>(transaction, recent, [tenantId, scheduler, sinceMs]);
  return found ?? { runCount: 0, meanMs: 0, p95Ms: 0 };
}

/** Runs that arrived in [from, until). */
export async function outcomesOf(transaction: Transaction, tenantId: string, scheduler: string, { fromMs, untilMs }: { readonly fromMs: number; readonly untilMs: number }): Promise<readonly RunOutcome[]> {
  return await execute<RunOutcome>(transaction, arrivedBetween, [tenantId, scheduler, fromMs, untilMs]);
}

/** Forgets runs that nobody decided for, and all that is old. */
export async function sweepOutcomes(transaction: Transaction, tenantId: string, { undecidedBeforeMs, beforeMs }: { readonly undecidedBeforeMs: number; readonly beforeMs: number }): Promise<void> {
  await execute(transaction, sweep, [tenantId, undecidedBeforeMs, beforeMs]);
  await execute(transaction, sweepWindows, [tenantId, beforeMs]);
}
