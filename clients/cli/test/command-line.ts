import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const LOADER = fileURLToPath(new URL('../../sdk/test/typescript-loader.mjs', import.meta.url));
const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface StartOptions {
  readonly url?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly input?: string | Buffer;
  readonly folder?: string;
}

export interface Started {
  readonly process: ChildProcess;
  readonly finished: Promise<Finished>;
}

/** A place of its own for one spec: working folder, state folder, and the command line run in it as a real process. */
export class CommandLine {
  private readonly started: ChildProcess[] = [];

  private constructor(
    readonly folder: string,
    readonly stateFolder: string,
  ) {}

  static async create(): Promise<CommandLine> {
    const root = await mkdtemp(join(tmpdir(), 'orrery-cli-'));
    return new CommandLine(root, join(root, '.state'));
  }

  /** The words that start the command line, for scripts that call it themselves. */
  static readonly words: readonly string[] = [process.execPath, '--conditions=orrery-source', '--import', LOADER, MAIN];

  run(args: readonly string[], options: StartOptions = {}): Promise<Finished> {
    return this.start(args, options).finished;
  }

  start(args: readonly string[], { url = 'http://127.0.0.1:2', environment = {}, input, folder = this.folder }: StartOptions = {}): Started {
    const [node = '', ...words] = CommandLine.words;
    const child = spawn(node, [...words, ...args], {
      cwd: folder,
      env: { PATH: process.env['PATH'], ORRERY_URL: url, ORRERY_STATE_FOLDER: this.stateFolder, ...environment },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.started.push(child);
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    return { process: child, finished: new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }))) };
  }

  async remove(): Promise<void> {
    for (const child of this.started) child.kill('SIGKILL');
    await rm(this.folder, { recursive: true, force: true });
  }
}
