import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { testDatabase, type TestDatabase } from '../src/test-database.js';

describe('test database', () => {
  let first: TestDatabase;
  let second: TestDatabase;

  beforeAll(async () => {
    [first, second] = await Promise.all([testDatabase(), testDatabase()]);
  });

  afterAll(async () => {
    await Promise.all([first.drop(), second.drop()]);
  });

  it('is another one for each who asks, on the same server', async () => {
    await query(first, 'create table note (text text)');

    expect(await query(second, "select to_regclass('note') as note")).toEqual([{ note: null }]);
    expect(new URL(first.url).port).toBe(new URL(second.url).port);
  });

  it('is gone when dropped, also with connections open', async () => {
    const third = await testDatabase();
    const client = new pg.Client({ connectionString: third.url });
    client.on('error', () => undefined);
    await client.connect();

    await third.drop();

    expect(await query(first, 'select count(*)::int as count from pg_database where datname = $1', [third.database])).toEqual([{ count: 0 }]);
    await client.end();
  });
});

async function query(database: TestDatabase, text: string, values: unknown[] = []): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    return (await client.query(text, values)).rows as unknown[];
  } finally {
    await client.end();
  }
}
