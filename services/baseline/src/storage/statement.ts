import { clientOf, type Transaction } from '@orrery/persistence';

/** SQL that the server plans once for each connection. Names are unique in the service. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** Runs a prepared statement, which TypeORM's own `query` does not offer. */
export async function execute<Row extends object>(transaction: Transaction, { name, text }: Statement, values: readonly unknown[] = []): Promise<Row[]> {
  return (await (await clientOf(transaction)).query<Row>({ name, text, values: [...values] })).rows;
}

/** Runs SQL that was put together for one request. */
export async function query<Row extends object>(transaction: Transaction, text: string, values: readonly unknown[]): Promise<Row[]> {
  return (await (await clientOf(transaction)).query<Row>({ text, values: [...values] })).rows;
}

/** SQL for a moment that is given as Unix ms in a parameter. */
export function moment(parameter: string): string {
  return `timestamptz 'epoch' + ${parameter}::double precision * interval '1 ms'`;
}

/** SQL for a moment as Unix ms. */
export function milliseconds(column: string): string {
  return `(extract(epoch from ${column}) * 1000)::double precision`;
}
