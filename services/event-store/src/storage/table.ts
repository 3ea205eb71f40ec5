import type { Statement } from '@orrery/persistence';
import { maxShownText } from '../domain/values.js';

/**
 * How a column travels: `instant` as microseconds, `json` as a JSON value, `document` as JSON text that nobody parses on the way,
 * all others as they are.
 */
export type ColumnType = 'uuid' | 'text' | 'date' | 'smallint' | 'int' | 'bigint' | 'float8' | 'boolean' | 'instant' | 'json' | 'document';

export interface TableShape {
  readonly table: string;
  readonly key: readonly string[];
  readonly columns: Readonly<Record<string, ColumnType>>;
}

/**
 * Statements take all rows as one JSON text (`$1`) and the tenant (`$2`). Sparse rows make this cheaper than arrays for each column
 * (a null costs nothing), and one prepared statement fits any number of rows.
 */
export function insertStatement({ table, key: [runId, id], columns }: TableShape): Statement {
  return {
    name: `insert ${table}`,
    text: `with inserted as (${insertInto(table, columns)} on conflict do nothing returning ${runId}, ${id})
      select ${insertedKeys(`${runId}`, `${id}`)} from inserted`,
  };
}

/**
 * The keys of inserted rows as one JSON value; null when all (`$3`) were inserted, the usual case, in which a thousand keys would
 * travel to say nothing.
 */
export function insertedKeys(...columns: readonly string[]): string {
  return `case when count(*) < $3::int then coalesce(json_agg(concat_ws(' ', ${columns.join(', ')})), '[]') end as keys`;
}

/** The same, overwriting rows that are there; tenant, key and partition stay. */
export function upsertStatement({ table, key, columns }: TableShape): Statement {
  const changing = Object.keys(columns).filter((column) => !key.includes(column));
  return {
    name: `upsert ${table}`,
    text: `${insertInto(table, columns)} on conflict (${key.join(', ')}) do update set ${changing.map((column) => `${column} = excluded.${column}`).join(', ')}`,
  };
}

/** Columns as a select list in the form in which {@link execute} reads them; `alias` qualifies them. */
export function selectList({ columns }: TableShape, alias: string): string {
  return Object.entries(columns)
    .map(([column, type]) => (type === 'document' || type === 'date' ? `${alias}.${column}::text as ${column}` : `${alias}.${column}`))
    .join(', ');
}

/** The same for showing: texts of these columns come cut, so that a page has a largest size. */
export function shownList({ columns, ...shape }: TableShape, alias: string, longColumns: readonly string[]): string {
  const short = Object.fromEntries(Object.entries(columns).filter(([column]) => !longColumns.includes(column)));
  const cut = longColumns.map((column) => `left(${alias}.${column}::text, ${maxShownText + 1}) as ${column}`);
  return [selectList({ ...shape, columns: short }, alias), ...cut].join(', ');
}

/**
 * Loads rows by key; every parameter is an array of one key column's values. Each key is looked up on its own (`offset 0` keeps the
 * planner from turning that into a join): in an empty table it would rather read all rows of the tenant for each key, and keep that plan.
 */
export function loadStatement(shape: TableShape): Statement {
  const { table, key, columns } = shape;
  const parameters = key.map((column, index) => `$${index + 1}::${sqlType(columns[column] ?? 'text')}[]`).join(', ');
  const matches = key.map((column) => `t.${column} = k.${column}`).join(' and ');
  return {
    name: `load ${table}`,
    text: `select ${selectList(shape, 't')} from unnest(${parameters}) as k (${key.join(', ')}) cross join lateral (select * from ${table} t where ${matches} offset 0) t`,
  };
}

function insertInto(table: string, columns: Readonly<Record<string, ColumnType>>): string {
  const entries = Object.entries(columns);
  const values = entries.map(([column, type]) => valueOf(column, type));
  const record = entries.map(([column, type]) => `${column} ${transportType(type)}`);
  return `insert into ${table} (tenant_id, ${Object.keys(columns).join(', ')})
    select $2::text, ${values.join(', ')} from json_to_recordset($1::json) as r (${record.join(', ')})`;
}

function valueOf(column: string, type: ColumnType): string {
  if (type === 'instant') return `timestamptz 'epoch' + r.${column} * interval '1 microsecond'`;
  if (type === 'document') return `r.${column}::jsonb`;
  return `r.${column}`;
}

function transportType(type: ColumnType): string {
  if (type === 'instant') return 'bigint';
  return type === 'document' ? 'text' : sqlType(type);
}

function sqlType(type: ColumnType): string {
  if (type === 'instant') return 'timestamptz';
  return type === 'json' || type === 'document' ? 'jsonb' : type;
}
