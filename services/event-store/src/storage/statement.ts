import { execute as executeAs, query as queryAs, type ColumnParsers, type Statement, type Transaction } from '@orrery/persistence';
import { parseInstant } from '../domain/instant.js';

/**
 * Runs a prepared statement. Moments come back as microseconds and 64-bit numbers as numbers: TypeORM's own `query` neither prepares
 * nor keeps more than milliseconds.
 */
export function execute<Row extends object>(transaction: Transaction, statement: Statement, values: readonly unknown[] = []): Promise<Row[]> {
  return executeAs<Row>(transaction, statement, values, columnParsers);
}

/** Runs SQL that was put together for one request, with the same types as {@link execute}. */
export function query<Row extends object>(transaction: Transaction, text: string, values: readonly unknown[]): Promise<Row[]> {
  return queryAs<Row>(transaction, text, values, columnParsers);
}

const asText = (text: string) => text;
const asJson = (text: string): unknown => JSON.parse(text);

// By the numbers of pg_type.dat: bool, bytea, int8, int2, int4, json, float4, float8, timestamptz, numeric, jsonb.
const parsers = new Map<number, (text: string) => unknown>([
  [16, (text) => text === 't'],
  [17, (text) => Buffer.from(text.slice(2), 'hex')],
  [20, Number],
  [21, Number],
  [23, Number],
  [114, asJson],
  [700, Number],
  [701, Number],
  [1184, parseTimestamp],
  [1700, Number],
  [3802, asJson],
]);

const columnParsers: ColumnParsers = { getTypeParser: (typeId: number) => parsers.get(typeId) ?? asText };

const shortest = '2024-05-01 12:00:00+00'.length;

/** PostgreSQL's notation in a session in UTC, digit by digit: a large answer has tens of thousands of times. */
function parseTimestamp(text: string): number | null {
  if (text.length < shortest || text.charCodeAt(4) !== 45 || !text.endsWith('+00')) return parseInstant(text);
  const digits = (from: number, to: number) => {
    let number = 0;
    for (let at = from; at < to; at += 1) number = number * 10 + text.charCodeAt(at) - 48;
    return number;
  };
  const milliseconds = Date.UTC(digits(0, 4), digits(5, 7) - 1, digits(8, 10), digits(11, 13), digits(14, 16), digits(17, 19));
  const fractionEnd = text.length - 3;
  const fraction = fractionEnd > 20 ? digits(20, fractionEnd) * 10 ** (6 - (fractionEnd - 20)) : 0;
  return milliseconds * 1000 + fraction;
}
