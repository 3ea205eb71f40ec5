import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Database, Transaction } from '../src/database.js';
import { openDatabase } from '../src/open-database.js';
import { CreateNotes1767225600000, NoteEntity, noteSchema } from './note-schema.js';
import { startOwnServer, stopOwnServers, type OwnServer } from './own-server.js';
import { query } from './query.js';

describe('tenants', () => {
  let server: OwnServer;
  let url: string;
  let database: Database;

  beforeAll(async () => {
    server = await startOwnServer();
    url = await server.newDatabase();
    database = await openDatabase({ ...noteSchema, url, poolSize: 5 });
    for (const tenant of ['ada', 'bob']) {
      await database.forTenant(tenant, (transaction) => transaction.query('insert into note select $1, number, $1 from generate_series(1, 10) as number', [tenant]));
    }
  });

  afterAll(async () => {
    await database?.close();
    await stopOwnServers();
  });

  const countNotes = async (transaction: Transaction) => await transaction.getRepository(NoteEntity).count();

  it('see their own rows and no others', async () => {
    const notes = await database.forTenant('ada', (transaction) => transaction.getRepository(NoteEntity).find());

    expect(new Set(notes.map(({ tenantId }) => tenantId))).toEqual(new Set(['ada']));
    expect(await database.forTenant('eve', countNotes)).toBe(0);
  });

  it('when there is none, nothing is seen and nothing can be written', async () => {
    expect(await database.transaction(countNotes)).toBe(0);
    await expect(database.transaction((transaction) => transaction.query("insert into note values ('ada', 99)"))).rejects.toMatchObject({ code: 'ORRERY_FORBIDDEN', retriable: false });
  });

  it("cannot write, change or delete another's rows", async () => {
    await expect(database.forTenant('ada', (transaction) => transaction.query("insert into note values ('bob', 99)"))).rejects.toMatchObject({ code: 'ORRERY_FORBIDDEN' });
    await expect(database.forTenant('ada', (transaction) => transaction.query("update note set tenant_id = 'bob' where id = 1"))).rejects.toMatchObject({ code: 'ORRERY_FORBIDDEN' });
    expect(await database.forTenant('ada', (transaction) => transaction.query("delete from note where tenant_id = 'bob'"))).toEqual([[], 0]);
  });

  it('can take turns in one transaction', async () => {
    const counts = await database.transaction(async (transaction) => {
      await database.actAs(transaction, 'ada');
      const forAda = await countNotes(transaction);
      await database.actAs(transaction, 'eve');
      return [forAda, await countNotes(transaction)];
    });

    expect(counts).toEqual([10, 0]);
  });

  it('never mix on pooled connections, also after failures', async () => {
    const requests = Array.from({ length: 200 }, async (_, index) => {
      const tenant = index % 2 === 0 ? 'ada' : 'bob';
      if (index % 10 === 9) return await database.transaction(countNotes);
      if (index % 10 === 8) return await database.forTenant(tenant, (transaction) => transaction.query('select 1/0')).catch(() => 'failed');
      const seen = (await database.forTenant(tenant, (transaction) => transaction.query('select pg_sleep(0.001), tenant_id from note'))) as { tenant_id: string }[];
      return seen.length === 10 && seen.every(({ tenant_id }) => tenant_id === tenant) ? 'own' : 'mixed';
    });

    const outcomes = await Promise.all(requests);

    expect(outcomes.filter((outcome) => outcome === 'own')).toHaveLength(160);
    expect(outcomes.filter((outcome) => outcome === 0)).toHaveLength(20);
    expect(outcomes.filter((outcome) => outcome === 'failed')).toHaveLength(20);
  });

  it('bind the owner of the tables too', async () => {
    const ownedUrl = await server.newDatabase();
    await (await openDatabase({ ...noteSchema, url: ownedUrl })).close();
    await query(ownedUrl, "insert into notes.note values ('ada', 1)");
    await query(ownedUrl, 'create role keeper nobypassrls; grant usage on schema notes to keeper; alter table notes.note owner to keeper');
    const asKeeper = new URL(ownedUrl);
    asKeeper.searchParams.set('options', '-c role=keeper');

    expect(await query(ownedUrl, 'select count(*)::int as count from notes.note')).toEqual([{ count: 1 }]);
    expect(await query(asKeeper.href, 'select count(*)::int as count from notes.note')).toEqual([{ count: 0 }]);
  });

  it('cannot be empty', async () => {
    await expect(database.forTenant('', countNotes)).rejects.toMatchObject({ code: 'ORRERY_VALIDATION' });
  });

  it('stay apart when the URL brings start-up options of its own', async () => {
    const sneaky = new URL(url);
    sneaky.searchParams.set('options', '-c role=none -c search_path=public');
    const other = await openDatabase({ ...noteSchema, url: sneaky.href });

    expect(await other.transaction(countNotes)).toBe(0);
    await other.close();
  });

  it('are kept to by a role without rights over tables, migrations and other schemas', async () => {
    for (const statement of ['drop table note', 'truncate note', 'create table other (id int)', 'select * from migration', 'alter table note disable row level security']) {
      await expect(database.forTenant('ada', (transaction) => transaction.query(statement))).rejects.toMatchObject({ code: 'ORRERY_FORBIDDEN' });
    }
  });

  it('when the role could go around row security, nothing opens', async () => {
    const other = await startOwnServer();
    await query(other.postgres.url, 'create role orrery_app nologin bypassrls');

    await expect(openDatabase({ url: other.postgres.url, schema: 'notes', migrations: [CreateNotes1767225600000] })).rejects.toMatchObject({
      code: 'ORRERY_CONFIG',
      message: expect.stringContaining('nobypassrls'),
    });
  });
});
