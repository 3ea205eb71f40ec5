import { randomUUID } from 'node:crypto';
import { bulkInsert, moment, query, wholeMilliseconds, type Transaction } from '@orrery/persistence';

/** What is to be done: look at a waiting notice, attempt a delivery, forget a delivery that is over. */
export type QueueKind = 'notice' | 'delivery' | 'expiry';

export interface QueueItem {
  readonly tenantId: string;
  readonly kind: QueueKind;
  /** The notice or delivery. */
  readonly subjectId: string;
  readonly dueAtMs: number;
}

/** An item that one dispatcher has for a while; when it does not finish in time, the item is anyone's again. */
export interface ClaimedItem extends QueueItem {
  readonly itemId: string;
  readonly claimId: string;
}

/** Adds items in the caller's transaction. */
export async function enqueue(transaction: Transaction, items: readonly QueueItem[]): Promise<void> {
  await bulkInsert(transaction, {
    table: 'alert_queue',
    columns: [
      { name: 'item_id', type: 'uuid' },
      { name: 'owner', type: 'text' },
      { name: 'kind', type: 'text' },
      { name: 'subject_id', type: 'uuid' },
      { name: 'due_at', type: 'unix_ms' },
    ],
    rows: items.map(({ tenantId, kind, subjectId, dueAtMs }) => ({ item_id: randomUUID(), owner: tenantId, kind, subject_id: subjectId, due_at: dueAtMs })),
  });
}

export interface ClaimRequest {
  readonly nowMs: number;
  readonly limit: number;
  readonly leaseMs: number;
  /** Tenants that have their share of the places already. */
  readonly busyTenants: readonly string[];
}

// Claims end by the database's clock: those of the pods may differ.
const claim = `
  with due as (
    select item_id from alert_queue
    where due_at <= ${moment('$1')} and (claimed_until is null or claimed_until < clock_timestamp()) and not owner = any($2::text[])
    order by due_at limit $3 for update skip locked
  )
  update alert_queue set claim_id = $4, claimed_until = clock_timestamp() + $5::double precision * interval '1 ms'
  from due where alert_queue.item_id = due.item_id
  returning alert_queue.item_id, owner, kind, subject_id, ${wholeMilliseconds('due_at')} as due_at_ms`;

interface ClaimedRow {
  readonly item_id: string;
  readonly owner: string;
  readonly kind: QueueKind;
  readonly subject_id: string;
  readonly due_at_ms: number;
}

/** Takes due items that nobody else has, the longest due first. */
export async function claimDue(transaction: Transaction, { nowMs, limit, leaseMs, busyTenants }: ClaimRequest): Promise<readonly ClaimedItem[]> {
  const claimId = randomUUID();
  const rows = await query<ClaimedRow>(transaction, claim, [nowMs, busyTenants, limit, claimId, leaseMs]);
  return rows.map((row) => ({ itemId: row.item_id, claimId, tenantId: row.owner, kind: row.kind, subjectId: row.subject_id, dueAtMs: row.due_at_ms }));
}

/** Ends an item; false when the claim ran out and someone else has it, whose work counts then. */
export async function finish(transaction: Transaction, { itemId, claimId }: ClaimedItem): Promise<boolean> {
  return (await query(transaction, 'delete from alert_queue where item_id = $1 and claim_id = $2 returning 1', [itemId, claimId])).length > 0;
}

/** Gives an item back, to be done at another time; false as with {@link finish}. */
export async function postpone(transaction: Transaction, { itemId, claimId }: ClaimedItem, dueAtMs: number): Promise<boolean> {
  const text = `update alert_queue set due_at = ${moment('$3')}, claim_id = null, claimed_until = null where item_id = $1 and claim_id = $2 returning 1`;
  return (await query(transaction, text, [itemId, claimId, dueAtMs])).length > 0;
}

/** Makes items due now that wait and that nobody has in hand; returns whose they are. */
export async function hasten(transaction: Transaction, subjectIds: readonly string[], nowMs: number): Promise<readonly string[]> {
  const text = `
    update alert_queue set due_at = least(due_at, ${moment('$2')}) where kind = 'delivery' and subject_id = any($1::uuid[]) and claim_id is null
    returning subject_id as "subjectId"`;
  return (await query<{ subjectId: string }>(transaction, text, [subjectIds, nowMs])).map(({ subjectId }) => subjectId);
}
