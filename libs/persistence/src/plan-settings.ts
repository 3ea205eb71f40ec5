import type { Transaction } from './database.js';
import { execute, type Statement } from './statement.js';

// A prepared statement keeps its plan. One that was made while the tables were small reads them whole, and goes on doing so while they
// grow, until statistics are next gathered: minutes in which a consumer from an empty store slows to a crawl. Lookups by key are the
// only plan that is right at every size.
const lookUpByKey: Statement = {
  name: 'look up by key',
  text: `select set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)`,
};

/** For the rest of the transaction, statements find rows through indexes only. */
export async function findRowsByIndex(transaction: Transaction): Promise<void> {
  await execute(transaction, lookUpByKey);
}
