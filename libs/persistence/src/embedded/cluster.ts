import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { OrreryError } from '@orrery/errors';
import type { DataPlace } from './data-folder.js';
import { giveTo } from './server-account.js';
import { startProgram } from './server-program.js';
import { serverFailure } from './server-failure.js';

export const superuser = 'orrery';

/**
 * Makes sure there is a database cluster with a password of its own, and returns the password.
 * A cluster appears under its name only when it is whole: one whose making was interrupted is made again.
 *
 * @throws ORRERY_CONFIG when the cluster is of another major version, or its password file is gone.
 */
export async function ensureCluster(place: DataPlace, nativeFolder: string, durable: boolean): Promise<string> {
  const exists = existsSync(path.join(place.cluster, 'PG_VERSION'));
  const password = await readPassword(place, exists);
  if (exists) await checkVersion(place, nativeFolder);
  else await createCluster(place, nativeFolder, { password, durable });
  return password;
}

async function readPassword(place: DataPlace, clusterExists: boolean): Promise<string> {
  const file = path.join(place.folder, 'password');
  if (existsSync(file)) return (await readFile(file, 'utf8')).trim();
  if (clusterExists) {
    throw new OrreryError('ORRERY_CONFIG', `the password file ${file} of the database is missing; put it back, or move ${place.cluster} away to start empty`);
  }
  const password = randomBytes(24).toString('base64url');
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, `${password}\n`, { mode: 0o600, flush: true });
  await rename(draft, file);
  return password;
}

async function checkVersion(place: DataPlace, nativeFolder: string): Promise<void> {
  const found = (await readFile(path.join(place.cluster, 'PG_VERSION'), 'utf8')).trim();
  const catalogs = await readFile(path.join(nativeFolder, 'share', 'postgresql', 'postgres.bki'), 'utf8');
  const expected = /^# PostgreSQL (\d+)/.exec(catalogs)?.[1];
  if (expected === undefined || expected === found) return;
  throw new OrreryError(
    'ORRERY_CONFIG',
    `the database in ${place.cluster} was made by PostgreSQL ${found} and the embedded one is ${expected}; dump it with version ${found} and restore it into an empty folder`,
    { details: { found, expected } },
  );
}

async function createCluster(place: DataPlace, nativeFolder: string, choice: { password: string; durable: boolean }): Promise<void> {
  await removeDrafts(place);
  const draft = path.join(place.folder, `${draftPrefix}${randomUUID()}`);
  const passwordFile = `${draft}-password`;
  try {
    await mkdir(draft, { mode: 0o700 });
    giveTo(place.account, draft);
    await writeFile(passwordFile, choice.password, { mode: 0o600 });
    giveTo(place.account, passwordFile);
    await runInitdb(place, nativeFolder, [
      ...['--pgdata', draft, '--username', superuser, '--pwfile', passwordFile],
      ...['--auth=scram-sha-256', '--encoding=UTF8', '--locale=C'],
      ...(choice.durable ? [] : ['--no-sync', '--no-data-checksums']),
    ]);
    await chmod(draft, 0o700);
    // Replaces nothing but an empty folder: what someone else put there is never lost.
    await rename(draft, place.cluster);
    if (choice.durable) await syncFolder(place.folder);
  } finally {
    await rm(passwordFile, { force: true });
    await rm(draft, { recursive: true, force: true });
  }
}

const draftPrefix = 'initdb-';

// The initdb of a killed parent may still be writing, hence the retries.
async function removeDrafts(place: DataPlace): Promise<void> {
  for (const name of await readdir(place.folder)) {
    if (name.startsWith(draftPrefix)) await rm(path.join(place.folder, name), { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  }
}

async function runInitdb(place: DataPlace, nativeFolder: string, parameters: string[]): Promise<void> {
  const program = startProgram({ nativeFolder, name: 'initdb', parameters, account: place.account, onLine: () => undefined });
  const end = await program.ended;
  if (end.code !== 0) throw serverFailure('initdb', end, program.lastLines());
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
