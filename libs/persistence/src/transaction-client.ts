import { OrreryError } from '@orrery/errors';
import type { ClientBase } from 'pg';
import type { Transaction } from './database.js';

/**
 * The driver's connection below a transaction, for what TypeORM does not offer: prepared statements, parsers of one's own, streams.
 * To be asked for again at each use and never kept: after the transaction the connection is someone else's, with another tenant.
 *
 * @throws ORRERY_DEPENDENCY when the transaction is over or its connection was lost.
 */
export async function clientOf(transaction: Transaction): Promise<ClientBase> {
  const runner = transaction.queryRunner;
  if (runner === undefined) throw new OrreryError('ORRERY_CONFIG', 'this needs a transaction');
  if (runner.isReleased) throw new OrreryError('ORRERY_DEPENDENCY', 'the transaction is over or its connection was lost');
  return (await runner.connect()) as ClientBase;
}
