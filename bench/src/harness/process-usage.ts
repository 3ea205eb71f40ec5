import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessUsage {
  /** User and system time of the process so far. */
  readonly cpuSeconds: number;
  /** Largest resident set so far (VmHWM). */
  readonly peakMemoryBytes: number;
}

interface Status {
  readonly name: string;
  readonly parentPid: number;
  readonly cpuSeconds: number;
  /** Of children that have ended. */
  readonly endedChildrenCpuSeconds: number;
}

// USER_HZ is 100 on every Linux that Node runs on (man 5 proc).
const ticksPerSecond = 100;

/** What Linux tells of a process; zeros once it is gone. */
export function readProcess(pid: number): ProcessUsage {
  const status = readStatus(pid);
  if (status === undefined) return { cpuSeconds: 0, peakMemoryBytes: 0 };
  const peak = /VmHWM:\s+(\d+) kB/.exec(readIfThere(`/proc/${pid}/status`))?.[1] ?? '0';
  return { cpuSeconds: status.cpuSeconds, peakMemoryBytes: Number(peak) * 1024 };
}

/** CPU seconds so far of the PostgreSQL that a process has started, its connections included; 0 when it has started none. */
export function readPostgresCpuSeconds(ownerPid: number): number {
  const all = new Map(
    readdirSync('/proc')
      .filter((entry) => /^\d+$/.test(entry))
      .map((entry) => [Number(entry), readStatus(Number(entry))]),
  );
  const isPostgresOf = (pid: number, parent: number) => all.get(pid)?.name === 'postgres' && all.get(pid)?.parentPid === parent;
  const servers = [...all.keys()].filter((pid) => isPostgresOf(pid, ownerPid));
  const connections = [...all.keys()].filter((pid) => servers.some((server) => isPostgresOf(pid, server)));
  const ended = servers.reduce((sum, pid) => sum + (all.get(pid)?.endedChildrenCpuSeconds ?? 0), 0);
  return [...servers, ...connections].reduce((sum, pid) => sum + (all.get(pid)?.cpuSeconds ?? 0), ended);
}

function readStatus(pid: number): Status | undefined {
  const stat = readIfThere(`/proc/${pid}/stat`);
  if (stat === '') return undefined;
  // proc(5): the name may hold blanks and brackets; fields are counted from behind it, the state being the third.
  const nameEnd = stat.lastIndexOf(')');
  const field = (number: number) => Number(stat.slice(nameEnd + 2).split(' ')[number - 3]);
  return {
    name: stat.slice(stat.indexOf('(') + 1, nameEnd),
    parentPid: field(4),
    cpuSeconds: (field(14) + field(15)) / ticksPerSecond,
    endedChildrenCpuSeconds: (field(16) + field(17)) / ticksPerSecond,
  };
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
