import { canReadProcesses, childrenOf, readProcess, waitedCpuSeconds, type ProcessReading } from './process-tree.js';

export interface Usage {
  readonly wallSeconds: number;
  /** User and system time; absent where the system does not tell. */
  readonly cpuSeconds?: number;
  readonly peakMemoryBytes?: number;
  readonly readings: number;
}

/** Looking costs at most one part in so many of the time between two looks. */
const LEAST_SHARE = 20;
const INTERVAL_MS = 50;
/** Many commands are short: the first looks come close together. */
const FIRST_WAITS_MS = [1, 2, 5, 10, 20] as const;

interface Known {
  readonly startTicks: number;
  cpuSeconds: number;
}

export interface MeterOptions {
  /** Other commands run in this process at the same time, so that what it waited for is not this command's alone. @default false */
  readonly isShared?: boolean;
  /** Hears at every look what the tree has resident. */
  readonly onResidentBytes?: (bytes: number) => void;
}

/**
 * Measures a process and all that descend from it while it runs.
 *
 * Memory: the greatest of (a) the sum of the resident memory of all processes of the tree at one look, where pages that
 * several share count for each, and (b) the high-water mark that the kernel keeps for each single process. A peak that lies
 * between two looks and before a process ends can be missed; Node offers no wait4(2), whose ru_maxrss would tell (b) for
 * sure. Control groups are not used: making one takes rights that a command seldom has.
 * CPU: what the kernel adds up for children that were waited for, which is exact; or, when that is more, what was seen of
 * processes that nobody waited for. Where several commands share this process, what the tree itself had waited for at the last
 * look takes the kernel's place; then the CPU time after that look is missed.
 */
export class UsageMeter {
  private readonly startMs = performance.now();
  private readonly waitedBefore = waitedCpuSeconds() ?? 0;
  private readonly isAble = canReadProcesses();
  private readonly known = new Map<number, Known>();
  private peakMemoryBytes = 0;
  private endedCpuSeconds = 0;
  private treeCpuSeconds = 0;
  private readings = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly rootPid: number,
    private readonly options: MeterOptions = {},
  ) {
    if (this.isAble) this.look();
  }

  /** Pids of the tree that live now, the root's first. */
  alive(): number[] {
    this.refresh();
    return [...this.known.keys()];
  }

  /** Stops looking and says what was used; to be called when the root has ended. */
  finish(): Usage {
    clearTimeout(this.timer);
    const wallSeconds = (performance.now() - this.startMs) / 1000;
    if (!this.isAble) return { wallSeconds, readings: 0 };
    const waited = this.options.isShared ? this.treeCpuSeconds : (waitedCpuSeconds() ?? 0) - this.waitedBefore;
    const seen = this.endedCpuSeconds + [...this.known.values()].reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
    const cpuSeconds = Math.max(waited, seen);
    // A command that was over before the first look has no figure rather than a wrong one.
    return { wallSeconds, cpuSeconds, peakMemoryBytes: this.peakMemoryBytes || undefined, readings: this.readings };
  }

  private look(): void {
    const before = performance.now();
    const readings = this.refresh();
    const together = readings.reduce((sum, { residentBytes }) => sum + residentBytes, 0);
    this.peakMemoryBytes = Math.max(this.peakMemoryBytes, together, ...readings.map(({ peakResidentBytes }) => peakResidentBytes));
    this.treeCpuSeconds = Math.max(this.treeCpuSeconds, readings.reduce((sum, { cpuSeconds, waitedCpuSeconds }) => sum + cpuSeconds + waitedCpuSeconds, 0));
    this.options.onResidentBytes?.(together);
    const costMs = performance.now() - before;
    const waitMs = FIRST_WAITS_MS[this.readings] ?? INTERVAL_MS;
    this.readings += 1;
    this.timer = setTimeout(() => this.look(), Math.max(waitMs, costMs * LEAST_SHARE));
    this.timer.unref();
  }

  /** Finds the tree anew. A process seen before stays in it even when its parent has ended and it hangs elsewhere now. */
  private refresh(): ProcessReading[] {
    const readings = new Map<number, ProcessReading>();
    const waiting = [this.rootPid, ...this.known.keys()];
    for (let pid = waiting.pop(); pid !== undefined; pid = waiting.pop()) {
      if (readings.has(pid)) continue;
      const reading = readProcess(pid);
      const before = this.known.get(pid);
      if (reading === undefined || (before !== undefined && before.startTicks !== reading.startTicks)) continue;
      readings.set(pid, reading);
      waiting.push(...childrenOf(pid));
    }
    for (const [pid, { cpuSeconds }] of this.known) {
      if (readings.has(pid)) continue;
      this.endedCpuSeconds += cpuSeconds;
      this.known.delete(pid);
    }
    for (const [pid, { startTicks, cpuSeconds }] of readings) this.known.set(pid, { startTicks, cpuSeconds });
    return [...readings.values()];
  }
}
