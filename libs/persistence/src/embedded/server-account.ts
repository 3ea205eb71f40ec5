import { chownSync, statSync } from 'node:fs';
import path from 'node:path';

/** The user that the database server runs as. */
export interface ServerAccount {
  readonly uid: number;
  readonly gid: number;
  /** PostgreSQL refuses to run as root; then the server gets an account that is not ours. */
  readonly isOther: boolean;
}

// "nobody" on Linux: exists without an entry in the user database and owns nothing.
const overflowId = 65_534;

export function serverAccount(): ServerAccount {
  const uid = process.getuid?.() ?? 0;
  return uid === 0 ? { uid: overflowId, gid: overflowId, isOther: true } : { uid, gid: process.getgid?.() ?? uid, isOther: false };
}

/** The first folder on the way to `folder` (itself included) that the account may not pass through; undefined when there is none. */
export function firstBarrier(folder: string, account: ServerAccount): string | undefined {
  const steps = path.resolve(folder).split(path.sep).slice(1);
  const ancestors = [path.sep, ...steps.map((_, index) => path.sep + steps.slice(0, index + 1).join(path.sep))];
  return ancestors.find((ancestor) => !maySearch(ancestor, account));
}

/** Gives a file or folder to the account when the server does not run as us. */
export function giveTo(account: ServerAccount, target: string): void {
  if (account.isOther) chownSync(target, account.uid, account.gid);
}

function maySearch(folder: string, account: ServerAccount): boolean {
  const status = statSync(folder);
  if (status.uid === account.uid) return (status.mode & 0o100) !== 0;
  if (status.gid === account.gid) return (status.mode & 0o010) !== 0;
  return (status.mode & 0o001) !== 0;
}
