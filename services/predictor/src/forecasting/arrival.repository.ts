import { execute, milliseconds, moment, type Statement, type Transaction } from '@orrery/persistence';
import type { ArrivalHour } from './domain/arrival-hours.js';

const add: Statement = {
  name: 'add to arrival',
  text: `
    insert into arrival as a (tenant_id, workflow_id, hour, workflow, runs, tasks, load_ms, cost_usd)
    select $1, g.workflow_id, ${moment('g.hour_ms')}, g.workflow, g.runs, g.tasks, g.load_ms, g.cost_usd
    from unnest($2::text[], $3::double precision[], $4::text[], $5::bigint[], $6::bigint[], $7::double precision[], $8::double precision[])
      as g (workflow_id, hour_ms, workflow, runs, tasks, load_ms, cost_usd)
    on conflict (tenant_id, workflow_id, hour) do update
      set runs = a.runs + excluded.runs, tasks = a.tasks + excluded.tasks, load_ms = a.load_ms + excluded.load_ms, cost_usd = a.cost_usd + excluded.cost_usd`,
};

/** Adds to hours, in their order. Whatever was there, sums only grow: batches may come in any order. */
export async function addArrivals(transaction: Transaction, tenantId: string, hours: readonly ArrivalHour[]): Promise<void> {
  if (hours.length === 0) return;
  const column = <Name extends keyof ArrivalHour>(name: Name) => hours.map((hour) => hour[name]);
  await execute(transaction, add, [tenantId, column('workflowId'), column('hourMs'), column('workflow'), column('runs'), column('tasks'), column('loadMs'), column('costUsd')]);
}

/** What happened in one hour, of one workflow or of several. */
export interface HourFigures {
  /** When the hour began, Unix ms. */
  readonly hourMs: number;
  readonly runs: number;
  readonly tasks: number;
  readonly loadMs: number;
  readonly costUsd: number;
}

/** Which workflows are summed up; without a name, all of the tenant. */
export interface ArrivalScope {
  readonly workflow?: string | undefined;
  /** The workflows of this name that are meant, where an engine or a namespace was told too. */
  readonly workflowIds?: readonly string[] | undefined;
}

const sums = `${milliseconds('hour')} as "hourMs", sum(runs)::double precision as runs, sum(tasks)::double precision as tasks, sum(load_ms) as "loadMs", sum(cost_usd) as "costUsd"`;
const period = `tenant_id = $1 and hour >= ${moment('$2')} and hour < ${moment('$3')}`;
const sumAll: Statement = { name: 'sum arrivals', text: `select ${sums} from arrival where ${period} group by hour order by hour` };
const sumNamed: Statement = { name: 'sum arrivals by name', text: `select ${sums} from arrival where ${period} and workflow = $4 group by hour order by hour` };
const sumOfIds: Statement = { name: 'sum arrivals by id', text: `select ${sums} from arrival where ${period} and workflow_id = any ($4::text[]) group by hour order by hour` };

/** Hours in [sinceMs, untilMs) in which anything happened, in their order. */
export async function sumArrivals(transaction: Transaction, tenantId: string, { sinceMs, untilMs }: { readonly sinceMs: number; readonly untilMs: number }, { workflow, workflowIds }: ArrivalScope): Promise<readonly HourFigures[]> {
  const within = [tenantId, sinceMs, untilMs];
  if (workflowIds !== undefined) return await execute<HourFigures>(transaction, sumOfIds, [...within, workflowIds]);
  if (workflow !== undefined) return await execute<HourFigures>(transaction, sumNamed, [...within, workflow]);
  return await execute<HourFigures>(transaction, sumAll, within);
}

const findIds: Statement = {
  name: 'find workflow ids',
  text: 'select workflow_id from workflow_state where tenant_id = $1 and workflow = $2 and ($3::text is null or engine = $3) and ($4::text is null or namespace = $4)',
};

/** The ids of workflows of a name, of an engine or in a namespace or both. */
export async function findWorkflowIds(transaction: Transaction, tenantId: string, { workflow, engine, namespace }: { readonly workflow: string; readonly engine?: string | undefined; readonly namespace?: string | undefined }): Promise<readonly string[]> {
  const rows = await execute<{ workflow_id: string }>(transaction, findIds, [tenantId, workflow, engine ?? null, namespace ?? null]);
  return rows.map(({ workflow_id: workflowId }) => workflowId);
}

const removeOld: Statement = {
  name: 'remove old arrivals',
  text: `
    with old as (select workflow_id, hour from arrival where tenant_id = $1 and hour < ${moment('$2')} order by hour limit $3::int for update skip locked)
    delete from arrival a using old where a.tenant_id = $1 and a.workflow_id = old.workflow_id and a.hour = old.hour returning 1`,
};

/** Forgets at most `limit` hours that began before a moment, and returns how many. */
export async function removeOldArrivals(transaction: Transaction, tenantId: string, beforeMs: number, limit: number): Promise<number> {
  return (await execute(transaction, removeOld, [tenantId, beforeMs, limit])).length;
}
