import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { OrreryError } from '@orrery/errors';
import { identityOf, isRunning, type ProcessIdentity } from './process-table.js';

export interface OwnerLock {
  release(): Promise<void>;
}

/**
 * Makes this process the only one that starts a server on the data folder; what a dead process left is taken over.
 * A process in another container is not visible from here: two containers must not share one data folder.
 *
 * @throws ORRERY_CONFLICT when a running process has it, with its pid.
 */
export async function acquireOwnership(dataFolder: string): Promise<OwnerLock> {
  const file = path.join(dataFolder, 'owner.json');
  const token = randomUUID();
  const draft = `${file}.${token}`;
  await writeFile(draft, JSON.stringify({ ...identityOf(process.pid), token }), { mode: 0o644 });
  try {
    // Linking is atomic and the file is complete at once, unlike an exclusive create followed by a write.
    while (!(await linked(draft, file))) await removeDeadOwner(file, dataFolder);
  } finally {
    await rm(draft, { force: true });
  }
  return { release: () => releaseOwnership(file, token) };
}

async function linked(draft: string, file: string): Promise<boolean> {
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function removeDeadOwner(file: string, dataFolder: string): Promise<void> {
  const before = await readOwner(file);
  if (before === undefined) return;
  refuseWhenRunning(before, dataFolder);
  const aside = `${file}.${randomUUID()}`;
  await rename(file, aside).catch(() => undefined);
  // Between the reading and the renaming another process may have taken over: then this is its lock, and it goes back.
  const moved = await readOwner(aside);
  if (moved !== undefined && moved.token !== before.token) await linked(aside, file);
  await rm(aside, { force: true });
}

function refuseWhenRunning(owner: ProcessIdentity, dataFolder: string): void {
  if (!isRunning(owner)) return;
  throw new OrreryError('ORRERY_CONFLICT', `process ${owner.pid} already runs the database in ${dataFolder}; stop it or choose another folder`, {
    details: { pid: owner.pid, dataFolder },
  });
}

async function releaseOwnership(file: string, token: string): Promise<void> {
  if ((await readOwner(file))?.token === token) await rm(file, { force: true });
}

async function readOwner(file: string): Promise<(ProcessIdentity & { readonly token: string }) | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as ProcessIdentity & { readonly token: string };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    if (error instanceof SyntaxError) return { pid: 0, startedAtTicks: '', bootId: '', token: '' };
    throw error;
  }
}
