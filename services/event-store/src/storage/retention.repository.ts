import type { Statement, Transaction } from '@orrery/persistence';
import { execute } from './statement.js';

// Runs whose month is not known have a bucket before all others and go by when they were last heard of.
const dropRuns: Statement = {
  name: 'drop runs',
  text: `
    with old as (
      select run_id, bucket from run
      where bucket < $1::date and (bucket > '1970-01-01' or updated_at is null or updated_at < $1::date) order by bucket limit $2::int
    ),
    gone_tasks as (delete from task using old where task.run_id = old.run_id),
    gone_artifacts as (delete from artifact using old where artifact.run_id = old.run_id),
    gone_records as (delete from record using old where old.bucket = '1970-01-01' and record.run_id = old.run_id and record.bucket = old.bucket),
    gone_events as (delete from execution_event e using old where old.bucket = '1970-01-01' and e.run_id = old.run_id and e.bucket = old.bucket),
    gone_messages as (delete from message using old where old.bucket = '1970-01-01' and message.run_id = old.run_id and message.bucket = old.bucket),
    gone_samples as (delete from sample using old where old.bucket = '1970-01-01' and sample.run_id = old.run_id and sample.bucket = old.bucket)
    delete from run using old where run.run_id = old.run_id returning run.run_id`,
};

/** Drops at most `limit` runs of the tenant that lie in months before one, with their tasks and artifacts; returns how many. */
export async function dropRunsBefore(transaction: Transaction, month: string, limit: number): Promise<number> {
  return (await execute(transaction, dropRuns, [month, limit])).length;
}
