import { randomUUID } from 'node:crypto';
import { query, type Transaction } from '@orrery/persistence';

/** A job that one process has for a while. */
export interface ClaimedJob {
  readonly jobId: string;
  readonly tenantId: string;
  readonly claimId: string;
}

// Claims end by the database's clock: those of the pods may differ.
const leaseEnd = (parameter: string) => `clock_timestamp() + ${parameter}::double precision * interval '1 ms'`;

/** Takes the job that has waited longest; none while another runs, whoever has it: one at a time is as much as a service should give. */
export async function claimJob(transaction: Transaction, leaseMs: number): Promise<ClaimedJob | undefined> {
  const claimId = randomUUID();
  await query(transaction, `select pg_advisory_xact_lock(hashtextextended('orrery learning queue', 0))`);
  const text = `
    with next as (
      select job_id from learning_queue where claim_id is null and not exists (select from learning_queue where claim_id is not null) order by requested_at, job_id limit 1
    )
    update learning_queue set claim_id = $1, claimed_until = ${leaseEnd('$2')} from next where learning_queue.job_id = next.job_id
    returning learning_queue.job_id as "jobId", owner as "tenantId"`;
  const [row] = await query<Omit<ClaimedJob, 'claimId'>>(transaction, text, [claimId, leaseMs]);
  return row === undefined ? undefined : { ...row, claimId };
}

/** False when the job was cancelled or given to another: it is not this process's any more. */
export async function keepClaim(transaction: Transaction, { jobId, claimId }: ClaimedJob, leaseMs: number): Promise<boolean> {
  return (await query(transaction, `update learning_queue set claimed_until = ${leaseEnd('$3')} where job_id = $1 and claim_id = $2 returning 1`, [jobId, claimId, leaseMs])).length > 0;
}

/** Takes a job out of the queue at its end; false as with {@link keepClaim}. */
export async function finishClaim(transaction: Transaction, { jobId, claimId }: ClaimedJob): Promise<boolean> {
  return (await query(transaction, 'delete from learning_queue where job_id = $1 and claim_id = $2 returning 1', [jobId, claimId])).length > 0;
}

/** Gives a job back, so that another process can have it; false as with {@link keepClaim}. */
export async function releaseClaim(transaction: Transaction, { jobId, claimId }: ClaimedJob): Promise<boolean> {
  return (await query(transaction, 'update learning_queue set claim_id = null, claimed_until = null where job_id = $1 and claim_id = $2 returning 1', [jobId, claimId])).length > 0;
}

/** Takes a job out of the queue, whoever has it. */
export async function dropFromQueue(transaction: Transaction, jobId: string): Promise<void> {
  await query(transaction, 'delete from learning_queue where job_id = $1', [jobId]);
}

/** Frees jobs whose process is not heard of any more; they stay in the queue. */
export async function freeLost(transaction: Transaction): Promise<readonly Omit<ClaimedJob, 'claimId'>[]> {
  const text = `
    update learning_queue set claim_id = null, claimed_until = null where job_id in (select job_id from learning_queue where claimed_until < clock_timestamp() for update skip locked)
    returning job_id as "jobId", owner as "tenantId"`;
  return await query(transaction, text);
}
