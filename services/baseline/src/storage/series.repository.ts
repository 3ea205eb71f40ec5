import { bulkInsert, execute, moment, readStored, type Statement, type Transaction } from '@orrery/persistence';
import { decodeSeries, encodeSeries, type SeriesKey, type SeriesState } from '../domain/index.js';

/** What is known of one series. */
export interface StoredSeries {
  readonly seriesId: string;
  readonly key: SeriesKey;
  readonly state: SeriesState;
  /** When the log took the last fact that it learned from. */
  readonly learnedAtMs: number;
}

const load: Statement = {
  name: 'load series',
  text: 'select s.series_id, s.state from unnest($1::text[]) as k (series_id) cross join lateral (select * from series t where t.tenant_id = $2 and t.series_id = k.series_id offset 0) s',
};
// Counted no further than anybody asks.
const count: Statement = { name: 'count series', text: 'select count(*)::int as count from (select from series where tenant_id = $1 and kind = $2 limit $3::int) s' };
const removeStale: Statement = {
  name: 'remove stale series',
  text: `
    with stale as (select series_id from series where tenant_id = $1 and updated_at < ${moment('$2')} order by updated_at limit $3::int for update skip locked)
    delete from series s using stale where s.tenant_id = $1 and s.series_id = stale.series_id returning s.series_id`,
};

/** The states of series; those that nothing is known of are missing. */
export async function loadSeries(transaction: Transaction, tenantId: string, seriesIds: readonly string[]): Promise<Map<string, SeriesState>> {
  if (seriesIds.length === 0) return new Map();
  const rows = await execute<{ series_id: string; state: Buffer }>(transaction, load, [seriesIds, tenantId]);
  return new Map(rows.map(({ series_id: seriesId, state }) => [seriesId, readStored(decodeSeries, state, `series ${seriesId}`)]));
}

/** How many series of a kind a tenant has; at most `limit` are counted. */
export async function countSeries(transaction: Transaction, tenantId: string, kind: SeriesKey['kind'], limit: number): Promise<number> {
  return (await execute<{ count: number }>(transaction, count, [tenantId, kind, limit]))[0]?.count ?? 0;
}

/** Writes states over what is there. */
export async function saveSeries(transaction: Transaction, tenantId: string, series: readonly StoredSeries[]): Promise<void> {
  await bulkInsert(transaction, {
    table: 'series',
    columns: [
      ...['tenant_id', 'series_id', 'kind', 'workflow', 'task', 'metric', 'unit'].map((name) => ({ name, type: 'text' })),
      { name: 'updated_at', type: 'unix_ms' },
      { name: 'state', type: 'bytea' },
    ],
    rows: [...series]
      .sort((left, right) => (left.seriesId < right.seriesId ? -1 : 1))
      .map(({ seriesId, key: { kind, workflow, task, metric, unit }, state, learnedAtMs }) => ({
        ...{ tenant_id: tenantId, series_id: seriesId, kind, workflow, task, metric, unit },
        ...{ updated_at: learnedAtMs, state: encodeSeries(state) },
      })),
    onConflict: { target: ['tenant_id', 'series_id'], update: ['updated_at', 'state'] },
  });
}

/** Forgets at most `limit` series that nothing was learned of since a moment, and returns how many. */
export async function removeStaleSeries(transaction: Transaction, tenantId: string, beforeMs: number, limit: number): Promise<number> {
  return (await execute(transaction, removeStale, [tenantId, beforeMs, limit])).length;
}
