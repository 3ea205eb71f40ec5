import { randomUUID } from 'node:crypto';
import { query, type Transaction } from '@orrery/persistence';

/** A training that one process has for a while; when the process is not heard of in time, the training counts as lost. */
export interface ClaimedTraining {
  readonly trainingId: string;
  readonly tenantId: string;
  readonly claimId: string;
}

// Claims end by the database's clock: those of the pods may differ.
const leaseEnd = (parameter: string) => `clock_timestamp() + ${parameter}::double precision * interval '1 ms'`;

/** Takes the training that has waited longest and that nobody has. */
export async function claimTraining(transaction: Transaction, leaseMs: number): Promise<ClaimedTraining | undefined> {
  const claimId = randomUUID();
  const text = `
    with next as (select training_id from training_queue where claim_id is null order by requested_at, training_id limit 1 for update skip locked)
    update training_queue set claim_id = $1, claimed_until = ${leaseEnd('$2')} from next where training_queue.training_id = next.training_id
    returning training_queue.training_id as "trainingId", owner as "tenantId"`;
  const [row] = await query<Omit<ClaimedTraining, 'claimId'>>(transaction, text, [claimId, leaseMs]);
  return row === undefined ? undefined : { ...row, claimId };
}

/** False when the training was cancelled or counts as lost: it is not this process's any more. */
export async function keepClaim(transaction: Transaction, { trainingId, claimId }: ClaimedTraining, leaseMs: number): Promise<boolean> {
  const text = `update training_queue set claimed_until = ${leaseEnd('$3')} where training_id = $1 and claim_id = $2 returning 1`;
  return (await query(transaction, text, [trainingId, claimId, leaseMs])).length > 0;
}

/** Takes a training out of the queue at its end; false as with {@link keepClaim}. */
export async function finishClaim(transaction: Transaction, { trainingId, claimId }: ClaimedTraining): Promise<boolean> {
  return (await query(transaction, 'delete from training_queue where training_id = $1 and claim_id = $2 returning 1', [trainingId, claimId])).length > 0;
}

/** Gives a training back, so that another process can have it; false as with {@link keepClaim}. */
export async function releaseClaim(transaction: Transaction, { trainingId, claimId }: ClaimedTraining): Promise<boolean> {
  const text = 'update training_queue set claim_id = null, claimed_until = null where training_id = $1 and claim_id = $2 returning 1';
  return (await query(transaction, text, [trainingId, claimId])).length > 0;
}

/** Takes a training out of the queue, whoever has it. */
export async function dropFromQueue(transaction: Transaction, trainingId: string): Promise<void> {
  await query(transaction, 'delete from training_queue where training_id = $1', [trainingId]);
}

/** Takes trainings out of the queue whose process is not heard of any more. */
export async function takeLost(transaction: Transaction): Promise<readonly Omit<ClaimedTraining, 'claimId'>[]> {
  const text = `
    delete from training_queue where training_id in (select training_id from training_queue where claimed_until < clock_timestamp() for update skip locked)
    returning training_id as "trainingId", owner as "tenantId"`;
  return await query(transaction, text);
}
