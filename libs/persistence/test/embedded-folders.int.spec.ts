import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { locateDatabase, startEmbeddedPostgres } from '../src/embedded-postgres.js';
import { locateNativePackage, makeRunnable } from '../src/embedded/native-folder.js';
import { serverAccount } from '../src/embedded/server-account.js';
import { query } from './query.js';

const isRoot = process.getuid?.() === 0;
const whenRoot = isRoot ? describe : describe.skip;

let folder: string;
const others: string[] = [];

beforeEach(() => {
  folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'orrery-folders-')));
});

afterEach(() => {
  for (const each of [folder, ...others.splice(0)]) {
    if (existsSync(each)) chmodSync(each, 0o755);
    rmSync(each, { recursive: true, force: true });
  }
});

describe('programs of the embedded PostgreSQL', () => {
  const installWithoutScripts = async () => {
    const native = path.join(folder, 'native');
    cpSync((await locateNativePackage()).folder, native, { recursive: true, verbatimSymlinks: true });
    const links = JSON.parse(readFileSync(path.join(native, 'pg-symlinks.json'), 'utf8')) as { target: string }[];
    for (const { target } of links) rmSync(path.join(folder, target), { force: true });
    return { folder: native, version: `spec-${randomUUID()}` };
  };
  const versionAs = (runnable: string, { uid, gid }: { uid: number; gid: number }) =>
    spawnSync(path.join(runnable, 'bin', 'postgres'), ['--version'], { ...(isRoot ? { uid, gid } : {}), cwd: '/', encoding: 'utf8' }).stdout;

  it('when installed without scripts, get their library links where they lie', async () => {
    const native = await installWithoutScripts();
    chmodSync(folder, 0o755);

    const runnable = await makeRunnable(native, serverAccount());

    expect(runnable).toBe(native.folder);
    expect(versionAs(runnable, serverAccount())).toContain('PostgreSQL');
  });

  it('when out of reach of the server, are copied once, and again when the copy was thinned out', async () => {
    const native = await installWithoutScripts();
    // Private for another account; for ourselves, without a place for the links.
    if (!isRoot) chmodSync(path.join(native.folder, 'lib'), 0o555);

    const copies = await Promise.all([makeRunnable(native, serverAccount()), makeRunnable(native, serverAccount())]);
    const [copy] = copies;
    others.push(copy);
    expect(new Set(copies).size).toBe(1);
    expect(copy).not.toContain(folder);
    expect(versionAs(copy, serverAccount())).toContain('PostgreSQL');
    const made = statSync(copy).ino;
    expect(await makeRunnable(native, serverAccount())).toBe(copy);
    expect(statSync(copy).ino).toBe(made);

    unlinkSync(path.join(copy, 'share', 'postgresql', 'postgres.bki'));
    await makeRunnable(native, serverAccount());

    expect(existsSync(path.join(copy, 'share', 'postgresql', 'postgres.bki'))).toBe(true);
  });
});

describe('the database of the settings', () => {
  it('is the one of the URL when there is one', async () => {
    const located = await locateDatabase({ ORRERY_DATABASE_URL: 'postgresql://elsewhere/db', ORRERY_DATA_FOLDER: folder });

    await located.stop();
    expect(located.url).toBe('postgresql://elsewhere/db');
    expect(existsSync(path.join(folder, 'cluster'))).toBe(false);
  });

  it('is the embedded one in the data folder otherwise', async () => {
    chmodSync(folder, 0o755);
    const pidFile = path.join(folder, 'new', 'data', 'cluster', 'postmaster.pid');
    const located = await locateDatabase({ ORRERY_DATA_FOLDER: path.join(folder, 'new', 'data') });
    try {
      expect(await query(located.url, 'select 1 as one')).toEqual([{ one: 1 }]);
      expect(existsSync(pidFile)).toBe(true);
    } finally {
      await located.stop();
    }
    expect(existsSync(pidFile)).toBe(false);
  });
});

whenRoot('a data folder below a private one', () => {
  it('is kept elsewhere, always at the same place, and says where', async () => {
    const dataFolder = path.join(folder, 'data');
    const log: string[] = [];

    const first = await startEmbeddedPostgres({ dataFolder, durable: false, onLog: (line) => log.push(line) });
    others.push(first.dataFolder);
    await query(first.url, "create table note as select 'kept' as text");
    await first.stop();
    const second = await startEmbeddedPostgres({ dataFolder, durable: false });
    const notes = await query(second.url, 'select text from note');
    await second.stop();

    expect(notes).toEqual([{ text: 'kept' }]);
    expect(second.dataFolder).toBe(first.dataFolder);
    expect(first.dataFolder).not.toContain(folder);
    expect(readFileSync(path.join(dataFolder, 'location'), 'utf8').trim()).toBe(first.dataFolder);
    expect(log.join('\n')).toContain(first.dataFolder);
  });

  it('when it was made by an ordinary user, is started as that user', async () => {
    chmodSync(folder, 0o755);
    const dataFolder = path.join(folder, 'data');
    mkdirSync(dataFolder);
    const first = await startEmbeddedPostgres({ dataFolder, durable: false });
    await first.stop();
    spawnSync('chown', ['-R', '12345:12345', dataFolder]);

    const second = await startEmbeddedPostgres({ dataFolder, durable: false });
    const { uid } = statSync(`/proc/${second.pid}`);
    await second.stop();

    expect(uid).toBe(12345);
  });
});
