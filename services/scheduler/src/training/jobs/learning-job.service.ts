import { OrreryError } from '@orrery/errors';
import { defaultBodyLimits } from '@orrery/http';
import { rememberTenant, type Database } from '@orrery/persistence';
import { inspectJobs } from '../workloads/inspect-jobs.js';
import { checkPolicyNames } from './learning-job-of.js';
import { addJob, endJob, findJob, jobsBefore, listJobs, readResult, type JobKind, type JobRequest, type StoredJob, type StoredResult } from './learning-job.repository.js';
import { dropFromQueue } from './learning-queue.repository.js';
import type { JobPlace, JobStatus } from './learning-request.js';
import { addWorkload, checkWorkload, deleteWorkload, listWorkloads, type StoredWorkload } from './workload.repository.js';

export interface LearningJobServiceOptions {
  readonly database: Database;
  readonly now: () => number;
  /** Called when there is something to do. */
  readonly wake: () => void;
}

/** A job with its place in the queue and what came of it. */
export interface WholeJob {
  readonly job: StoredJob;
  readonly jobsBefore: number;
  readonly result: StoredResult | null;
}

/** Trainings and evaluations of tenants, asked for, looked at, cancelled, and the jobs they are done with. */
export class LearningJobService {
  constructor(private readonly options: LearningJobServiceOptions) {}

  get nowMs(): number {
    return this.options.now();
  }

  /** Puts a job in the queue. @throws ORRERY_NOT_FOUND when its jobs are not there, ORRERY_LIMIT when too many wait. */
  async request(tenantId: string, request: JobRequest): Promise<WholeJob> {
    const { database, now, wake } = this.options;
    const { workload } = request.request;
    if ('policies' in request.request) checkPolicyNames([...request.request.policies, ...request.request.against]);
    const whole = await database.forTenant(tenantId, async (transaction) => {
      if (workload !== 'synthetic' && workload !== 'recorded') await checkWorkload(transaction, workload);
      await rememberTenant(transaction, tenantId);
      const job = await addJob(transaction, tenantId, request, now());
      return { job, jobsBefore: await jobsBefore(transaction, job.jobId), result: null };
    });
    wake();
    return whole;
  }

  async list(tenantId: string, filter: { readonly kind: JobKind; readonly status?: JobStatus | undefined }, after: JobPlace | undefined, limit: number): Promise<readonly StoredJob[]> {
    return await this.options.database.forTenant(tenantId, (transaction) => listJobs(transaction, filter, after, limit));
  }

  /** @throws ORRERY_NOT_FOUND */
  async find(tenantId: string, kind: JobKind, jobId: string): Promise<WholeJob> {
    return await this.options.database.forTenant(tenantId, async (transaction) => {
      const job = await findJob(transaction, kind, jobId);
      return { job, jobsBefore: job.status === 'queued' ? await jobsBefore(transaction, jobId) : 0, result: await readResult(transaction, jobId) };
    });
  }

  /**
   * Ends a job that waits or runs; the process that has it notices within a second.
   *
   * @throws ORRERY_NOT_FOUND, or ORRERY_CONFLICT when it was over before.
   */
  async cancel(tenantId: string, kind: JobKind, jobId: string): Promise<void> {
    const { database, now } = this.options;
    await database.forTenant(tenantId, async (transaction) => {
      const { status } = await findJob(transaction, kind, jobId);
      // The queue first, as whoever works it off does, so that neither waits for the other.
      await dropFromQueue(transaction, jobId);
      const ended = await endJob(transaction, jobId, { status: 'cancelled', message: 'cancelled by hand' }, now());
      if (ended === undefined) throw new OrreryError('ORRERY_CONFLICT', `${kind} ${jobId} is over: ${status}`, { details: { jobId, status } });
    });
  }

  /** Keeps uploaded jobs: JSON, or JSON that is gzipped. @throws ORRERY_VALIDATION when they are none, ORRERY_LIMIT when they or the uploads are too many. */
  async upload(tenantId: string, name: string, bytes: Uint8Array): Promise<StoredWorkload> {
    const { database, now } = this.options;
    const jobs = await inspectJobs({ name, bytes, limitBytes: defaultBodyLimits.bodyBytes });
    return await database.forTenant(tenantId, async (transaction) => {
      await rememberTenant(transaction, tenantId);
      return await addWorkload(transaction, tenantId, { name, createdAtMs: now(), ...jobs });
    });
  }

  async workloads(tenantId: string): Promise<readonly StoredWorkload[]> {
    return await this.options.database.forTenant(tenantId, listWorkloads);
  }

  /** @throws ORRERY_NOT_FOUND */
  async removeWorkload(tenantId: string, workloadId: string): Promise<void> {
    await this.options.database.forTenant(tenantId, (transaction) => deleteWorkload(transaction, workloadId));
  }
}
