import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { ServerAccount } from './server-account.js';

export interface Program {
  readonly nativeFolder: string;
  readonly name: 'initdb' | 'postgres';
  readonly parameters: readonly string[];
  readonly account: ServerAccount;
  readonly onLine: (line: string) => void;
}

export interface ProgramEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Set when it could not even be started. */
  readonly error?: Error;
}

export interface RunningProgram {
  readonly child: ChildProcess;
  readonly ended: Promise<ProgramEnd>;
  /** The last lines of its output, oldest first. */
  readonly lastLines: () => readonly string[];
}

const keptLines = 40;

/** Starts one of PostgreSQL's programs under the server's account, in a session of its own: Ctrl-C in the terminal is for us alone. */
export function startProgram({ nativeFolder, name, parameters, account, onLine }: Program): RunningProgram {
  const child = spawn(path.join(nativeFolder, 'bin', name), [...parameters], {
    ...(account.isOther ? { uid: account.uid, gid: account.gid } : {}),
    // Our own working folder and environment (PG* variables, locale) are not the server's business.
    cwd: '/',
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const lines: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    lines.push(line);
    if (lines.length > keptLines) lines.shift();
    onLine(line);
  });
  const ended = new Promise<ProgramEnd>((resolve) => {
    child.once('error', (error) => resolve({ code: null, signal: null, error }));
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  return { child, ended, lastLines: () => [...lines] };
}
