import { randomUUID } from 'node:crypto';
import { OrreryError } from '@orrery/errors';
import { moment, query, wholeMilliseconds, type Transaction } from '@orrery/persistence';
import type { LearningProgress, LearningResult } from '../learning/learning-job.js';
import type { EvaluationBody, JobPlace, JobStatus, TrainingBody } from './learning-request.js';

export type JobKind = 'training' | 'evaluation';

interface StoredBase {
  readonly jobId: string;
  readonly name: string;
  readonly status: JobStatus;
  readonly requestedAtMs: number;
  readonly requestedBy: string;
  readonly startedAtMs: number | null;
  readonly finishedAtMs: number | null;
  /** When the process that works on it was last heard of. */
  readonly heartbeatAtMs: number | null;
  /** How often it was begun. */
  readonly attempt: number;
  readonly progress: LearningProgress | null;
  /** What became of it, for people. */
  readonly message: string;
  /** The policy that it made. */
  readonly policy: { readonly name: string; readonly version: number } | null;
}

/** A training or an evaluation, from its request to its end. */
export type StoredJob = StoredBase & ({ readonly kind: 'training'; readonly request: TrainingBody } | { readonly kind: 'evaluation'; readonly request: EvaluationBody });

export type JobRequest = Pick<StoredJob, 'kind' | 'name' | 'requestedBy'> & { readonly request: TrainingBody | EvaluationBody };

/** The report of a training, or the figures of an evaluation. */
export type StoredResult = Omit<Extract<LearningResult, { kind: 'training' }>, 'artifact'> | Extract<LearningResult, { kind: 'evaluation' }>;

/** Jobs of a tenant that wait or run at most. */
export const openLimit = 10;
/** Jobs that a tenant's list keeps, of each kind. */
const keptJobs = 200;

const columns = `
  job_id as "jobId", kind, name, status, ${wholeMilliseconds('requested_at')} as "requestedAtMs", requested_by as "requestedBy", ${wholeMilliseconds('started_at')} as "startedAtMs",
  ${wholeMilliseconds('finished_at')} as "finishedAtMs", ${wholeMilliseconds('heartbeat_at')} as "heartbeatAtMs", attempt, request, progress, message,
  case when policy is null then null else json_build_object('name', policy, 'version', policy_version) end as policy`;
const isOpen = "status in ('queued', 'running')";

/**
 * Puts a job in the queue.
 *
 * @throws ORRERY_LIMIT when too many of the tenant wait already.
 */
export async function addJob(transaction: Transaction, tenantId: string, { kind, name, requestedBy, request }: JobRequest, nowMs: number): Promise<StoredJob> {
  await query(transaction, `select pg_advisory_xact_lock(hashtextextended(concat_ws(' ', 'orrery learning jobs', $1::text), 0))`, [tenantId]);
  const [{ count } = { count: 0 }] = await query<{ count: number }>(transaction, `select count(*)::int as count from learning_job where ${isOpen}`);
  if (count >= openLimit) throw new OrreryError('ORRERY_LIMIT', `${count} trainings and evaluations wait or run already, at most ${openLimit} can: wait for one, or cancel it`, { details: { openLimit } });
  const text = `
    insert into learning_job (tenant_id, job_id, kind, name, status, requested_at, requested_by, attempt, request, message)
    values ($1, $2, $3, $4, 'queued', ${moment('$5')}, $6, 0, $7, '') returning ${columns}`;
  const rows = await query<StoredJob>(transaction, text, [tenantId, randomUUID(), kind, name, nowMs, requestedBy, JSON.stringify(request)]);
  const [job] = rows as [StoredJob];
  await query(transaction, `insert into learning_queue (job_id, owner, requested_at) values ($1, $2, ${moment('$3')})`, [job.jobId, tenantId, nowMs]);
  await query(transaction, `delete from learning_job where not (${isOpen}) and job_id in (select job_id from learning_job where kind = $1 order by requested_at desc offset $2)`, [kind, keptJobs]);
  return job;
}

export async function listJobs(transaction: Transaction, { kind, status }: { readonly kind: JobKind; readonly status?: JobStatus | undefined }, after: JobPlace | undefined, limit: number): Promise<readonly StoredJob[]> {
  const text = `
    select ${columns} from learning_job
    where kind = $1 and ($2::text is null or status = $2) and ($3::double precision is null or (${wholeMilliseconds('requested_at')}, job_id) < ($3, $4::uuid))
    order by ${wholeMilliseconds('requested_at')} desc, job_id desc limit $5`;
  return await query<StoredJob>(transaction, text, [kind, status ?? null, after?.atMs ?? null, after?.id ?? null, limit]);
}

/** @throws ORRERY_NOT_FOUND */
export async function findJob(transaction: Transaction, kind: JobKind, jobId: string): Promise<StoredJob> {
  const [job] = await query<StoredJob>(transaction, `select ${columns} from learning_job where kind = $1 and job_id = $2`, [kind, jobId]);
  if (job === undefined) throw new OrreryError('ORRERY_NOT_FOUND', `${kind} ${jobId} does not exist`, { details: { jobId } });
  return job;
}

export async function readResult(transaction: Transaction, jobId: string): Promise<StoredResult | null> {
  return (await query<{ result: StoredResult | null }>(transaction, 'select result from learning_job where job_id = $1', [jobId]))[0]?.result ?? null;
}

/** How many jobs of all tenants come before it, the one that runs included. */
export async function jobsBefore(transaction: Transaction, jobId: string): Promise<number> {
  const text = 'select count(*)::int as count from learning_queue where (requested_at, job_id) < (select requested_at, job_id from learning_queue where job_id = $1)';
  return (await query<{ count: number }>(transaction, text, [jobId]))[0]?.count ?? 0;
}

export interface JobEnd {
  readonly status: Exclude<JobStatus, 'queued' | 'running'>;
  readonly message: string;
  readonly policy?: { readonly name: string; readonly version: number } | undefined;
  readonly result?: StoredResult | undefined;
}

/** Ends a job that waits or runs; undefined when it was over before. */
export async function endJob(transaction: Transaction, jobId: string, { status, message, policy, result }: JobEnd, nowMs: number): Promise<StoredJob | undefined> {
  const text = `
    update learning_job set status = $2, message = $3, policy = $4, policy_version = $5, result = $6, finished_at = ${moment('$7')}
    where job_id = $1 and ${isOpen} returning ${columns}`;
  return (await query<StoredJob>(transaction, text, [jobId, status, message, policy?.name ?? null, policy?.version ?? null, result === undefined ? null : JSON.stringify(result), nowMs]))[0];
}

/** Marks a job as running; undefined when it no longer waits. */
export async function beginJob(transaction: Transaction, jobId: string, nowMs: number): Promise<StoredJob | undefined> {
  const text = `
    update learning_job set status = 'running', started_at = ${moment('$2')}, heartbeat_at = ${moment('$2')}, attempt = attempt + 1, message = ''
    where job_id = $1 and status = 'queued' returning ${columns}`;
  return (await query<StoredJob>(transaction, text, [jobId, nowMs]))[0];
}

/** Says that the process lives, and how far it is. */
export async function noteProgress(transaction: Transaction, jobId: string, progress: LearningProgress | null, nowMs: number): Promise<void> {
  const text = `update learning_job set heartbeat_at = ${moment('$2')}, progress = coalesce($3, progress) where job_id = $1 and status = 'running'`;
  await query(transaction, text, [jobId, nowMs, progress === null ? null : JSON.stringify(progress)]);
}

/** Puts a job that runs back into the queue, to be begun anew. */
export async function requeueJob(transaction: Transaction, jobId: string, message: string): Promise<void> {
  await query(transaction, `update learning_job set status = 'queued', started_at = null, heartbeat_at = null, progress = null, message = $2 where job_id = $1 and status = 'running'`, [jobId, message]);
}

/** How often a job was begun; 0 for one that is not there. */
export async function findAttempt(transaction: Transaction, jobId: string): Promise<number> {
  return (await query<{ attempt: number }>(transaction, 'select attempt from learning_job where job_id = $1', [jobId]))[0]?.attempt ?? 0;
}
