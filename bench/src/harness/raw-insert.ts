import type { Client } from 'pg';

interface Column {
  readonly name: string;
  readonly type: string;
}

const rowsPerStatement = 1000;
const maxParameters = 65_000;

async function columnsOf(client: Client, table: string): Promise<Column[]> {
  const { rows } = await client.query<Column>(
    `select attname as name, format_type(atttypid, atttypmod) as type from pg_attribute
     where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = '' order by attnum`,
    [table],
  );
  return rows;
}

/**
 * Inserts the rows of a table into a copy of it (same columns and indexes, same database) by multi-row VALUES on one
 * connection: what the database could do if storing were all there was to do.
 */
export async function rawInsert(client: Client, table: string, limit: number): Promise<{ readonly rows: number; readonly seconds: number }> {
  const columns = await columnsOf(client, table);
  const copy = `bench_copy_${table.replace(/\W/g, '_')}`;
  await client.query(`drop table if exists ${copy}; create table ${copy} (like ${table} including all)`);
  // Text keeps what a Date or a parsed JSON value would lose; bytes stay bytes.
  const list = columns.map(({ name, type }) => (type === 'bytea' ? `"${name}"` : `"${name}"::text`)).join(', ');
  const { rows } = await client.query<unknown[]>({ text: `select ${list} from ${table} limit ${limit}`, rowMode: 'array' });
  const perStatement = Math.min(rowsPerStatement, Math.floor(maxParameters / columns.length));
  const startedAt = performance.now();
  for (let from = 0; from < rows.length; from += perStatement) {
    const slice = rows.slice(from, from + perStatement);
    const tuples = slice.map((_, row) => `(${columns.map(({ type }, column) => `$${row * columns.length + column + 1}::${type}`).join(',')})`);
    await client.query(`insert into ${copy} values ${tuples.join(',')}`, slice.flat());
  }
  const seconds = (performance.now() - startedAt) / 1000;
  await client.query(`drop table ${copy}`);
  return { rows: rows.length, seconds };
}
