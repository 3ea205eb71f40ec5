import { execute, milliseconds, moment, type Statement, type Transaction } from '@orrery/persistence';
import type { ArrivalHour } from './domain/arrival-hours.js';
import type { HourFigures } from './domain/hour-figures.js';

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

/** Which workflows are summed up; without a name, all of the tenant. */
export interface ArrivalScope {
  readonly workflow?: string | undefined;
  /** The workflows of this name that are meant, where an engine or a namespace was told too. */
  readonly workflowIds?: readonly string[] | undefined;
}

/** One question, asked of each kind of scope; the last parameter is what narrows it. */
interface ScopedStatement {
  readonly all: Statement;
  readonly named: Statement;
  readonly ofIds: Statement;
}

function scoped(name: string, textWith: (scope: string) => string, parameter: string): ScopedStatement {
  return {
    all: { name, text: textWith('') },
    named: { name: `${name} by name`, text: textWith(` and workflow = ${parameter}`) },
    ofIds: { name: `${name} by id`, text: textWith(` and workflow_id = any (${parameter}::text[])`) },
  };
}

async function ask<Row extends object>(transaction: Transaction, { all, named, ofIds }: ScopedStatement, { workflow, workflowIds }: ArrivalScope, values: readonly unknown[]): Promise<Row[]> {
  if (workflowIds !== undefined) return await execute<Row>(transaction, ofIds, [...values, workflowIds]);
  return workflow === undefined ? await execute<Row>(transaction, all, values) : await execute<Row>(transaction, named, [...values, workflow]);
}

const sums = `${milliseconds('hour')} as "hourMs", sum(runs)::double precision as runs, sum(tasks)::double precision as tasks, sum(load_ms) as "loadMs", sum(cost_usd) as "costUsd"`;
const sum = scoped('sum arrivals', (scope) => `select ${sums} from arrival where tenant_id = $1 and hour >= ${moment('$2')} and hour < ${moment('$3')}${scope} group by hour order by hour`, '$4');
const exists = scoped('arrivals before', (scope) => `select exists (select from arrival where tenant_id = $1 and hour < ${moment('$2')}${scope}) as "isThere"`, '$3');

/** Hours in [sinceMs, untilMs) in which anything happened, in their order. */
export async function sumArrivals(transaction: Transaction, tenantId: string, { sinceMs, untilMs }: { readonly sinceMs: number; readonly untilMs: number }, scope: ArrivalScope): Promise<readonly HourFigures[]> {
  return await ask<HourFigures>(transaction, sum, scope, [tenantId, sinceMs, untilMs]);
}

/** Whether anything happened before a moment. */
export async function hasArrivalsBefore(transaction: Transaction, tenantId: string, beforeMs: number, scope: ArrivalScope): Promise<boolean> {
  return (await ask<{ isThere: boolean }>(transaction, exists, scope, [tenantId, beforeMs]))[0]?.isThere ?? false;
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
