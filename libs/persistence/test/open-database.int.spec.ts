import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { openDatabase } from '../src/open-database.js';
import { noteSchema } from './note-schema.js';
import { startOwnServer, stopOwnServers, type OwnServer } from './own-server.js';
import { query } from './query.js';

describe('opening a database', () => {
  let server: OwnServer;

  beforeAll(async () => {
    server = await startOwnServer();
  });

  afterAll(async () => {
    await stopOwnServers();
  });

  it('by several processes at once applies every migration once', async () => {
    const url = await server.newDatabase();

    const databases = await Promise.all(Array.from({ length: 6 }, (_, index) => openDatabase({ ...noteSchema, url, schema: index < 4 ? 'notes' : `notes_${index}` })));

    expect(await query(url, 'select name from notes.migration order by name')).toEqual([{ name: 'CreateMeasurements1767225600001' }, { name: 'CreateNotes1767225600000' }]);
    await Promise.all(databases.map((database) => database.close()));
  });

  it('of several databases at once makes the common role once', async () => {
    const fresh = await startOwnServer();
    const urls = await Promise.all([1, 2, 3, 4].map(() => fresh.newDatabase()));

    const databases = await Promise.all(urls.map((url) => openDatabase({ ...noteSchema, url })));

    expect(await query(fresh.postgres.url, "select rolcanlogin, rolbypassrls, rolsuper from pg_roles where rolname = 'orrery_app'")).toEqual([{ rolcanlogin: false, rolbypassrls: false, rolsuper: false }]);
    await Promise.all(databases.map((database) => database.close()));
  });

  it('again, with a further migration, applies that one only', async () => {
    const url = await server.newDatabase();
    await (await openDatabase({ ...noteSchema, url })).close();

    class AddColour1767225600002 implements MigrationInterface {
      async up(runner: QueryRunner): Promise<void> {
        await runner.query('alter table note add column colour text');
      }

      async down(): Promise<void> {
        await Promise.resolve();
      }
    }
    const database = await openDatabase({ ...noteSchema, url, migrations: [...noteSchema.migrations, AddColour1767225600002] });

    expect(await database.forTenant('ada', (transaction) => transaction.query('select colour from note'))).toEqual([]);
    await database.close();
  });

  it('when a migration fails, leaves nothing of it and says what is wrong', async () => {
    const url = await server.newDatabase();
    class Broken1767225600003 implements MigrationInterface {
      async up(runner: QueryRunner): Promise<void> {
        await runner.query('create table half (id int)');
        await runner.query('create table half (id int)');
      }

      async down(): Promise<void> {
        await Promise.resolve();
      }
    }

    await expect(openDatabase({ url, schema: 'broken', migrations: [Broken1767225600003] })).rejects.toMatchObject({ code: 'ORRERY_CONFIG', message: expect.stringContaining('half') });
    expect(await query(url, "select to_regclass('broken.half') as half")).toEqual([{ half: null }]);
  });

  it('when the user may not create roles, names the SQL to run; afterwards it opens', async () => {
    const fresh = await startOwnServer();
    const url = await fresh.newDatabase();
    const database = new URL(url).pathname.slice(1);
    await query(fresh.postgres.url, `create role "Plain user" login password 'secret'`);
    await query(fresh.postgres.url, `grant create, connect on database ${database} to "Plain user"`);
    const plain = Object.assign(new URL(url), { username: 'Plain%20user', password: 'secret' }).href;

    const refusal = (await openDatabase({ ...noteSchema, url: plain }).catch((error: unknown) => error)) as Error;
    expect(refusal).toMatchObject({ code: 'ORRERY_CONFIG', message: expect.stringContaining('create role orrery_app nologin nobypassrls; grant orrery_app to "Plain user"') });
    await query(fresh.postgres.url, refusal.message.slice(refusal.message.indexOf('create role orrery_app')));

    const opened = await openDatabase({ ...noteSchema, url: plain });
    await opened.forTenant('ada', (transaction) => transaction.query("insert into note values ('ada', 1)"));
    await opened.close();
  });

  it('when nobody answers, gives up after the start timeout', async () => {
    await expect(openDatabase({ url: 'postgresql://nobody:secret@127.0.0.1:1/none', schema: 'notes', startTimeoutMs: 300 })).rejects.toMatchObject({
      code: 'ORRERY_DEPENDENCY',
      message: expect.not.stringContaining('secret'),
    });
  });

  it('when the database comes later, waits for it', async () => {
    const late = await startOwnServer();
    const url = await late.newDatabase();
    await late.postgres.kill();

    const database = await openDatabase({ ...noteSchema, url });

    await database.ping();
    await database.close();
  });

  it('when the settings are wrong, says which, without the password', async () => {
    const url = await server.newDatabase();
    const wrongPassword = Object.assign(new URL(url), { password: 'guessed' }).href;

    await expect(openDatabase({ ...noteSchema, url: wrongPassword })).rejects.toMatchObject({ code: 'ORRERY_CONFIG', message: expect.not.stringContaining('guessed') });
    await expect(openDatabase({ ...noteSchema, url: 'mysql://a:guessed@b/c' })).rejects.toMatchObject({ code: 'ORRERY_CONFIG', message: expect.not.stringContaining('guessed') });
    await expect(openDatabase({ ...noteSchema, url, schema: 'Not; a name' })).rejects.toMatchObject({ code: 'ORRERY_CONFIG' });
  });
});
