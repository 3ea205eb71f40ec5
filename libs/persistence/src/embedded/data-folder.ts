import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, realpathSync, statSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { openOwnFolder } from './own-folder.js';
import { firstBarrier, serverAccount, type ServerAccount } from './server-account.js';

/** Where the server's files lie and who owns them. */
export interface DataPlace {
  readonly folder: string;
  /** PostgreSQL's own data directory. */
  readonly cluster: string;
  readonly account: ServerAccount;
  /** In the command line and titles of this server's processes, and of no other's. */
  readonly marker: string;
}

/**
 * Makes the data folder ready for the server's account. Where that account cannot come through the folders above it
 * (run as root below a private home folder), the data goes to /var/lib/orrery instead, always to the same place for the same
 * requested path, and a file `location` in the requested folder says so.
 */
export async function openDataFolder(requested: string, onLog: (line: string) => void): Promise<DataPlace> {
  mkdirSync(requested, { recursive: true });
  const wanted = realpathSync(requested);
  const account = ownerOf(wanted);
  const barrier = account.isOther ? firstBarrier(path.dirname(wanted), account) : undefined;
  if (barrier === undefined) return place(wanted, account);

  const base = await openOwnFolder('the database files', ['/var/lib/orrery', '/var/tmp/orrery']);
  const moved = path.join(base, `${path.basename(wanted)}-${digest(wanted)}`);
  await mkdir(moved, { recursive: true });
  await writeFile(path.join(wanted, 'location'), `${moved}\n`);
  onLog(`the database server cannot reach ${wanted} (${barrier} is private); its files are in ${moved}`);
  return place(moved, ownerOf(moved));
}

function place(folder: string, account: ServerAccount): DataPlace {
  // Only passing through, for the server; listing stays as it was.
  if (account.isOther) chmodSync(folder, statSync(folder).mode | 0o011);
  const cluster = path.join(folder, 'cluster');
  return { folder, cluster, account, marker: `orrery-${digest(cluster)}` };
}

/** An existing cluster keeps its owner, so that root can also start what an ordinary user made. */
function ownerOf(folder: string): ServerAccount {
  const account = serverAccount();
  const cluster = path.join(folder, 'cluster');
  if (!account.isOther || !existsSync(cluster)) return account;
  const { uid, gid } = statSync(cluster);
  return uid === 0 ? account : { uid, gid, isOther: true };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
