import { execute, milliseconds, moment, type Statement, type Transaction } from '@orrery/persistence';
import { closedBreaker, type BreakerState, type RecordedPool } from '../domain/experiments/index.js';
import type { StoredTask } from './outcome.repository.js';

/** The breaker of a scheduler, and how far its runs were replayed. */
export interface SchedulerBreaker {
  readonly scheduler: string;
  readonly state: BreakerState;
  /** Runs that arrived up to then were looked at; null for none yet. */
  readonly replayedUntilMs: number | null;
}

/** A run as it is replayed. */
export interface StoredRun {
  readonly runId: string;
  readonly arrivedMs: number;
  /** Null while it lasts. */
  readonly completionMs: number | null;
  readonly isLearned: boolean;
  readonly pools: readonly RecordedPool[];
  readonly tasks: readonly StoredTask[];
  readonly taskEnds: readonly (readonly [name: string, durationMs: number])[];
}

/** How a window of runs went, and how it would have gone; means in ms. */
export interface WindowRow {
  readonly scheduler: string;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly runs: number;
  readonly learnedRuns: number;
  readonly actualMs: number;
  readonly heuristicMs: number;
  /** Null where no shadow was running. */
  readonly servingMs: number | null;
  readonly shadowMs: number | null;
  readonly shadowExperimentId: string | null;
}

const know: Statement = { name: 'know scheduler', text: `insert into scheduler_breaker (tenant_id, scheduler, updated_at) values ($1, $2, ${moment('$3')}) on conflict do nothing` };
const columns = `scheduler, state, ${milliseconds('replayed_until')} as "replayedUntilMs"`;
const list: Statement = { name: 'breakers', text: `select ${columns} from scheduler_breaker where tenant_id = $1 order by scheduler` };
const lock: Statement = { name: 'lock breaker', text: `select ${columns} from scheduler_breaker where tenant_id = $1 and scheduler = $2 for update` };
const save: Statement = { name: 'save breaker', text: `update scheduler_breaker set state = $3, replayed_until = ${moment('$4')}, updated_at = ${moment('$5')} where tenant_id = $1 and scheduler = $2` };
const runColumns = `
  run_id as "runId", ${milliseconds('arrived_at')} as "arrivedMs", case when finished_at >= arrived_at then ${milliseconds('finished_at')} - ${milliseconds('arrived_at')} end as "completionMs",
  learned_decisions * 2 > decisions as "isLearned", coalesce(pools, '[]') as pools, coalesce(tasks, '[]') as tasks, task_ends as "taskEnds"`;
const after: Statement = {
  name: 'runs after',
  text: `select ${runColumns} from run_outcome where tenant_id = $1 and scheduler = $2 and arrived_at > ${moment('$3')} order by arrived_at, run_id limit $4`,
};
const before: Statement = {
  name: 'runs before',
  text: `select ${runColumns} from run_outcome where tenant_id = $1 and scheduler = $2 and arrived_at <= ${moment('$3')} and arrived_at >= ${moment('$4')} order by arrived_at desc, run_id desc limit $5`,
};
const addWindow: Statement = {
  name: 'add replay window',
  text: `
    insert into replay_window (tenant_id, scheduler, from_at, until_at, runs, learned_runs, actual_ms, heuristic_ms, serving_ms, shadow_ms, shadow_experiment_id)
    values ($1, $2, ${moment('$3')}, ${moment('$4')}, $5, $6, $7, $8, $9, $10, $11) on conflict do nothing`,
};
const shadowWindows: Statement = {
  name: 'windows of a shadow',
  text: `
    select scheduler, ${milliseconds('from_at')} as "fromMs", ${milliseconds('until_at')} as "untilMs", runs, learned_runs as "learnedRuns", actual_ms as "actualMs", heuristic_ms as "heuristicMs",
      serving_ms as "servingMs", shadow_ms as "shadowMs", shadow_experiment_id as "shadowExperimentId"
    from replay_window where tenant_id = $1 and shadow_experiment_id = $2 order by from_at limit 10000`,
};

interface BreakerRow {
  readonly scheduler: string;
  readonly state: BreakerState | null;
  readonly replayedUntilMs: number | null;
}

/** Notes that decisions are made under that name. */
export async function knowScheduler(transaction: Transaction, tenantId: string, scheduler: string, nowMs: number): Promise<void> {
  await execute(transaction, know, [tenantId, scheduler, nowMs]);
}

export async function listBreakers(transaction: Transaction, tenantId: string): Promise<readonly SchedulerBreaker[]> {
  return (await execute<BreakerRow>(transaction, list, [tenantId])).map(fromRow);
}

/** Nobody else can change it until the transaction ends. */
export async function lockBreaker(transaction: Transaction, tenantId: string, scheduler: string): Promise<SchedulerBreaker | undefined> {
  return (await execute<BreakerRow>(transaction, lock, [tenantId, scheduler])).map(fromRow)[0];
}

export async function saveBreaker(transaction: Transaction, tenantId: string, { scheduler, state, replayedUntilMs }: SchedulerBreaker, nowMs: number): Promise<void> {
  await execute(transaction, save, [tenantId, scheduler, JSON.stringify(state), replayedUntilMs, nowMs]);
}

/** Runs that arrived after a moment, the earliest first. */
export async function runsAfter(transaction: Transaction, tenantId: string, scheduler: string, { afterMs, limit }: { readonly afterMs: number; readonly limit: number }): Promise<readonly StoredRun[]> {
  return await execute<StoredRun>(transaction, after, [tenantId, scheduler, afterMs, limit]);
}

/** The last runs that arrived up to a moment, the latest first. */
export async function runsBefore(transaction: Transaction, tenantId: string, scheduler: string, { beforeMs, fromMs, limit }: { readonly beforeMs: number; readonly fromMs: number; readonly limit: number }): Promise<readonly StoredRun[]> {
  return await execute<StoredRun>(transaction, before, [tenantId, scheduler, beforeMs, fromMs, limit]);
}

export async function addReplayWindow(transaction: Transaction, tenantId: string, row: WindowRow): Promise<void> {
  const { scheduler, fromMs, untilMs, runs, learnedRuns, actualMs, heuristicMs, servingMs, shadowMs, shadowExperimentId } = row;
  await execute(transaction, addWindow, [tenantId, scheduler, fromMs, untilMs, runs, learnedRuns, actualMs, heuristicMs, servingMs, shadowMs, shadowExperimentId]);
}

/** What was replayed under the policy of a shadow, in the order of time. */
export async function windowsOfShadow(transaction: Transaction, tenantId: string, experimentId: string): Promise<readonly WindowRow[]> {
  return await execute<WindowRow>(transaction, shadowWindows, [tenantId, experimentId]);
}

function fromRow({ state, ...rest }: BreakerRow): SchedulerBreaker {
  return { ...rest, state: state ?? closedBreaker };
}
