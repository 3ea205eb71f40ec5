import { bulkInsert, execute, moment, query, type Statement, type Transaction } from '@orrery/persistence';
import type { Anomaly, AnomalyStatus, FindingType, Severity } from '../domain/index.js';
import type { Place } from './baseline.repository.js';

interface AnomalyRow {
  readonly anomaly: Anomaly;
}

const findOne: Statement = { name: 'find anomaly', text: 'select anomaly from anomaly where tenant_id = $1 and anomaly_id = $2' };
const lockOne: Statement = { name: 'lock anomaly', text: `${findOne.text} for update` };
const lockUnresolved: Statement = {
  name: 'lock unresolved anomalies',
  text: `select anomaly from anomaly where tenant_id = $1 and subject_key_id = any($2::text[]) and status <> 'resolved' order by anomaly_id for update`,
};
const findMany: Statement = { name: 'find anomalies', text: 'select anomaly from anomaly where anomaly_id = any($1::text[])' };
const lockUnheard: Statement = {
  name: 'lock unheard anomalies',
  text: `select anomaly from anomaly where tenant_id = $1 and heard_at < ${moment('$2')} and status <> 'resolved' order by heard_at limit $3::int for update skip locked`,
};
const dropOld: Statement = {
  name: 'drop old anomalies',
  text: `
    with old as (select anomaly_id from anomaly where tenant_id = $1 and heard_at < ${moment('$2')} and status = 'resolved' order by heard_at limit $3::int),
    gone as (delete from anomaly_run r using old where r.tenant_id = $1 and r.anomaly_id = old.anomaly_id)
    delete from anomaly a using old where a.tenant_id = $1 and a.anomaly_id = old.anomaly_id returning a.anomaly_id`,
};
const countByType: Statement = {
  name: 'count anomalies',
  text: `
    select type, status, coalesce(resolution, '') as resolution, count(*)::int as count
    from anomaly where tenant_id = $1 and detected_at >= ${moment('$2')} group by 1, 2, 3`,
};

export async function findAnomaly(transaction: Transaction, tenantId: string, anomalyId: string): Promise<Anomaly | null> {
  return (await execute<AnomalyRow>(transaction, findOne, [tenantId, anomalyId]))[0]?.anomaly ?? null;
}

/** The same, and nobody else changes it until the transaction ends. */
export async function lockAnomaly(transaction: Transaction, tenantId: string, anomalyId: string): Promise<Anomaly | null> {
  return (await execute<AnomalyRow>(transaction, lockOne, [tenantId, anomalyId]))[0]?.anomaly ?? null;
}

export async function findAnomalies(transaction: Transaction, anomalyIds: readonly string[]): Promise<readonly Anomaly[]> {
  return anomaliesOf(await execute<AnomalyRow>(transaction, findMany, [anomalyIds]));
}

/** All anomalies of some subjects that are not resolved, locked in one order. */
export async function lockUnresolvedAnomalies(transaction: Transaction, tenantId: string, keyIds: readonly string[]): Promise<readonly Anomaly[]> {
  return keyIds.length === 0 ? [] : anomaliesOf(await execute<AnomalyRow>(transaction, lockUnresolved, [tenantId, keyIds]));
}

/** Anomalies that are not resolved and that nothing was heard of since a moment, locked. */
export async function lockUnheardAnomalies(transaction: Transaction, tenantId: string, beforeMs: number, limit: number): Promise<readonly Anomaly[]> {
  return anomaliesOf(await execute<AnomalyRow>(transaction, lockUnheard, [tenantId, beforeMs, limit]));
}

/** Drops at most `limit` resolved anomalies that nothing was heard of since a moment, and returns how many. */
export async function dropAnomaliesBefore(transaction: Transaction, tenantId: string, beforeMs: number, limit: number): Promise<number> {
  return (await execute(transaction, dropOld, [tenantId, beforeMs, limit])).length;
}

export interface SavedAnomaly {
  readonly anomaly: Anomaly;
  /** When it was last heard of; null leaves that as it is. */
  readonly heardAtMs: number | null;
  /** Runs that show it, beside those that were told before. */
  readonly runIds: readonly string[];
}

/** Writes anomalies over what is there, in the given order: an episode must be resolved before the next of its cause is opened. */
export async function saveAnomalies(transaction: Transaction, tenantId: string, anomalies: readonly SavedAnomaly[]): Promise<void> {
  await bulkInsert(transaction, {
    table: 'anomaly',
    columns: [
      ...['tenant_id', 'anomaly_id', 'subject_key_id', 'cause', 'type', 'severity', 'status', 'resolution', 'workflow', 'task'].map((name) => ({ name, type: 'text' })),
      ...['detected_at', 'last_detected_at', 'heard_at'].map((name) => ({ name, type: 'unix_ms' })),
      { name: 'anomaly', type: 'jsonb' },
    ],
    rows: anomalies.map(({ anomaly, heardAtMs }) => ({
      ...{ tenant_id: tenantId, anomaly_id: anomaly.anomalyId, subject_key_id: anomaly.subjectKeyId, cause: anomaly.cause, type: anomaly.type, severity: anomaly.severity },
      ...{ status: anomaly.status, resolution: anomaly.resolution?.kind, workflow: anomaly.subject.workflow, task: anomaly.subject.task },
      // The epoch stands for "as before": greatest() below lets every real time win.
      ...{ detected_at: anomaly.detectedAtMs, last_detected_at: anomaly.lastDetectedAtMs, heard_at: heardAtMs ?? 0, anomaly: storable(anomaly) },
    })),
    onConflict: {
      target: ['tenant_id', 'anomaly_id'],
      update: ['severity', 'status', 'resolution', 'last_detected_at', 'anomaly', { column: 'heard_at', expression: 'greatest(anomaly.heard_at, excluded.heard_at)' }],
    },
  });
  await saveRuns(transaction, tenantId, anomalies);
}

async function saveRuns(transaction: Transaction, tenantId: string, anomalies: readonly SavedAnomaly[]): Promise<void> {
  await bulkInsert(transaction, {
    table: 'anomaly_run',
    columns: ['tenant_id', 'run_id', 'anomaly_id'].map((name) => ({ name, type: 'text' })),
    rows: anomalies.flatMap(({ anomaly: { anomalyId }, runIds }) => runIds.map((runId) => ({ tenant_id: tenantId, run_id: runId, anomaly_id: anomalyId }))),
    onConflict: 'nothing',
  });
}

/** Which anomalies to list; absent means any. */
export interface AnomalyFilter {
  readonly statuses?: readonly AnomalyStatus[] | undefined;
  readonly type?: FindingType | undefined;
  readonly severity?: Severity | undefined;
  readonly workflow?: string | undefined;
  readonly task?: string | undefined;
  readonly keyId?: string | undefined;
  readonly runId?: string | undefined;
  /** Inclusive, of the latest detection. */
  readonly sinceMs?: number | undefined;
  /** Exclusive. */
  readonly untilMs?: number | undefined;
}

/** Anomalies that match, the latest detection first, after a place of the same order. */
export async function listAnomalies(transaction: Transaction, filter: AnomalyFilter, after: Place | undefined, limit: number): Promise<readonly Anomaly[]> {
  const values: unknown[] = [];
  const value = (parameter: unknown, type: string) => `$${values.push(parameter)}::${type}`;
  const at = (atMs: number) => moment(value(atMs, 'double precision'));
  const conditions = [
    ...equalities(filter).map(([column, parameter]) => `${column} = ${value(parameter, 'text')}`),
    ...statusConditions(filter.statuses, value),
    ...(filter.runId === undefined ? [] : [`anomaly_id in (select anomaly_id from anomaly_run where run_id = ${value(filter.runId, 'text')})`]),
    ...(filter.sinceMs === undefined ? [] : [`last_detected_at >= ${at(filter.sinceMs)}`]),
    ...(filter.untilMs === undefined ? [] : [`last_detected_at < ${at(filter.untilMs)}`]),
    ...(after === undefined ? [] : [`(last_detected_at, anomaly_id) < (${at(after.atMs)}, ${value(after.id, 'text')})`]),
  ];
  const where = conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`;
  return anomaliesOf(await query<AnomalyRow>(transaction, `select anomaly from anomaly ${where} order by last_detected_at desc, anomaly_id desc limit ${value(limit, 'int')}`, values));
}

function equalities({ type, severity, workflow, task, keyId }: AnomalyFilter): readonly (readonly [string, string])[] {
  const columns = { type, severity, workflow, task, subject_key_id: keyId };
  return Object.entries(columns).filter((entry): entry is [string, string] => entry[1] !== undefined);
}

function statusConditions(statuses: readonly AnomalyStatus[] | undefined, value: (parameter: unknown, type: string) => string): readonly string[] {
  if (statuses === undefined) return [];
  return [statuses.length === 1 ? `status = ${value(statuses[0], 'text')}` : `status = any(${value(statuses, 'text[]')})`];
}

export interface AnomalyCount {
  readonly type: FindingType;
  readonly status: AnomalyStatus;
  /** Empty until it is resolved. */
  readonly resolution: string;
  readonly count: number;
}

/** How many anomalies were opened since a moment, by type and how they stand. */
export async function countAnomalies(transaction: Transaction, tenantId: string, sinceMs: number): Promise<readonly AnomalyCount[]> {
  return await execute<AnomalyCount>(transaction, countByType, [tenantId, sinceMs]);
}

// Texts quote error lines, which are cut: PostgreSQL's JSON holds no NUL and no half of a surrogate pair.
const unstorable = /\u0000|\p{Surrogate}/gu;

function storable(anomaly: Anomaly): Anomaly {
  return { ...anomaly, title: anomaly.title.replace(unstorable, '\ufffd'), text: anomaly.text.replace(unstorable, '\ufffd') };
}

function anomaliesOf(rows: readonly AnomalyRow[]): readonly Anomaly[] {
  return rows.map(({ anomaly }) => anomaly);
}
