import { spawn, type ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import { PassThrough } from './pass-through.js';
import { closeWriters, makePipes } from './pipes.js';

export interface ChildOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Gives the command the terminal itself; nothing of its output is seen then. */
  readonly hasTerminal: boolean;
  readonly onOutput: (chunk: Buffer, stream: 'stdout' | 'stderr') => void;
}

/** How a command ended, and the exit code that says so in a shell. */
export interface ChildEnd {
  readonly exitCode: number;
  readonly signal?: NodeJS.Signals;
  /** Why the command could not be started at all. */
  readonly startError?: string;
}

export interface StartedChild {
  readonly process: ChildProcess;
  /** Resolves when the command itself has ended, its output perhaps not yet. */
  readonly ended: Promise<ChildEnd>;
  readonly output: PassThrough;
}

/** Starts a command with this process's standard input, and passes its output on. */
export function startChild(command: readonly string[], options: ChildOptions): StartedChild {
  const [program = '', ...args] = command;
  const env = options.environment;
  const passThrough = new PassThrough();
  if (options.hasTerminal) {
    const child = spawn(program, args, { stdio: 'inherit', env });
    return { process: child, ended: endOf(child, program), output: passThrough };
  }
  const pipes = makePipes(2);
  const ends: (number | 'pipe')[] = pipes?.map(({ writeDescriptor }) => writeDescriptor) ?? ['pipe', 'pipe'];
  const child: ChildProcess = spawn(program, args, { stdio: ['inherit', ...ends], env });
  const readers = pipes?.map(({ reader }) => reader) ?? [child.stdout, child.stderr];
  if (pipes !== undefined) closeWriters(pipes);
  for (const [index, stream] of (['stdout', 'stderr'] as const).entries()) {
    const reader = readers[index];
    if (reader) passThrough.add(reader, index === 0 ? 1 : 2, (chunk) => options.onOutput(chunk, stream));
  }
  return { process: child, ended: endOf(child, program), output: passThrough };
}

function endOf(child: ChildProcess, program: string): Promise<ChildEnd> {
  return new Promise((resolve) => {
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (child.pid === undefined) resolve(startFailure(program, error));
    });
    child.on('exit', (code, signal) => {
      resolve(signal === null ? { exitCode: code ?? 1 } : { exitCode: 128 + constants.signals[signal], signal });
    });
  });
}

/** 127 and 126 are what shells answer when a command is not found or may not be run. */
function startFailure(program: string, error: NodeJS.ErrnoException): ChildEnd {
  const isMissing = error.code === 'ENOENT';
  return { exitCode: isMissing ? 127 : 126, startError: isMissing ? `${program}: command not found` : `${program}: cannot be started (${error.code ?? error.message})` };
}
