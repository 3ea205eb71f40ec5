import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync, readSync, fstatSync, statSync } from 'node:fs';
import { constants } from 'node:os';
import { OutputTail, type Tail } from '../exec/output-tail.js';
import { UsageMeter, type Usage } from '../exec/usage-meter.js';

export interface TaskCommand {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly folder: string;
  /** Its output goes there. */
  readonly logFile: string;
  /** Its exit code is written there by the one who waits for it, so that it is known even when this process is killed. */
  readonly exitFile: string;
  /** Above so much resident memory it is stopped. */
  readonly memoryLimitBytes?: number;
  readonly timeoutMs?: number;
}

export type StopCause = 'timeout' | 'memory' | 'cancel';

export interface ProcessEnd {
  readonly exitCode: number;
  readonly signal?: NodeJS.Signals;
  readonly startError?: string;
  readonly endedAtMs: number;
  readonly stopped: StopCause | undefined;
  readonly usage: Usage;
}

/** Waits for the command, outlives the signals that end it, and leaves its exit code where it can be found. */
const KEEPER = `trap : HUP INT QUIT TERM; "$@"; code=$?; printf '%s\\n' "$code" >"$0"; exit "$code"`;
const KILL_AFTER_MS = 5_000;
const TAIL_BYTES = 64 * 1024;
const SIGNAL_NAMES = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name as NodeJS.Signals]));

/** A command that runs in a slot, in a process group of its own: what a terminal sends does not reach it. */
export class TaskProcess {
  readonly ended: Promise<ProcessEnd>;
  private stopped: StopCause | undefined;
  private readonly timers: NodeJS.Timeout[] = [];

  private readonly meter: UsageMeter;

  private constructor(
    private readonly child: ChildProcess,
    { timeoutMs, memoryLimitBytes = Infinity }: TaskCommand,
  ) {
    // The first look comes before there is anything to stop with.
    const onResidentBytes = (bytes: number) => bytes > memoryLimitBytes && queueMicrotask(() => this.stop('memory'));
    this.meter = new UsageMeter(child.pid ?? 0, { isShared: true, onResidentBytes });
    if (timeoutMs !== undefined) this.timers.push(setTimeout(() => this.stop('timeout'), timeoutMs));
    this.ended = new Promise((resolve) => {
      child.on('error', (error: NodeJS.ErrnoException) => {
        if (child.pid === undefined) resolve(this.end({ exitCode: 126, startError: `the command cannot be started (${error.code ?? error.message})` }));
      });
      child.on('exit', (code, signal) => resolve(this.end(readCode(code ?? 128 + (signal === null ? 1 : constants.signals[signal])))));
    });
  }

  static start(task: TaskCommand): TaskProcess {
    const fault = faultOfFolder(task.folder);
    if (fault !== undefined) return TaskProcess.spawn(task, ['/bin/sh', '-c', 'echo "$0" >&2; exit 126', fault]);
    return TaskProcess.spawn(task, ['/bin/sh', '-c', KEEPER, task.exitFile, ...task.command]);
  }

  private static spawn(task: TaskCommand, [program = '', ...words]: readonly string[]): TaskProcess {
    const log = openSync(task.logFile, 'a', 0o600);
    const cwd = faultOfFolder(task.folder) === undefined ? task.folder : '/';
    const child = spawn(program, words, { cwd, env: task.environment, stdio: ['ignore', log, log], detached: true });
    closeSync(log);
    return new TaskProcess(child, task);
  }

  /** Ends the command and all that it started, gently unless it is for its memory. */
  stop(cause: StopCause): void {
    if (this.stopped !== undefined) return;
    this.stopped = cause;
    // What grows beyond its share does so now; it is not asked.
    this.sendToAll(cause === 'memory' ? 'SIGKILL' : 'SIGTERM');
    this.timers.push(setTimeout(() => this.sendToAll('SIGKILL'), cause === 'memory' ? 200 : KILL_AFTER_MS));
  }

  private end(how: Pick<ProcessEnd, 'exitCode' | 'signal' | 'startError'>): ProcessEnd {
    for (const timer of this.timers) clearTimeout(timer);
    const usage = this.meter.finish();
    // A command that was stopped leaves nothing running; one that ended by itself may.
    if (this.stopped !== undefined) this.sendToAll('SIGKILL');
    return { ...how, endedAtMs: Date.now(), stopped: this.stopped, usage };
  }

  private sendToAll(signal: NodeJS.Signals): void {
    const { pid } = this.child;
    if (pid === undefined) return;
    const tree = this.meter.alive();
    // Each hears of it once: many programs take a second signal for impatience. Where the tree cannot be seen, the group must do.
    for (const each of tree.length === 0 || signal === 'SIGKILL' ? [-pid, ...tree] : tree) send(each, signal);
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone already.
  }
}

function faultOfFolder(folder: string): string | undefined {
  return statSync(folder, { throwIfNoEntry: false })?.isDirectory() ? undefined : `there is no folder ${folder}`;
}

/** Shells say 128+n for what signal n ended. */
function readCode(exitCode: number): Pick<ProcessEnd, 'exitCode' | 'signal'> {
  const signal = exitCode > 128 ? SIGNAL_NAMES.get(exitCode - 128) : undefined;
  return signal === undefined ? { exitCode } : { exitCode, signal };
}

/** What the keeper of a command wrote at its end. */
export function readExitFile(file: string): { readonly exitCode: number; readonly endedAtMs: number } | undefined {
  try {
    const code = /^(\d+)\n$/.exec(readFileSync(file, 'utf8'))?.[1];
    return code === undefined ? undefined : { exitCode: Number(code), endedAtMs: Math.round(statSync(file).mtimeMs) };
  } catch {
    return undefined;
  }
}

/** The end of a log file: 64 KiB or 200 lines at most. */
export function readTail(file: string): Tail {
  const tail = new OutputTail();
  let totalBytes = 0;
  try {
    const descriptor = openSync(file, 'r');
    try {
      totalBytes = fstatSync(descriptor).size;
      const buffer = Buffer.alloc(Math.min(totalBytes, TAIL_BYTES));
      tail.add(buffer.subarray(0, readSync(descriptor, buffer, 0, buffer.length, totalBytes - buffer.length)));
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return { text: '', totalBytes: 0, isCut: false };
  }
  const read = tail.read();
  return { text: read.text, totalBytes, isCut: read.isCut || totalBytes > TAIL_BYTES };
}
