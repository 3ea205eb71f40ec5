import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startEmbeddedPostgres, type EmbeddedPostgres, type EmbeddedPostgresOptions } from '../src/embedded-postgres.js';
import { isPostgres, waitUntil } from '../src/embedded/process-table.js';
import { forkStarter, startInOtherProcess } from './database-process.js';
import { query } from './query.js';

describe('embedded PostgreSQL', () => {
  let dataFolder: string;
  const started: EmbeddedPostgres[] = [];

  beforeEach(() => {
    dataFolder = mkdtempSync(path.join(tmpdir(), 'orrery-embedded-'));
  });

  afterEach(async () => {
    await Promise.all(started.splice(0).map((postgres) => postgres.stop()));
    rmSync(dataFolder, { recursive: true, force: true });
  });

  async function start(options: Partial<EmbeddedPostgresOptions> = {}): Promise<EmbeddedPostgres> {
    const postgres = await startEmbeddedPostgres({ dataFolder, sharedBuffersMb: 16, durable: false, ...options });
    started.push(postgres);
    return postgres;
  }

  it('finds its data again after a stop, under the same password', async () => {
    const first = await start();
    await query(first.url, "create table note as select 'kept' as text");
    await first.stop();

    const second = await start();

    expect(await query(second.url, 'select text from note')).toEqual([{ text: 'kept' }]);
    expect(new URL(second.url).password).toBe(new URL(first.url).password);
    expect(existsSync(path.join(dataFolder, 'cluster', 'postmaster.pid'))).toBe(true);
  });

  it('listens on the loopback interface only, wants a password, and keeps it from other accounts', async () => {
    const postgres = await start({ durable: true });

    expect(await query(postgres.url, "select current_setting('listen_addresses') as listens, current_setting('unix_socket_directories') as sockets, current_setting('fsync') as fsync")).toEqual([
      { listens: '127.0.0.1', sockets: '', fsync: 'on' },
    ]);
    const url = new URL(postgres.url);
    url.password = 'wrong';
    await expect(query(url.href, 'select 1')).rejects.toThrow(/password authentication failed/);
    expect(statSync(path.join(dataFolder, 'password')).mode & 0o777).toBe(0o600);
    expect(statSync(path.join(dataFolder, 'cluster')).mode & 0o777).toBe(0o700);
  });

  it('when killed, keeps what was committed', async () => {
    const first = await start({ durable: true });
    await query(first.url, 'create table note (number int)');
    await query(first.url, 'insert into note select generate_series(1, 1000)');
    await first.kill();

    const second = await start({ durable: true });

    expect(await query(second.url, 'select count(*)::int as count from note')).toEqual([{ count: 1000 }]);
  });

  it('when killed with restart, comes back on its port and tells', async () => {
    const exits: unknown[] = [];
    const postgres = await start({ durable: true, restart: true, onExit: (exit) => exits.push(exit) });
    const { pid, port } = postgres;
    await query(postgres.url, 'create table note (number int)');

    await postgres.kill();
    expect(await waitUntil(() => postgres.pid !== 0 && postgres.pid !== pid, 30_000)).toBe(true);

    expect(postgres.port).toBe(port);
    expect(await query(postgres.url, 'select count(*)::int as count from note')).toEqual([{ count: 0 }]);
    expect(exits).toEqual([{ code: null, signal: 'SIGKILL', restarts: true }]);
  });

  it('when its starter was killed, is stopped and started again with its data', async () => {
    const orphan = await startInOtherProcess(dataFolder);
    await query(orphan.url, "create table note as select 'kept' as text");
    orphan.child.kill('SIGKILL');
    await once(orphan.child, 'exit');
    expect(isPostgres(orphan.pid, dataFolder)).toBe(true);

    const log: string[] = [];
    const postgres = await start({ onLog: (line) => log.push(line) });

    expect(isPostgres(orphan.pid, dataFolder)).toBe(false);
    expect(log.join('\n')).toContain(`pid ${orphan.pid}`);
    expect(await query(postgres.url, 'select text from note')).toEqual([{ text: 'kept' }]);
  });

  it('when another process has the folder, refuses and names it', async () => {
    const other = await startInOtherProcess(dataFolder);
    try {
      await expect(start()).rejects.toMatchObject({ code: 'ORRERY_CONFLICT', message: expect.stringContaining(`process ${other.child.pid}`) });
      expect(await query(other.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    } finally {
      other.child.kill('SIGKILL');
      await once(other.child, 'exit');
    }
    await start();
  });

  it('when several starts race, lets one through', async () => {
    const attempts = await Promise.allSettled([start(), start(), start(), start()]);

    expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const attempt of attempts) if (attempt.status === 'rejected') expect(attempt.reason).toMatchObject({ code: 'ORRERY_CONFLICT' });
  });

  it('when the pid of a crashed server belongs to another program now, starts all the same', async () => {
    const first = await start();
    await first.kill();
    const pidFile = path.join(dataFolder, 'cluster', 'postmaster.pid');
    writeFileSync(pidFile, readFileSync(pidFile, 'utf8').replace(/^\d+/, String(process.ppid)));

    const second = await start();

    expect(await query(second.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('when making the cluster was interrupted, makes it again and leaves nothing behind', async () => {
    const starter = forkStarter(dataFolder);
    const isMaking = () => readdirSync(dataFolder).some((name) => name.startsWith('initdb-') && existsSync(path.join(dataFolder, name, 'base')));
    expect(await waitUntil(isMaking, 30_000)).toBe(true);
    starter.kill('SIGKILL');
    await once(starter, 'exit');
    expect(existsSync(path.join(dataFolder, 'cluster'))).toBe(false);

    const postgres = await start();

    expect(await query(postgres.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(readdirSync(dataFolder).sort()).toEqual(['cluster', 'owner.json', 'password']);
  });

  it('when its port is taken, says so', async () => {
    const first = await start();
    const otherFolder = mkdtempSync(path.join(tmpdir(), 'orrery-embedded-'));

    await expect(startEmbeddedPostgres({ dataFolder: otherFolder, port: first.port })).rejects.toMatchObject({ code: 'ORRERY_CONFLICT', message: expect.stringContaining('port is taken') });
    rmSync(otherFolder, { recursive: true, force: true });
  });

  it('when a setting is wrong, quotes the server', async () => {
    await expect(start({ settings: { work_mem: 'lots' } })).rejects.toMatchObject({ code: 'ORRERY_CONFIG', message: expect.stringContaining('work_mem') });
    await start();
  });

  it('when its files are of another major version, leaves them alone and says so', async () => {
    const first = await start();
    await first.stop();
    writeFileSync(path.join(dataFolder, 'cluster', 'PG_VERSION'), '9\n');

    await expect(start()).rejects.toMatchObject({ code: 'ORRERY_CONFIG', message: expect.stringContaining('made by PostgreSQL 9') });
  });
});
