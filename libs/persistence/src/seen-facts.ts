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

/** The first of each fact that was never seen before, in the order of the log. */
export async function unseen<Entry extends SeenFact>(transaction: Transaction, tenantId: string, entries: readonly Entry[]): Promise<readonly Entry[]> {
  const first = new Map<string, Entry>();
  for (const entry of entries) if (!first.has(entry.factId)) first.set(entry.factId, entry);
  const facts = [...first].map(([factId, { bucket }]) => ({ factId, bucket }));
  const isNew = await addSeenFacts(transaction, tenantId, facts);
  return [...first.values()].filter(({ factId }) => isNew.has(factId));
}

/** Entries by tenant, each in the order in which it was given. */
export function byTenant<Entry extends { readonly tenantId: string }>(entries: readonly Entry[]): ReadonlyMap<string, readonly Entry[]> {
  const tenants = new Map<string, Entry[]>();
  for (const entry of entries) {
    const own = tenants.get(entry.tenantId);
    if (own === undefined) tenants.set(entry.tenantId, [entry]);
    else own.push(entry);
  }
  // In one order, so that two batches with the same new tenants do not wait for each other in a circle.
  return new Map([...tenants].sort(([left], [right]) => (left < right ? -1 : 1)));
}
