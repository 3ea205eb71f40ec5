import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually } from './eventually.js';
import { processTree, stillRunning, type SeenProcess } from './processes.js';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

export interface PlatformOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** Where the data lies; a temporary folder, removed at the end, when absent. */
  readonly dataFolder?: string;
  /** Flags for node. */
  readonly nodeFlags?: readonly string[];
  /** What runs node, with its parameters, for example `unshare -m`. */
  readonly wrapper?: readonly string[];
  /** The account to run as. */
  readonly userId?: number;
  /** What to run in place of the compiled server. */
  readonly command?: readonly string[];
}

export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const server = path.join('services', 'standalone', 'dist', 'main.js');
const folders: string[] = [];
const platforms: RunningPlatform[] = [];

/** A temporary folder that every account may pass through; removed by {@link cleanUp}. */
export function temporaryFolder(name = 'orrery-e2e-'): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), name));
  chmodSync(folder, 0o755);
  folders.push(folder);
  return folder;
}

/** Ends what a failed spec left running and removes the temporary folders of this spec file. */
export function cleanUp(): void {
  for (const platform of platforms.splice(0)) platform.kill();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** The compiled platform in a process of its own. */
export class RunningPlatform {
  url = '';
  databaseUrl = '';
  output = '';
  errors = '';
  readonly messages: Readonly<Record<string, unknown>>[] = [];
  readonly ended: Promise<Ending>;

  private constructor(
    readonly child: ChildProcess,
    readonly dataFolder: string,
  ) {
    child.stdout?.on('data', (chunk: Buffer) => (this.output += chunk.toString('utf8')));
    child.stderr?.on('data', (chunk: Buffer) => (this.errors += chunk.toString('utf8')));
    child.on('message', (message) => this.take(message as Record<string, unknown>));
    this.ended = new Promise((resolve) => child.once('close', (code, signal) => resolve({ code, signal })));
  }

  /** Starts it without waiting for anything. */
  static launch(options: PlatformOptions = {}): RunningPlatform {
    const dataFolder = options.dataFolder ?? path.join(temporaryFolder(), 'data');
    const line = options.command ?? [...(options.wrapper ?? []), process.execPath, '--enable-source-maps', ...(options.nodeFlags ?? []), server];
    const [command = '', ...parameters] = line;
    const child = spawn(command, parameters, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      ...(options.userId === undefined ? {} : { uid: options.userId, gid: options.userId }),
      env: { ...inherited(), ORRERY_PORT: '0', ORRERY_DATA_FOLDER: dataFolder, ...options.environment },
    });
    const platform = new RunningPlatform(child, dataFolder);
    platforms.push(platform);
    return platform;
  }

  /** Starts it and resolves when it answers. */
  static async start(options: PlatformOptions = {}): Promise<RunningPlatform> {
    const platform = RunningPlatform.launch(options);
    await platform.isReady();
    return platform;
  }

  /** @throws with its last words when it ends instead. */
  async isReady(): Promise<void> {
    const ending = this.ended.then(({ code, signal }) => {
      throw new Error(`it ended with ${signal ?? `code ${code}`}: ${this.errors}${this.output}`);
    });
    await Promise.race([eventually(() => this.address(), 60_000), ending]);
  }

  /** The server and all that it started. */
  processes(): readonly SeenProcess[] {
    return processTree(this.child.pid ?? 0);
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ending> {
    this.child.kill(signal);
    return await this.ended;
  }

  /** Ends it and all that it started, at once. */
  kill(): void {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    for (const { pid } of this.processes()) process.kill(pid, 'SIGKILL');
  }

  private take(message: Record<string, unknown>): void {
    if (typeof message['url'] === 'string') {
      this.url = message['url'];
      this.databaseUrl = String(message['databaseUrl']);
    } else {
      this.messages.push(message);
    }
  }

  /** From its message, or, when it runs below another process, from what it prints. */
  private address(): boolean {
    this.url ||= /look at runs\s+(http:\S+)[^]*Ctrl-C\n/.exec(this.output)?.[1] ?? '';
    return this.url !== '';
  }
}

/** Resolves when none of the processes runs any more. @throws when one still does after `timeoutMs`. */
export async function areGone(processes: readonly SeenProcess[], timeoutMs = 30_000): Promise<void> {
  await eventually(() => stillRunning(processes).length === 0, timeoutMs);
}

/** What the spec's own surroundings set must not change what is tested. */
function inherited(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(ORRERY_|OTEL_|npm_lifecycle|NODE_OPTIONS|NODE_CHANNEL)/.test(name)));
}
