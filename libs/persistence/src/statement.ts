import type { CustomTypesConfig } from 'pg';
import type { Transaction } from './database.js';
import { clientOf } from './transaction-client.js';

/** SQL that the server plans once for each connection. Names are unique in the service. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** How the texts of the server become values, by the numbers of its types. */
export type ColumnParsers = CustomTypesConfig;

/** Runs a prepared statement, which TypeORM's own `query` does not offer. */
export async function execute<Row extends object>(transaction: Transaction, { name, text }: Statement, values: readonly unknown[] = [], types?: ColumnParsers): Promise<Row[]> {
  return (await (await clientOf(transaction)).query<Row>({ name, text, values: [...values], types })).rows;
}

/** Runs SQL that was put together for one request. */
export async function query<Row extends object>(transaction: Transaction, text: string, values: readonly unknown[] = [], types?: ColumnParsers): Promise<Row[]> {
  return (await (await clientOf(transaction)).query<Row>({ text, values: [...values], types })).rows;
}
