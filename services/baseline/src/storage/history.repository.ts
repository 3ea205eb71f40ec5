import { bulkInsert, execute, milliseconds, moment, type Statement, type Transaction } from '@orrery/persistence';

/** What a baseline knew at the end of a day, or of an hour while it was young. */
export interface HistoryPoint {
  /** When the day or hour began. */
  readonly atMs: number;
  readonly count: number;
  readonly duration: { readonly p50Ms: number; readonly p95Ms: number; readonly meanMs: number } | null;
  readonly memory: { readonly p50Bytes: number; readonly maxBytes: number } | null;
  readonly successRate: number | null;
}

export interface NewHistoryPoint {
  readonly keyId: string;
  readonly bucket: string;
  readonly point: HistoryPoint;
}

export async function addHistory(transaction: Transaction, tenantId: string, points: readonly NewHistoryPoint[]): Promise<void> {
  const figures = ['duration_p50_ms', 'duration_p95_ms', 'duration_mean_ms', 'memory_p50_bytes', 'memory_max_bytes', 'success_rate'];
  await bulkInsert(transaction, {
    table: 'baseline_history',
    columns: [
      { name: 'tenant_id', type: 'text' },
      { name: 'key_id', type: 'text' },
      { name: 'at', type: 'unix_ms' },
      { name: 'bucket', type: 'date' },
      { name: 'count', type: 'bigint' },
      ...figures.map((name) => ({ name, type: 'double precision' })),
    ],
    rows: points.map(({ keyId, bucket, point: { atMs, count, duration, memory, successRate } }) => ({
      ...{ tenant_id: tenantId, key_id: keyId, at: atMs, bucket, count, success_rate: successRate },
      ...{ duration_p50_ms: duration?.p50Ms, duration_p95_ms: duration?.p95Ms, duration_mean_ms: duration?.meanMs },
      ...{ memory_p50_bytes: memory?.p50Bytes, memory_max_bytes: memory?.maxBytes },
    })),
    onConflict: { target: ['key_id', 'at', 'bucket'], update: ['count', ...figures] },
  });
}

interface HistoryRow {
  readonly at_ms: number;
  readonly count: number;
  readonly duration_p50_ms: number | null;
  readonly duration_p95_ms: number | null;
  readonly duration_mean_ms: number | null;
  readonly memory_p50_bytes: number | null;
  readonly memory_max_bytes: number | null;
  readonly success_rate: number | null;
}

// A day that was written in two months has a point in each; the later one knew more.
const list: Statement = {
  name: 'list history',
  text: `
    select distinct on (at) ${milliseconds('at')} as at_ms, count::double precision as count,
      duration_p50_ms, duration_p95_ms, duration_mean_ms, memory_p50_bytes, memory_max_bytes, success_rate
    from baseline_history where key_id = $1 and at >= ${moment('$2')} and at < ${moment('$3')}
    order by at desc, bucket desc limit $4::int`,
};

/** Points of a key in [sinceMs, beforeMs), the latest first. */
export async function listHistory(transaction: Transaction, keyId: string, { sinceMs, beforeMs }: { readonly sinceMs: number; readonly beforeMs: number }, limit: number): Promise<readonly HistoryPoint[]> {
  return (await execute<HistoryRow>(transaction, list, [keyId, sinceMs, beforeMs, limit])).map(fromRow);
}

function fromRow(row: HistoryRow): HistoryPoint {
  const { duration_p50_ms: p50Ms, duration_p95_ms: p95Ms, duration_mean_ms: meanMs, memory_p50_bytes: p50Bytes, memory_max_bytes: maxBytes } = row;
  return {
    atMs: row.at_ms,
    count: row.count,
    duration: p50Ms === null || p95Ms === null || meanMs === null ? null : { p50Ms, p95Ms, meanMs },
    memory: p50Bytes === null || maxBytes === null ? null : { p50Bytes, maxBytes },
    successRate: row.success_rate,
  };
}
