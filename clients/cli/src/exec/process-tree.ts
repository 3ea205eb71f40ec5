import { readdirSync, readFileSync } from 'node:fs';

/** One look at one process; CPU time counts its threads, and those of its children that it has waited for. */
export interface ProcessReading {
  readonly parentPid: number;
  /** Clock ticks after boot; with the pid it names a process for good. */
  readonly startTicks: number;
  readonly cpuSeconds: number;
  readonly waitedCpuSeconds: number;
  readonly residentBytes: number;
  /** The most that this process itself ever had resident. */
  readonly peakResidentBytes: number;
}

/** USER_HZ, in which /proc counts, is 100 on every architecture that Node runs on. */
const TICKS_PER_SECOND = 100;

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}

/** Whether this system tells about processes the way Linux does. */
export function canReadProcesses(): boolean {
  return readProcess(process.pid) !== undefined;
}

/** @returns undefined when there is no such process (any more) */
export function readProcess(pid: number): ProcessReading | undefined {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // The name in parentheses may itself hold blanks and parentheses: fields count from after the last one (proc_pid_stat(5)).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const field = (number: number) => Number(fields[number - 3]);
  if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
  const status = read(`/proc/${pid}/status`) ?? '';
  return {
    parentPid: field(4),
    startTicks: field(22),
    cpuSeconds: (field(14) + field(15)) / TICKS_PER_SECOND,
    waitedCpuSeconds: (field(16) + field(17)) / TICKS_PER_SECOND,
    residentBytes: kibibytes(status, 'VmRSS') * 1024,
    peakResidentBytes: kibibytes(status, 'VmHWM') * 1024,
  };
}

function kibibytes(status: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0);
}

/** CPU time of all children that this process has waited for so far, and of those that they waited for. */
export function waitedCpuSeconds(): number | undefined {
  return readProcess(process.pid)?.waitedCpuSeconds;
}

/** The children of a process, asked of each of its threads. */
export function childrenOf(pid: number): number[] {
  let threads: string[];
  try {
    threads = readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
  return threads.flatMap((thread) => (read(`/proc/${pid}/task/${thread}/children`) ?? '').split(' ').filter(Boolean).map(Number));
}
