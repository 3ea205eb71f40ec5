import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Database } from '../src/database.js';
import { knownTenants, rememberTenant } from '../src/known-tenants.js';
import { openDatabase } from '../src/open-database.js';
import { findRowsByIndex } from '../src/plan-settings.js';
import { execute, query, type Statement } from '../src/statement.js';
import { noteSchema } from './note-schema.js';
import { startOwnServer, stopOwnServers } from './own-server.js';

let database: Database;

beforeAll(async () => {
  const server = await startOwnServer();
  database = await openDatabase({ ...noteSchema, url: await server.newDatabase(), poolSize: 1 });
});
afterAll(async () => {
  await database?.close();
  await stopOwnServers();
});

describe('a statement', () => {
  const double: Statement = { name: 'double', text: 'select $1::int * 2 as doubled, 5::bigint as large' };

  it('is planned once for a connection and takes values each time', async () => {
    const doubled = await database.transaction(async (transaction) => [await execute(transaction, double, [3]), await execute(transaction, double, [4])]);
    const prepared = await database.transaction((transaction) => query(transaction, 'select name from pg_prepared_statements where name = $1', ['double']));

    expect(doubled).toEqual([[{ doubled: 6, large: '5' }], [{ doubled: 8, large: '5' }]]);
    expect(prepared).toEqual([{ name: 'double' }]);
  });

  it('gives its columns through the parsers it is given', async () => {
    const types = { getTypeParser: () => (text: string) => `<${text}>` };

    expect(await database.transaction((transaction) => execute(transaction, double, [3], types))).toEqual([{ doubled: '<6>', large: '<5>' }]);
    expect(await database.transaction((transaction) => query(transaction, 'select 1 as one', [], types))).toEqual([{ one: '<1>' }]);
  });
});

describe('finding rows by index', () => {
  it('ends with the transaction', async () => {
    const setting = 'select current_setting($1) as value';
    const during = await database.transaction(async (transaction) => {
      await findRowsByIndex(transaction);
      return await query(transaction, setting, ['enable_seqscan']);
    });

    expect(during).toEqual([{ value: 'off' }]);
    expect(await database.transaction((transaction) => query(transaction, setting, ['enable_seqscan']))).toEqual([{ value: 'on' }]);
  });
});

describe('known tenants', () => {
  it('are listed once each, by name', async () => {
    const tenants = await database.transaction(async (transaction) => {
      await query(transaction, 'create temporary table known_tenant (name text primary key)');
      for (const tenant of ['bob', 'ada', 'bob']) await rememberTenant(transaction, tenant);
      return await knownTenants(transaction);
    });

    expect(tenants).toEqual(['ada', 'bob']);
  });
});
