import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Tells one process from another that got the same pid later, also after a reboot. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks since boot, as the kernel counts them. */
  readonly startedAtTicks: string;
  readonly bootId: string;
}

/** The identity of a running process; undefined when there is none, or only a zombie. */
export function identityOf(pid: number): ProcessIdentity | undefined {
  const stat = readProcFile(`/proc/${pid}/stat`);
  // The command may hold blanks and parentheses, so the fields count from the last parenthesis: state is the 3rd of proc(5), start time the 22nd.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  const startedAtTicks = fields?.[19];
  if (startedAtTicks === undefined || fields?.[0] === 'Z') return undefined;
  return { pid, startedAtTicks, bootId: readProcFile('/proc/sys/kernel/random/boot_id')?.trim() ?? '' };
}

/** Whether exactly this process still runs. */
export function isRunning(identity: ProcessIdentity): boolean {
  const present = identityOf(identity.pid);
  return present?.startedAtTicks === identity.startedAtTicks && present.bootId === identity.bootId;
}

/** Pids of the PostgreSQL processes whose command line or title holds `marker`; backends outlive a killed postmaster for a while. */
export function postgresProcesses(marker: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => isPostgres(pid, marker));
}

/** Whether a pid is a PostgreSQL process whose command line or title holds `marker`; a reused pid is not. */
export function isPostgres(pid: number, marker: string): boolean {
  // The executable and the working folder would be surer, but a root without CAP_SYS_PTRACE (a container's) may not read them.
  const commandLine = readProcFile(`/proc/${pid}/cmdline`) ?? '';
  const program = path.basename(commandLine.split('\0')[0]?.split(' ')[0] ?? '');
  return (program === 'postgres' || program === 'postgres:') && commandLine.includes(marker) && identityOf(pid) !== undefined;
}

/** Sends a signal and tells whether there was someone to receive it. */
export function signalProcess(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

/** Waits until `condition` holds; resolves to whether it did within `timeoutMs`. */
export async function waitUntil(condition: () => boolean, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  for (let pauseMs = 2; !condition(); pauseMs = Math.min(pauseMs * 2, 50)) {
    if (performance.now() > deadline) return false;
    await sleep(pauseMs);
  }
  return true;
}

function readProcFile(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
