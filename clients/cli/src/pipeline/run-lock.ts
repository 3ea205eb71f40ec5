import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { readProcess } from '../exec/process-tree.js';

/** Says which process carries something on; a process that is gone holds nothing. */
export class RunLock {
  private constructor(
    private readonly file: string,
    private readonly content: string,
  ) {}

  /** @returns undefined while a living process holds it */
  static take(file: string): RunLock | undefined {
    const content = JSON.stringify({ pid: process.pid, startTicks: readProcess(process.pid)?.startTicks ?? null, token: randomUUID() });
    const own = `${file}.${randomUUID()}`;
    writeFileSync(own, content, { mode: 0o600 });
    try {
      // Once more after a dead holder was taken out of the way.
      return claim(own, file) || (removeDead(file) && claim(own, file)) ? new RunLock(file, content) : undefined;
    } finally {
      rmSync(own, { force: true });
    }
  }

  release(): void {
    if (read(this.file) === this.content) rmSync(this.file, { force: true });
  }
}

/** A link appears as a whole or not at all, and never in the place of another one. */
function claim(own: string, file: string): boolean {
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function removeDead(file: string): boolean {
  const content = read(file);
  if (content === undefined) return true;
  if (isHeld(content)) return false;
  const aside = `${file}.${randomUUID()}`;
  try {
    renameSync(file, aside);
  } catch {
    return true;
  }
  // Somebody else may have been as quick: what was moved away can be their new lock.
  const isTheDead = read(aside) === content;
  if (!isTheDead) claim(aside, file);
  rmSync(aside, { force: true });
  return isTheDead;
}

function isHeld(content: string): boolean {
  try {
    const { pid, startTicks } = JSON.parse(content) as { pid: number; startTicks: number | null };
    if (startTicks !== null) return readProcess(pid)?.startTicks === startTicks;
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
