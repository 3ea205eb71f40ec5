import type { Transaction } from './database.js';
import { execute, type Statement } from './statement.js';

export interface SeenFact {
  /** 32 hex digits. */
  readonly factId: string;
  /** First day of the month. */
  readonly bucket: string;
}

// A repeat may come in another month than the first: no unique key spans partitions, so all of them are asked. Facts of one workflow have
// one writer, which is why nobody can add the same fact in between.
const addFacts: Statement = {
  name: 'add seen_fact',
  text: `
    insert into seen_fact (tenant_id, fact_id, bucket)
    select $1::text, given.fact_id, given.bucket from unnest($2::uuid[], $3::date[]) as given (fact_id, bucket)
    where not exists (select from seen_fact seen where seen.fact_id = given.fact_id)
    on conflict do nothing returning replace(fact_id::text, '-', '') as fact_id`,
};

/** Notes facts in the service's table `seen_fact` (monthly by `bucket`), and returns the ids of those that were not known yet. */
export async function addSeenFacts(transaction: Transaction, tenantId: string, facts: readonly SeenFact[]): Promise<ReadonlySet<string>> {
  const rows = await execute<{ fact_id: string }>(transaction, addFacts, [tenantId, facts.map(({ factId }) => factId), facts.map(({ bucket }) => bucket)]);
  return new Set(rows.map(({ fact_id: factId }) => factId));
}
