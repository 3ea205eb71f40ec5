import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OrreryError } from '@orrery/errors';
import type { Database } from '../src/database.js';
import { openDatabase } from '../src/open-database.js';
import { noteSchema } from './note-schema.js';
import { startOwnServer, stopOwnServers, type OwnServer } from './own-server.js';
import { query } from './query.js';

describe('transactions', () => {
  let server: OwnServer;
  let url: string;
  let database: Database;

  beforeAll(async () => {
    server = await startOwnServer();
    url = await server.newDatabase();
    database = await openDatabase({ ...noteSchema, url, poolSize: 4, statementTimeoutMs: 2_000, lockTimeoutMs: 200 });
  });

  afterAll(async () => {
    await database?.close();
    await stopOwnServers();
  });

  const attempt = (statement: string, values: unknown[] = []) => database.forTenant('ada', (transaction) => transaction.query(statement, values));
  const failureOf = async (work: Promise<unknown>) => (await work.then(() => undefined, (error: unknown) => error)) as OrreryError;

  it('keep all or nothing', async () => {
    const failure = database.forTenant('ada', async (transaction) => {
      await transaction.query("insert into note values ('ada', 1)");
      throw new OrreryError('ORRERY_NOT_FOUND', 'changed my mind');
    });

    await expect(failure).rejects.toMatchObject({ code: 'ORRERY_NOT_FOUND', message: 'changed my mind' });
    expect(await attempt('select * from note')).toEqual([]);
  });

  it.each([
    ['a NUL in JSON', "select $1::jsonb", ['"\\u0000"']],
    ['half a surrogate pair in JSON', 'select $1::jsonb', ['"\\ud800"']],
    ['a NUL in text', 'select $1::text', ['a\0b']],
    ['a number too large', 'select $1::bigint', ['92233720368547758080']],
    ['a word for a number', 'select $1::int', ['hunter2']],
    ['a missing value', "insert into note (tenant_id) values ('ada')", []],
    ['the same key twice in a statement', "insert into note values ('ada', 7), ('ada', 7) on conflict (tenant_id, id) do update set text = 'x'", []],
    ['JSON nested too deep', 'select $1::jsonb', ['['.repeat(100_000) + ']'.repeat(100_000)]],
    ['a date that is none', 'select $1::timestamptz', ['2026-02-31T00:00:00Z']],
  ])('blame the record for %s', async (_, statement, values) => {
    const failure = await failureOf(attempt(statement, values));

    expect(failure).toMatchObject({ code: 'ORRERY_VALIDATION', retriable: false });
    expect(failure.message + JSON.stringify(failure.details)).not.toMatch(/hunter2|92233|2026-02-31/);
  });

  it('blame the record for a key too long for an index', async () => {
    const tenant = randomBytes(4_000).toString('hex');

    expect(await failureOf(database.forTenant(tenant, (transaction) => transaction.query('insert into note values ($1, 1)', [tenant])))).toMatchObject({
      code: 'ORRERY_VALIDATION',
      details: { sqlState: '54000' },
    });
  });

  it('name the constraint, not the values, of a duplicate', async () => {
    await attempt("insert into note values ('ada', 424242)");

    const failure = await failureOf(attempt("insert into note values ('ada', 424242)"));

    expect(failure).toMatchObject({ code: 'ORRERY_VALIDATION', details: { constraint: 'note_pkey', table: 'note', sqlState: '23505' } });
    expect(failure.message).not.toContain('424242');
    expect(failure.cause).toBeUndefined();
  });

  it('blame the deployment for a missing table, so that no record is given up', async () => {
    expect(await failureOf(attempt('select * from nowhere'))).toMatchObject({ code: 'ORRERY_CONFIG', retriable: true });
  });

  it('end with a timeout when a statement or a lock takes too long', async () => {
    expect(await failureOf(attempt('select pg_sleep(10)'))).toMatchObject({ code: 'ORRERY_TIMEOUT', retriable: true });
    await attempt("insert into note values ('ada', 5)");

    const failure = await database.forTenant('ada', async (transaction) => {
      await transaction.query('select * from note where id = 5 for update');
      return await failureOf(attempt('select * from note where id = 5 for update'));
    });

    expect(failure).toMatchObject({ code: 'ORRERY_TIMEOUT', retriable: true });
  });

  it('can be tried again after a deadlock', async () => {
    await attempt("insert into note values ('ada', 21), ('ada', 22)");
    const slow = await openDatabase({ ...noteSchema, url, lockTimeoutMs: 20_000 });
    let arrived = 0;
    let release: () => void = () => undefined;
    const bothHoldOne = new Promise<void>((resolve) => (release = resolve));
    const lockBoth = (first: number, second: number) =>
      slow.forTenant('ada', async (transaction) => {
        await transaction.query('update note set text = $1 where id = $2', ['x', first]);
        if (++arrived === 2) release();
        await bothHoldOne;
        await transaction.query('update note set text = $1 where id = $2', ['x', second]);
      });

    const outcomes = await Promise.allSettled([lockBoth(21, 22), lockBoth(22, 21)]);

    const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as OrreryError] : []));
    expect(failures).toHaveLength(1);
    expect(failures[0]).toMatchObject({ code: 'ORRERY_CONFLICT', retriable: true });
    await slow.close();
  });

  it('when all connections are taken, wait for one for a bounded time', async () => {
    const small = await openDatabase({ ...noteSchema, url, poolSize: 1, connectTimeoutMs: 200 });

    const failure = await small.transaction(() => failureOf(small.ping()));

    expect(failure).toMatchObject({ code: 'ORRERY_DEPENDENCY', retriable: true });
    await small.ping();
    await small.close();
  });

  it('when the server stops answering, end with a timeout and leave the connection, not the pool, unusable', async () => {
    const impatient = await openDatabase({ ...noteSchema, url, poolSize: 1, answerTimeoutMs: 500 });
    let backend = 0;

    const failure = await failureOf(
      impatient.transaction(async (transaction) => {
        const [row] = (await transaction.query('select pg_backend_pid() as pid')) as [{ pid: number }];
        backend = row.pid;
        process.kill(backend, 'SIGSTOP');
        await transaction.query('select 1');
      }),
    );
    const next = await failureOf(impatient.ping());
    process.kill(backend, 'SIGCONT');

    expect(failure).toMatchObject({ code: 'ORRERY_TIMEOUT', retriable: true });
    expect(next).toBeUndefined();
    await impatient.close();
  });

  it('when the administrator cuts the connections, fail retriably, and the next ones work', async () => {
    const inTransaction = failureOf(
      database.transaction(async (transaction) => {
        await query(url, "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'notes'");
        await transaction.query('select 1');
      }),
    );

    expect(await inTransaction).toMatchObject({ code: 'ORRERY_DEPENDENCY', retriable: true });
    await Promise.all([1, 2, 3, 4].map(() => failureOf(database.ping())));
    await database.ping();
  });

  it('when the server crashes, fail retriably until it is back, and the process lives on', async () => {
    const during = await failureOf(
      database.forTenant('ada', async (transaction) => {
        await transaction.query("insert into note values ('ada', 31)");
        await server.postgres.kill();
        await transaction.query('select 1');
      }),
    );
    expect(during).toMatchObject({ code: 'ORRERY_DEPENDENCY', retriable: true });

    let failure = await failureOf(attempt('select 1'));
    while (failure !== undefined) {
      expect(failure).toMatchObject({ code: 'ORRERY_DEPENDENCY', retriable: true });
      await sleep(20);
      failure = await failureOf(attempt('select 1'));
    }
    expect(await attempt('select * from note where id = 31')).toEqual([]);
  });

  it('are waited for when closing; later ones are refused', async () => {
    const closing = await openDatabase({ ...noteSchema, url });
    let begin: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => (begin = resolve));
    const long = closing.forTenant('ada', async (transaction) => {
      begin();
      await transaction.query('select pg_sleep(0.2)');
      await transaction.query("insert into note values ('ada', 41)");
      return 'done';
    });
    await begun;

    await closing.close();

    expect(await long).toBe('done');
    expect(await attempt('select id from note where id = 41')).toHaveLength(1);
    await expect(closing.ping()).rejects.toMatchObject({ code: 'ORRERY_DEPENDENCY' });
  });
});
