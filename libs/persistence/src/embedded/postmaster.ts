import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { OrreryError } from '@orrery/errors';
import type { DataPlace } from './data-folder.js';
import { isPostgres, postgresProcesses, signalProcess, waitUntil } from './process-table.js';
import { serverFailure } from './server-failure.js';
import { startProgram, type ProgramEnd } from './server-program.js';

/** One running server process; a restarted server is another one. */
export interface Postmaster {
  readonly pid: number;
  readonly ended: Promise<ProgramEnd>;
  /** Lets the parent's event loop end while the server runs on. */
  readonly unref: () => void;
}

export interface PostmasterOptions {
  readonly place: DataPlace;
  readonly nativeFolder: string;
  readonly port: number;
  readonly settings: Readonly<Record<string, string>>;
  /** How long it may take until it accepts connections; recovery after a crash takes its time. */
  readonly startTimeoutMs: number;
  readonly onLine: (line: string) => void;
}

/**
 * Starts the server and resolves when it accepts connections.
 *
 * @throws an OrreryError that says why it did not: port taken, disk full, permissions, a setting.
 */
export async function startPostmaster(options: PostmasterOptions): Promise<Postmaster> {
  const { place, nativeFolder, port } = options;
  const settings = { ...options.settings, cluster_name: place.marker };
  const parameters = ['-D', place.cluster, '-p', String(port), '-k', '', ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  const program = startProgram({ nativeFolder, name: 'postgres', parameters, account: place.account, onLine: options.onLine });

  let end: ProgramEnd | undefined;
  void program.ended.then((programEnd) => (end = programEnd));
  const { pid } = program.child;
  const isReady = await waitUntil(() => end !== undefined || statusOf(place, pid) === 'ready', options.startTimeoutMs);
  if (end === undefined && pid !== undefined && isReady) {
    return {
      pid,
      ended: program.ended,
      unref: () => {
        program.child.unref();
        (program.child.stderr as { unref?: () => void } | null)?.unref?.();
      },
    };
  }
  if (pid !== undefined && end === undefined) signalProcess(pid, 'SIGQUIT');
  if (!isReady) throw new OrreryError('ORRERY_TIMEOUT', `the database did not become ready within ${options.startTimeoutMs} ms`, { details: { lastLines: program.lastLines() } });
  throw serverFailure('postgres', await program.ended, program.lastLines());
}

/**
 * Stops whatever server an earlier process left running on the folder, and clears a pid file whose pid now is another program's
 * (PostgreSQL itself only looks whether the pid exists, and would refuse to start for ever).
 */
export async function stopLeftovers(place: DataPlace, onLog: (line: string) => void): Promise<void> {
  const pid = pidIn(place);
  if (pid !== undefined && isServer(pid, place)) {
    onLog(`an earlier process left the database running (pid ${pid}); stopping it`);
    await stopServer(pid, place, 10_000);
  }
  await killServer(place);
  if (pidIn(place) !== undefined) rmSync(pidFile(place), { force: true });
}

/** Fast shutdown: open transactions roll back, everything is written. Falls back to an immediate one, which the next start recovers from. */
export async function stopServer(pid: number, place: DataPlace, timeoutMs: number): Promise<void> {
  const isGone = () => !isServer(pid, place);
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    if (!signalProcess(pid, signal)) return;
    if (await waitUntil(isGone, timeoutMs)) return;
  }
  await killServer(place);
}

/** What a power cut does to its processes: all of them end at once, with nothing written. */
export async function killServer(place: DataPlace): Promise<void> {
  const gone = await waitUntil(() => {
    const pids = postgresProcesses(place.marker);
    pids.forEach((pid) => signalProcess(pid, 'SIGKILL'));
    return pids.length === 0;
  }, 10_000);
  if (!gone) throw new OrreryError('ORRERY_DEPENDENCY', `processes of the database in ${place.cluster} cannot be ended: ${postgresProcesses(place.marker).join(', ')}`);
}

function isServer(pid: number, place: DataPlace): boolean {
  return isPostgres(pid, place.marker) || isPostgres(pid, `-D\0${place.cluster}\0`);
}

function pidFile(place: DataPlace): string {
  return path.join(place.cluster, 'postmaster.pid');
}

function pidIn(place: DataPlace): number | undefined {
  const pid = Number(linesOfPidFile(place)[0]);
  return Number.isInteger(pid) && pid > 0 ? pid : undefined;
}

/** The eighth line of postmaster.pid says starting, ready, stopping or standby (PostgreSQL's own pg_ctl waits for it). */
function statusOf(place: DataPlace, pid: number | undefined): string | undefined {
  const lines = linesOfPidFile(place);
  return Number(lines[0]) === pid ? lines[7]?.trim() : undefined;
}

function linesOfPidFile(place: DataPlace): string[] {
  try {
    return readFileSync(pidFile(place), 'utf8').split('\n');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
