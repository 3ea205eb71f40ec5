import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { canReadProcesses, childrenOf, readProcess } from '../exec/process-tree.js';

const GRACE_MS = 3_000;
const LONGEST_MS = 10_000;
const LOOK_MS = 20;
const TASK = 'ORRERY_TASK_ID=';

/**
 * Ends what an earlier life of a run left running of some tasks: processes that carry run and task in their environment, and all
 * that descends from them. What other tasks left running on purpose, a server perhaps, is let alone.
 *
 * @returns how many there were; undefined where the system does not tell
 */
export async function endOrphans(run: string, tasks: readonly string[]): Promise<number | undefined> {
  if (tasks.length === 0) return 0;
  if (!canReadProcesses()) return undefined;
  const spared = ancestors();
  const found = new Set<string>();
  const startMs = performance.now();
  for (;;) {
    const alive = findOrphans({ run, tasks }, spared);
    const waitedMs = performance.now() - startMs;
    if (alive.length === 0 || waitedMs > LONGEST_MS) return found.size;
    for (const { pid, startTicks } of alive) {
      const name = `${pid}:${startTicks}`;
      if (waitedMs >= GRACE_MS) send(pid, 'SIGKILL');
      // Once each: many programs take a second signal for impatience.
      else if (!found.has(name)) send(pid, 'SIGTERM');
      found.add(name);
    }
    await sleep(LOOK_MS);
  }
}

interface Wanted {
  readonly run: string;
  readonly tasks: readonly string[];
}

interface Orphan {
  readonly pid: number;
  readonly startTicks: number;
}

function findOrphans(wanted: Wanted, spared: ReadonlySet<number>): Orphan[] {
  const waiting = pids().filter((pid) => !spared.has(pid) && isOf(pid, wanted));
  const found = new Map<number, Orphan>();
  for (let pid = waiting.pop(); pid !== undefined; pid = waiting.pop()) {
    const reading = found.has(pid) || spared.has(pid) ? undefined : readProcess(pid);
    if (reading === undefined) continue;
    found.set(pid, { pid, startTicks: reading.startTicks });
    waiting.push(...childrenOf(pid));
  }
  return [...found.values()];
}

function isOf(pid: number, { run, tasks }: Wanted): boolean {
  try {
    const variables = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
    const task = variables.find((each) => each.startsWith(TASK))?.slice(TASK.length);
    // Recorded commands inside a task are steps of it: task/step.
    return task !== undefined && variables.includes(`ORRERY_RUN_ID=${run}`) && tasks.some((name) => task === name || task.startsWith(`${name}/`));
  } catch {
    return false;
  }
}

/** This process and those that it runs in: resuming from inside a task must not end the one who resumes. */
function ancestors(): ReadonlySet<number> {
  const found = new Set<number>();
  for (let pid = process.pid; pid > 0 && !found.has(pid); pid = readProcess(pid)?.parentPid ?? 0) found.add(pid);
  return found;
}

function pids(): number[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number);
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone already.
  }
}
