import { readdirSync, readFileSync } from 'node:fs';
import { identityOf, isRunning, type ProcessIdentity } from '@orrery/persistence';

export interface SeenProcess extends ProcessIdentity {
  /** For the reader of a failed expectation. */
  readonly command: string;
}

/** A process and all that it started, as they run now. */
export function processTree(pid: number): readonly SeenProcess[] {
  const parents = new Map(allPids().map((candidate) => [candidate, parentOf(candidate)]));
  const tree = [pid];
  for (const member of tree) for (const [candidate, parent] of parents) if (parent === member) tree.push(candidate);
  return tree.flatMap((member) => {
    const identity = identityOf(member);
    return identity === undefined ? [] : [{ ...identity, command: commandOf(member) }];
  });
}

/** Which of them run still. */
export function stillRunning(processes: readonly SeenProcess[]): readonly SeenProcess[] {
  return processes.filter(isRunning);
}

function allPids(): number[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number);
}

function parentOf(pid: number): number {
  const stat = read(`/proc/${pid}/stat`);
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

function commandOf(pid: number): string {
  return read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').slice(0, 200);
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
