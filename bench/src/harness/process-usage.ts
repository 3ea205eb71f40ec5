import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessUsage {
  /** User and system time of the process so far. */
  readonly cpuSeconds: number;
  /** Largest resident set so far (VmHWM). */
  readonly peakMemoryBytes: number;
}

// USER_HZ is 100 on every Linux that Node runs on (man 5 proc).
const ticksPerSecond = 100;

/** What Linux tells of a process; zeros once it is gone. */
export function readProcess(pid: number): ProcessUsage {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0';
    return { cpuSeconds: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond, peakMemoryBytes: Number(peak) * 1024 };
  } catch {
    return { cpuSeconds: 0, peakMemoryBytes: 0 };
  }
}

/** CPU seconds so far of all PostgreSQL processes of this machine that run now. */
export function readPostgresCpuSeconds(): number {
  let seconds = 0;
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      if (readFileSync(`/proc/${entry}/comm`, 'utf8').trim() === 'postgres') seconds += readProcess(Number(entry)).cpuSeconds;
    } catch {
      continue;
    }
  }
  return seconds;
}
