import { randomUUID } from 'node:crypto';
import { OrreryError } from '@orrery/errors';
import { moment, query, wholeMilliseconds, type Transaction } from '@orrery/persistence';
import type { InspectedJobs } from '../workloads/inspect-jobs.js';

/** Jobs that were uploaded, without the jobs. */
export interface StoredWorkload extends Omit<InspectedJobs, 'checksum' | 'body'> {
  readonly workloadId: string;
  readonly name: string;
  readonly createdAtMs: number;
}

/** Uploads that a tenant can have. */
export const workloadLimit = 20;

const columns = `workload_id as "workloadId", name, format, ${wholeMilliseconds('created_at')} as "createdAtMs", kinds, tasks, mean_work_seconds as "meanWorkSeconds", size_bytes as "sizeBytes"`;

/** Keeps jobs; the same jobs under the same name are kept once. @throws ORRERY_LIMIT when the tenant has too many. */
export async function addWorkload(transaction: Transaction, tenantId: string, { name, format, createdAtMs, kinds, tasks, meanWorkSeconds, sizeBytes, checksum, body }: Omit<StoredWorkload, 'workloadId'> & InspectedJobs): Promise<StoredWorkload> {
  await query(transaction, `select pg_advisory_xact_lock(hashtextextended(concat_ws(' ', 'orrery workloads', $1::text), 0))`, [tenantId]);
  const [same] = await query<StoredWorkload>(transaction, `select ${columns} from workload where name = $1 and checksum = $2`, [name, checksum]);
  if (same !== undefined) return same;
  const [{ count } = { count: 0 }] = await query<{ count: number }>(transaction, 'select count(*)::int as count from workload');
  if (count >= workloadLimit) throw new OrreryError('ORRERY_LIMIT', `${count} uploads are kept already, at most ${workloadLimit} can be: delete one`, { retriable: false, details: { workloadLimit } });
  const insert = `
    insert into workload (tenant_id, workload_id, name, format, created_at, kinds, tasks, mean_work_seconds, size_bytes, checksum, body)
    values ($1, $2, $3, $4, ${moment('$5')}, $6, $7, $8, $9, $10, $11) returning ${columns}`;
  const rows = await query<StoredWorkload>(transaction, insert, [tenantId, randomUUID(), name, format, createdAtMs, kinds, tasks, meanWorkSeconds, sizeBytes, checksum, Buffer.from(body)]);
  return rows[0] as StoredWorkload;
}

export async function listWorkloads(transaction: Transaction): Promise<readonly StoredWorkload[]> {
  return await query<StoredWorkload>(transaction, `select ${columns} from workload order by created_at desc, workload_id`);
}

/** The name of uploaded jobs, and their JSON, gzipped. @throws ORRERY_NOT_FOUND */
export async function readWorkload(transaction: Transaction, workloadId: string): Promise<{ readonly name: string; readonly body: Uint8Array }> {
  const [row] = await query<{ name: string; body: Buffer }>(transaction, 'select name, body from workload where workload_id = $1', [workloadId]);
  if (row === undefined) throw notThere(workloadId);
  return { name: row.name, body: Uint8Array.from(row.body) };
}

/** @throws ORRERY_NOT_FOUND */
export async function checkWorkload(transaction: Transaction, workloadId: string): Promise<void> {
  if ((await query(transaction, 'select 1 from workload where workload_id = $1', [workloadId])).length === 0) throw notThere(workloadId);
}

/** @throws ORRERY_NOT_FOUND */
export async function deleteWorkload(transaction: Transaction, workloadId: string): Promise<void> {
  if ((await query(transaction, 'delete from workload where workload_id = $1 returning 1', [workloadId])).length === 0) throw notThere(workloadId);
}

function notThere(workloadId: string): OrreryError {
  return new OrreryError('ORRERY_NOT_FOUND', `workload ${workloadId} does not exist`, { details: { workloadId } });
}
