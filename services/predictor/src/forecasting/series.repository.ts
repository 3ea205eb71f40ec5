import { workflowIdOf } from '@orrery/contracts';
import { messageOf, OrreryError } from '@orrery/errors';
import { bulkInsert, execute, milliseconds, moment, type Statement, type Transaction } from '@orrery/persistence';
import { decodeRing, encodeRing, type SampleRing, type SeriesKey } from '../domain/series/index.js';

/** What is known of one series. */
export interface StoredSeries {
  readonly seriesId: string;
  readonly key: SeriesKey;
  readonly ring: SampleRing;
  /** When the log took the last fact that it learned from. */
  readonly learnedAtMs: number;
}

const load: Statement = {
  name: 'load metric_series',
  text: 'select s.series_id, s.state from unnest($1::text[]) as k (series_id) cross join lateral (select * from metric_series t where t.tenant_id = $2 and t.series_id = k.series_id offset 0) s',
};
// Counted no further than anybody asks.
const count: Statement = { name: 'count metric_series', text: 'select count(*)::int as count from (select from metric_series where tenant_id = $1 limit $2::int) s' };

/** The rings of series; those that nothing is known of are missing. */
export async function loadSeries(transaction: Transaction, tenantId: string, seriesIds: readonly string[]): Promise<Map<string, SampleRing>> {
  if (seriesIds.length === 0) return new Map();
  const rows = await execute<{ series_id: string; state: Buffer }>(transaction, load, [seriesIds, tenantId]);
  return new Map(rows.map(({ series_id: seriesId, state }) => [seriesId, ringIn(state, seriesId)]));
}

/** How many series a tenant has; at most `limit` are counted. */
export async function countSeries(transaction: Transaction, tenantId: string, limit: number): Promise<number> {
  return (await execute<{ count: number }>(transaction, count, [tenantId, limit]))[0]?.count ?? 0;
}

/** Writes rings over what is there. */
export async function saveSeries(transaction: Transaction, tenantId: string, series: readonly StoredSeries[]): Promise<void> {
  await bulkInsert(transaction, {
    table: 'metric_series',
    columns: [
      ...['tenant_id', 'series_id', 'workflow_id', 'workflow', 'task', 'metric', 'unit', 'attributes'].map((name) => ({ name, type: 'text' })),
      { name: 'updated_at', type: 'unix_ms' },
      { name: 'learned_at', type: 'unix_ms' },
      { name: 'state', type: 'bytea' },
    ],
    rows: [...series]
      .sort((left, right) => (left.seriesId < right.seriesId ? -1 : 1))
      .map(({ seriesId, key, ring, learnedAtMs }) => ({
        ...{ tenant_id: tenantId, series_id: seriesId, workflow_id: workflowIdOf(key), workflow: key.workflow, task: key.task, metric: key.metric, unit: key.unit, attributes: key.attributes },
        ...{ updated_at: ring.samples.at(-1)?.atMs ?? learnedAtMs, learned_at: learnedAtMs, state: encodeRing(ring) },
      })),
    onConflict: { target: ['tenant_id', 'series_id'], update: ['updated_at', { column: 'learned_at', expression: 'greatest(metric_series.learned_at, excluded.learned_at)' }, 'state'] },
  });
}

/** Which series are meant: those of a workflow's metric, and of one task or attributes where these are told. */
export interface SeriesFilter {
  readonly workflow: string;
  readonly metric: string;
  readonly task?: string | undefined;
  readonly attributes?: string | undefined;
  readonly workflowIds?: readonly string[] | undefined;
}

/** A series as it is shown. */
export interface FoundSeries {
  readonly seriesId: string;
  readonly workflowId: string;
  readonly workflow: string;
  readonly task: string;
  readonly metric: string;
  readonly unit: string;
  readonly attributes: string;
  /** When its last reading was taken. */
  readonly updatedAtMs: number;
  readonly ring: SampleRing;
  /** How many others are meant as well, each of which was read earlier. */
  readonly others: number;
}

const find: Statement = {
  name: 'find metric_series',
  text: `
    select series_id as "seriesId", workflow_id as "workflowId", workflow, task, metric, unit, attributes, ${milliseconds('updated_at')} as "updatedAtMs", state, (count(*) over () - 1)::int as others
    from metric_series
    where tenant_id = $1 and workflow = $2 and metric = $3 and ($4::text is null or task = $4) and ($5::text is null or attributes = $5) and ($6::text[] is null or workflow_id = any ($6))
    order by updated_at desc, series_id limit 1`,
};

/** The series that was read last of those that are meant; null when there is none. */
export async function findSeries(transaction: Transaction, tenantId: string, { workflow, metric, task, attributes, workflowIds }: SeriesFilter): Promise<FoundSeries | null> {
  const rows = await execute<Omit<FoundSeries, 'ring'> & { readonly state: Buffer }>(transaction, find, [tenantId, workflow, metric, task ?? null, attributes ?? null, workflowIds ?? null]);
  const [row] = rows;
  if (row === undefined) return null;
  const { state, ...shown } = row;
  return { ...shown, ring: ringIn(state, row.seriesId) };
}

const listMetrics: Statement = { name: 'list metrics', text: 'select distinct metric from metric_series where tenant_id = $1 and workflow = $2 order by metric limit $3::int' };

/** What is measured of a workflow. */
export async function listMetricNames(transaction: Transaction, tenantId: string, workflow: string, limit: number): Promise<readonly string[]> {
  return (await execute<{ metric: string }>(transaction, listMetrics, [tenantId, workflow, limit])).map(({ metric }) => metric);
}

const removeStale: Statement = {
  name: 'remove stale metric_series',
  text: `
    with stale as (select series_id from metric_series where tenant_id = $1 and learned_at < ${moment('$2')} order by learned_at limit $3::int for update skip locked)
    delete from metric_series s using stale where s.tenant_id = $1 and s.series_id = stale.series_id returning s.series_id`,
};

/** Forgets at most `limit` series that nothing was learned of since a moment, and returns how many. */
export async function removeStaleSeries(transaction: Transaction, tenantId: string, beforeMs: number, limit: number): Promise<number> {
  return (await execute(transaction, removeStale, [tenantId, beforeMs, limit])).length;
}

// A state of another version: the deployment is to blame and not the fact in hand, which must wait.
function ringIn(state: Buffer, seriesId: string): SampleRing {
  try {
    return decodeRing(state);
  } catch (error) {
    throw new OrreryError('ORRERY_CONFIG', `the stored series ${seriesId} cannot be read by this version: ${messageOf(error)}`, { retriable: true, cause: error });
  }
}
