import { createHash } from 'node:crypto';
import { messageOf, OrreryError } from '@orrery/errors';
import type { QueryConfig, QueryResult } from 'pg';
import { translateDatabaseError } from './database-errors.js';
import type { Transaction } from './database.js';
import { quoteIdentifier } from './identifiers.js';
import { clientOf } from './transaction-client.js';

export interface BulkColumn {
  readonly name: string;
  /**
   * A type of PostgreSQL, or one of ours:
   * - `unix_ms`: a timestamptz, given as Unix time in ms; fractions are kept to the microsecond
   * - `json_text`: a jsonb, given as text that is JSON already
   *
   * `jsonb` takes any JSON value, strings included; `bytea` a Uint8Array; `text[]` and its like an array.
   */
  readonly type: string;
}

/** What happens to a column of the row that is already there. */
export type ConflictUpdate =
  /** Takes the new row's value. */
  | string
  /** SQL over the present row (under the table's name) and the new one (`excluded`): `least(run.started_at, excluded.started_at)`. */
  | { readonly column: string; readonly expression: string };

export type OnConflict = 'nothing' | { readonly target: readonly string[]; readonly update: readonly ConflictUpdate[]; /** SQL. */ readonly where?: string };

export interface BulkInsert {
  readonly table: string;
  readonly columns: readonly BulkColumn[];
  /** By column name; undefined and missing count as null, a key that is no column is an error. */
  readonly rows: readonly object[];
  /** @default an error for the whole statement */
  readonly onConflict?: OnConflict;
  readonly returning?: readonly string[];
}

export interface BulkResult {
  /** Rows inserted or updated; rows left alone on conflict do not count. */
  readonly affectedCount: number;
  /** The `returning` columns of those rows. */
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

// Large enough that round trips do not count, small enough that each connection can keep the prepared statement (2,000 parameters or so).
const maxRowsPerStatement = 128;
// The protocol counts parameters in 16 bits.
const maxParameters = 65_535;

/**
 * Inserts rows with statements of up to 128 rows, in the caller's transaction. Full statements are prepared once on each connection,
 * which is a third faster than one long statement that the server has to parse anew.
 * With `update`, no two rows of one call may have the same target: PostgreSQL refuses to change a row twice in one statement.
 *
 * @throws ORRERY_VALIDATION when a value, a key or text with half a surrogate pair cannot be stored; nothing of the call is kept then.
 * @example
 * await bulkInsert(transaction, {
 *   table: 'event',
 *   columns: [{ name: 'id', type: 'text' }, { name: 'at', type: 'unix_ms' }, { name: 'payload', type: 'jsonb' }],
 *   rows: events,
 *   onConflict: 'nothing',
 * });
 */
export async function bulkInsert(transaction: Transaction, insert: BulkInsert): Promise<BulkResult> {
  const rowsPerStatement = Math.min(maxRowsPerStatement, Math.floor(maxParameters / insert.columns.length));
  let affectedCount = 0;
  const returned: Readonly<Record<string, unknown>>[] = [];
  for (let start = 0; start < insert.rows.length; start += rowsPerStatement) {
    const rows = insert.rows.slice(start, start + rowsPerStatement);
    const parameters = rows.flatMap((row, index) => encodeRow(insert, row as Readonly<Record<string, unknown>>, start + index));
    const text = statementFor(insert, rows.length);
    const result = await run(transaction, { text, name: rows.length === rowsPerStatement ? nameOf(text) : undefined, values: parameters });
    affectedCount += result.rowCount ?? 0;
    for (const row of result.rows) returned.push(row);
  }
  return { affectedCount, rows: returned };
}

async function run(transaction: Transaction, statement: QueryConfig): Promise<QueryResult<Readonly<Record<string, unknown>>>> {
  const client = await clientOf(transaction);
  try {
    return await client.query(statement);
  } catch (error) {
    throw translateDatabaseError(error);
  }
}

/** Prepared statements go by name; one name must always mean the same text. */
function nameOf(text: string): string {
  return `bulk ${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
}

function statementFor({ table, columns, onConflict, returning = [] }: BulkInsert, rowCount: number): string {
  const tuples: string[] = [];
  for (let row = 0, parameter = 1; row < rowCount; row++) {
    tuples.push(`(${columns.map(({ type }) => placeholder(type, parameter++)).join(',')})`);
  }
  const names = columns.map(({ name }) => quoteIdentifier(name)).join(',');
  const returningClause = returning.length === 0 ? '' : ` returning ${returning.map(quoteIdentifier).join(',')}`;
  return `insert into ${quoteIdentifier(table)} (${names}) values ${tuples.join(',')}${conflictClause(onConflict)}${returningClause}`;
}

function placeholder(type: string, parameter: number): string {
  // Through an interval, whose microseconds are integers: to_timestamp takes seconds, which lose one now and then.
  return type === 'unix_ms' ? `timestamptz 'epoch'+$${parameter}::double precision*interval '1ms'` : `$${parameter}`;
}

function conflictClause(onConflict: OnConflict | undefined): string {
  if (onConflict === undefined) return '';
  if (onConflict === 'nothing') return ' on conflict do nothing';
  const assignments = onConflict.update.map((update) =>
    typeof update === 'string'
      ? `${quoteIdentifier(update)} = excluded.${quoteIdentifier(update)}`
      : `${quoteIdentifier(update.column)} = ${update.expression}`,
  );
  const where = onConflict.where === undefined ? '' : ` where ${onConflict.where}`;
  return ` on conflict (${onConflict.target.map(quoteIdentifier).join(',')}) do update set ${assignments.join(',')}${where}`;
}

function encodeRow({ table, columns }: BulkInsert, row: Readonly<Record<string, unknown>>, index: number): unknown[] {
  const unknownKey = Object.keys(row).find((key) => !columns.some(({ name }) => name === key));
  if (unknownKey !== undefined) throw new OrreryError('ORRERY_VALIDATION', `row ${index} for ${table} has ${unknownKey}, which is no column of the insert`);
  return columns.map((column) => {
    try {
      return encodeValue(column.type, row[column.name]);
    } catch (error) {
      throw new OrreryError('ORRERY_VALIDATION', `${column.name} of row ${index} for ${table} cannot be stored: ${messageOf(error)}`, { details: { column: column.name, row: index } });
    }
  });
}

function encodeValue(type: string, value: unknown): unknown {
  if (value === undefined || value === null) return null;
  // Too deep a nesting or a circle throws here.
  if (type === 'jsonb' || type === 'json') return JSON.stringify(value);
  checkText(value);
  return value;
}

// In a Unicode pattern only a surrogate without its other half matches.
const halfPair = /\p{Surrogate}/u;

/** Written as UTF-8, half a surrogate pair would become U+FFFD without a word. */
function checkText(value: unknown): void {
  if (typeof value === 'string' && halfPair.test(value)) throw new RangeError('it has half a surrogate pair');
  if (Array.isArray(value)) value.forEach(checkText);
}
