import type { Statement, Transaction } from '@orrery/persistence';
import { execute } from './statement.js';

const note: Statement = {
  name: 'note replayed',
  text: 'insert into replayed_dead_letter (dead_letter_id, tenant_id, topic) select id, $2, $3 from unnest($1::text[]) as id on conflict do nothing',
};
const list: Statement = { name: 'list replayed', text: 'select dead_letter_id from replayed_dead_letter where topic = $1' };
const forget: Statement = {
  name: 'forget replayed',
  text: `delete from replayed_dead_letter where replayed_at < timestamptz 'epoch' + $1::bigint * interval '1 microsecond'`,
};

export async function noteReplayed(transaction: Transaction, tenantId: string, topic: string, ids: readonly string[]): Promise<void> {
  await execute(transaction, note, [ids, tenantId, topic]);
}

/** Which dead letters of a topic the transaction's tenant has sent once more. */
export async function replayedOf(transaction: Transaction, topic: string): Promise<ReadonlySet<string>> {
  return new Set((await execute<{ dead_letter_id: string }>(transaction, list, [topic])).map((row) => row.dead_letter_id));
}

/** @param beforeUs microseconds */
export async function forgetReplayedBefore(transaction: Transaction, beforeUs: number): Promise<void> {
  await execute(transaction, forget, [beforeUs]);
}
