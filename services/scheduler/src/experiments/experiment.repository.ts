import { execute, milliseconds, moment, query, type Statement, type Transaction } from '@orrery/persistence';
import type { BlockAnalysis, BlockPlan, ExperimentKind, ExperimentStatus, StandingExperiment } from '../domain/experiments/index.js';

/** What was fixed before the first block, beside the blocks themselves. */
export interface ExperimentDesign {
  /** Share by which the completion time should fall. */
  readonly minimumEffect: number;
  /** The experiment stops itself when the completion time is longer by more than this share. */
  readonly rollbackAbove: number;
  readonly rollsOut: boolean;
  /** What should be known of the plan, in words. */
  readonly notes: readonly string[];
}

export interface Experiment extends StandingExperiment {
  readonly scheduler: string;
  readonly startedMs: number;
  /** When it ends by itself. */
  readonly endsMs: number;
  readonly endedMs: number | null;
  readonly startedBy: string;
  readonly note: string;
  /** As it was asked for, to know it again. */
  readonly request: unknown;
  readonly design: ExperimentDesign;
  /** Null until it has reached its horizon. */
  readonly result: BlockAnalysis | null;
}

/** What to list; absent means any. */
export interface ExperimentFilter {
  readonly scheduler?: string | undefined;
  readonly kind?: ExperimentKind | undefined;
  readonly status?: ExperimentStatus | undefined;
  readonly name?: string | undefined;
}

/** Everything up to and with it was shown. */
export interface ExperimentPlace {
  readonly startedMs: number;
  readonly id: string;
}

interface ExperimentRow {
  readonly experimentId: string;
  readonly name: string;
  readonly kind: ExperimentKind;
  readonly scheduler: string;
  readonly status: ExperimentStatus;
  readonly policy: string;
  readonly control: string;
  readonly startedMs: number;
  readonly endsMs: number;
  readonly endedMs: number | null;
  readonly startedBy: string;
  readonly note: string;
  readonly reason: string;
  readonly request: unknown;
  readonly plan: BlockPlan | null;
  readonly design: ExperimentDesign;
  readonly result: BlockAnalysis | null;
  readonly keepsHoldOut: boolean;
}

const columns = `
  experiment_id as "experimentId", name, kind, scheduler, status, policy, control, ${milliseconds('started_at')} as "startedMs", ${milliseconds('ends_at')} as "endsMs",
  ${milliseconds('ended_at')} as "endedMs", started_by as "startedBy", note, reason, request, plan, design, result, keeps_hold_out as "keepsHoldOut"`;

const add: Statement = {
  name: 'add experiment',
  text: `
    insert into experiment (tenant_id, experiment_id, name, kind, scheduler, status, policy, control, started_at, ends_at, started_by, note, reason, request, plan, design, keeps_hold_out)
    values ($1, $2, $3, $4, $5, 'running', $6, $7, ${moment('$8')}, ${moment('$9')}, $10, $11, '', $12, $13, $14, $15)
    on conflict do nothing returning experiment_id`,
};
const byName: Statement = { name: 'experiment by name', text: `select ${columns} from experiment where tenant_id = $1 and name = $2` };
const byId: Statement = { name: 'experiment by id', text: `select ${columns} from experiment where tenant_id = $1 and experiment_id = $2` };
const lock: Statement = { name: 'lock experiment', text: `${byId.text} for update` };
const running: Statement = { name: 'running experiments', text: `select ${columns} from experiment where tenant_id = $1 and status = 'running' order by started_at` };
const standing: Statement = {
  name: 'standing experiments',
  text: `
    select ${columns} from experiment where tenant_id = $1 and status = 'running'
    union all (select distinct on (scheduler) ${columns} from experiment where tenant_id = $1 and status <> 'running' and kind = 'switchback' order by scheduler, experiment.started_at desc)`,
};
const end: Statement = {
  name: 'end experiment',
  text: `update experiment set status = $3, reason = $4, ended_at = ${moment('$5')}, result = $6, keeps_hold_out = $7 where tenant_id = $1 and experiment_id = $2`,
};
const remember: Statement = { name: 'remember tenant of experiments', text: 'insert into experiment_tenant (name) values ($1) on conflict do nothing' };
const known: Statement = { name: 'known tenant of experiments', text: 'select name from experiment_tenant where name = $1' };
const tenants: Statement = { name: 'tenants of experiments', text: 'select name from experiment_tenant order by name' };

/** Adds an experiment that runs; says whether it could: a name is given once, and a scheduler has one running experiment at most. */
export async function addExperiment(transaction: Transaction, tenantId: string, experiment: Experiment): Promise<boolean> {
  const { experimentId, name, kind, scheduler, policy, control, startedMs, endsMs, startedBy, note, request, plan, design, keepsHoldOut } = experiment;
  const json = [request, plan, design].map((value) => (value === null ? null : JSON.stringify(value)));
  const rows = await execute(transaction, add, [tenantId, experimentId, name, kind, scheduler, policy, control, startedMs, endsMs, startedBy, note, ...json, keepsHoldOut]);
  return rows.length > 0;
}

export async function findExperimentNamed(transaction: Transaction, tenantId: string, name: string): Promise<Experiment | undefined> {
  return (await execute<ExperimentRow>(transaction, byName, [tenantId, name])).map(fromRow)[0];
}

export async function findExperiment(transaction: Transaction, tenantId: string, experimentId: string): Promise<Experiment | undefined> {
  return (await execute<ExperimentRow>(transaction, byId, [tenantId, experimentId])).map(fromRow)[0];
}

/** Nobody else can end it until the transaction does. */
export async function lockExperiment(transaction: Transaction, tenantId: string, experimentId: string): Promise<Experiment | undefined> {
  return (await execute<ExperimentRow>(transaction, lock, [tenantId, experimentId])).map(fromRow)[0];
}

export async function runningExperiments(transaction: Transaction, tenantId: string): Promise<readonly Experiment[]> {
  return (await execute<ExperimentRow>(transaction, running, [tenantId])).map(fromRow);
}

/** What runs, and the last switchback of each scheduler that ended. */
export async function standingExperiments(transaction: Transaction, tenantId: string): Promise<readonly Experiment[]> {
  return (await execute<ExperimentRow>(transaction, standing, [tenantId])).map(fromRow);
}

/** Experiments that match, the latest first, after a place of the same order. */
export async function listExperiments(transaction: Transaction, tenantId: string, filter: ExperimentFilter, { after, limit }: { readonly after: ExperimentPlace | undefined; readonly limit: number }): Promise<readonly Experiment[]> {
  const values: unknown[] = [tenantId];
  const value = (parameter: unknown, type: string) => `$${values.push(parameter)}::${type}`;
  const conditions = [
    'tenant_id = $1',
    ...Object.entries(filter).flatMap(([column, wanted]) => (wanted === undefined ? [] : [`${column} = ${value(wanted, 'text')}`])),
    ...(after === undefined ? [] : [`(${milliseconds('started_at')}, experiment_id) < (${value(after.startedMs, 'double precision')}, ${value(after.id, 'uuid')})`]),
  ];
  const text = `select ${columns} from experiment where ${conditions.join(' and ')} order by started_at desc, experiment_id desc limit ${value(limit, 'int')}`;
  return (await query<ExperimentRow>(transaction, text, values)).map(fromRow);
}

/** Writes how an experiment ended. */
export async function endExperiment(transaction: Transaction, tenantId: string, { experimentId, status, reason, endedMs, result, keepsHoldOut }: Pick<Experiment, 'experimentId' | 'status' | 'reason' | 'endedMs' | 'result' | 'keepsHoldOut'>): Promise<void> {
  await execute(transaction, end, [tenantId, experimentId, status, reason, endedMs, result === null ? null : JSON.stringify(result), keepsHoldOut]);
}

/** Notes that a tenant has something to look after. */
export async function rememberExperimentTenant(transaction: Transaction, tenantId: string): Promise<void> {
  await execute(transaction, remember, [tenantId]);
}

/** Whether anything was ever decided for the tenant. */
export async function isExperimentTenant(transaction: Transaction, tenantId: string): Promise<boolean> {
  return (await execute(transaction, known, [tenantId])).length > 0;
}

export async function experimentTenants(transaction: Transaction): Promise<readonly string[]> {
  return (await execute<{ name: string }>(transaction, tenants)).map(({ name }) => name);
}

function fromRow(row: ExperimentRow): Experiment {
  return { ...row, rollsOut: row.design.rollsOut, verdict: row.result?.verdict ?? null };
}
