import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { bulkInsert, type BulkColumn, type OnConflict } from '../src/bulk-insert.js';
import type { Database } from '../src/database.js';
import { openDatabase } from '../src/open-database.js';
import { startOwnServer, stopOwnServers } from './own-server.js';

class CreateThings1767225600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'create table thing (id bigint primary key, name text, at timestamptz, payload jsonb, raw jsonb, bytes bytea, tags text[], number double precision, seen int default 7)',
    );
  }

  async down(): Promise<void> {
    await Promise.resolve();
  }
}

const columns: readonly BulkColumn[] = [
  { name: 'id', type: 'bigint' },
  { name: 'name', type: 'text' },
  { name: 'at', type: 'unix_ms' },
  { name: 'payload', type: 'jsonb' },
  { name: 'raw', type: 'json_text' },
  { name: 'bytes', type: 'bytea' },
  { name: 'tags', type: 'text[]' },
  { name: 'number', type: 'double precision' },
];

describe('bulk insert', () => {
  let database: Database;

  beforeAll(async () => {
    const server = await startOwnServer();
    database = await openDatabase({ url: await server.newDatabase(), schema: 'things', migrations: [CreateThings1767225600000] });
  });

  beforeEach(async () => {
    await query('delete from thing');
  });

  afterAll(async () => {
    await database?.close();
    await stopOwnServers();
  });

  const query = (text: string) => database.transaction((transaction) => transaction.query(text)) as Promise<Record<string, unknown>[]>;
  const insert = (rows: readonly object[], options: { onConflict?: OnConflict; returning?: string[] } = {}) =>
    database.transaction((transaction) => bulkInsert(transaction, { table: 'thing', columns, rows, ...options }));

  it('stores 10,000 rows, and again without effect', async () => {
    const rows = Array.from({ length: 10_000 }, (_, id) => ({ id, name: `thing ${id}`, at: 1_767_225_600_000.25 + id, payload: { id, deep: [{ text: 'ü' }] } }));

    expect(await insert(rows, { onConflict: 'nothing' })).toMatchObject({ affectedCount: 10_000 });
    expect(await insert(rows, { onConflict: 'nothing' })).toMatchObject({ affectedCount: 0 });

    expect(await query("select count(*)::int as count, sum((payload->>'id')::int)::int as sum from thing")).toEqual([{ count: 10_000, sum: 49_995_000 }]);
  });

  it('stores every kind of value as it was given, and nothing as null', async () => {
    await insert([
      { id: 1n, name: 'quote \' back \\ slash', at: Date.UTC(2026, 0, 1), payload: 'a text', raw: '{"a": 1}', bytes: new Uint8Array([0, 255, 10]), tags: ['a,b', '"', null, ''], number: Number.NaN },
      { id: 2, name: null, payload: null, tags: [] },
    ]);

    expect(await query('select *, payload::text as payload_text from thing order by id')).toEqual([
      {
        id: '1',
        name: 'quote \' back \\ slash',
        at: new Date(Date.UTC(2026, 0, 1)),
        payload: 'a text',
        payload_text: '"a text"',
        raw: { a: 1 },
        bytes: Buffer.from([0, 255, 10]),
        tags: ['a,b', '"', null, ''],
        number: Number.NaN,
        seen: 7,
      },
      { id: '2', name: null, at: null, payload: null, payload_text: null, raw: null, bytes: null, tags: [], number: null, seen: 7 },
    ]);
  });

  it('keeps microseconds of times', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.integer({ min: 0, max: 4_102_444_800_000_000 }), { minLength: 1, maxLength: 200 }), async (microseconds) => {
        await query('delete from thing');
        await insert(microseconds.map((at, id) => ({ id, at: at / 1000 })));

        const stored = await query('select (extract(epoch from at) * 1000000)::bigint::text as at from thing order by id');
        expect(stored.map(({ at }) => Number(at))).toEqual(microseconds);
      }),
      { numRuns: 20 },
    );
  });

  it('merges into rows that are there, by value or by expression', async () => {
    await insert([
      { id: 1, name: 'old', at: 2_000, number: 5 },
      { id: 2, name: null, at: 1_000, number: 5 },
    ]);

    const result = await insert(
      [
        { id: 1, name: 'new', at: 1_000, number: 1 },
        { id: 2, name: 'new', at: 3_000, number: 9 },
        { id: 3, name: 'new', at: 3_000, number: 9 },
      ],
      {
        onConflict: {
          target: ['id'],
          update: [{ column: 'name', expression: 'coalesce(thing.name, excluded.name)' }, { column: 'at', expression: 'least(thing.at, excluded.at)' }, 'number'],
        },
        returning: ['id', 'name'],
      },
    );

    expect(result).toEqual({ affectedCount: 3, rows: [{ id: '1', name: 'old' }, { id: '2', name: 'new' }, { id: '3', name: 'new' }] });
    expect(await query('select (extract(epoch from at))::int as at, number from thing order by id')).toEqual([{ at: 1, number: 1 }, { at: 1, number: 9 }, { at: 3, number: 9 }]);
  });

  it('returns only the rows that were new', async () => {
    await insert([{ id: 1 }]);

    expect(await insert([{ id: 1 }, { id: 2 }], { onConflict: 'nothing', returning: ['id'] })).toEqual({ affectedCount: 1, rows: [{ id: '2' }] });
  });

  it.each([
    ['a duplicate', [{ id: 1 }, { id: 1 }]],
    ['a NUL in JSON', [{ id: 1 }, { id: 2, payload: { text: '\0' } }]],
    ['half a surrogate pair in text', [{ id: 1 }, { id: 2, name: 'cut \ud83d' }]],
    ['half a surrogate pair in a list', [{ id: 1 }, { id: 2, tags: ['cut \ud83d'] }]],
    ['half a surrogate pair in JSON', [{ id: 1 }, { id: 2, payload: ['cut \ud83d'] }]],
    ['JSON that is none', [{ id: 1 }, { id: 2, raw: '{' }]],
    ['a time that is none', [{ id: 1 }, { id: 2, at: Number.NaN }]],
    ['a key that is no column', [{ id: 1 }, { id: 2, colour: 'red' }]],
    ['JSON nested too deep', [{ id: 1 }, { id: 2, payload: JSON.parse('['.repeat(100_000) + ']'.repeat(100_000)) as unknown }]],
  ])('with %s keeps nothing and blames the record', async (_, rows) => {
    await expect(insert(rows)).rejects.toMatchObject({ code: 'ORRERY_VALIDATION', retriable: false });
    expect(await query('select count(*)::int as count from thing')).toEqual([{ count: 0 }]);
  });

  it('in a transaction that is over does not touch the connection, which is another one\'s', async () => {
    const over = await database.transaction((transaction) => Promise.resolve(transaction));

    await expect(bulkInsert(over, { table: 'thing', columns, rows: [{ id: 1 }] })).rejects.toMatchObject({ code: 'ORRERY_DEPENDENCY' });
  });

  it('of nothing does nothing', async () => {
    expect(await insert([])).toEqual({ affectedCount: 0, rows: [] });
  });
});
