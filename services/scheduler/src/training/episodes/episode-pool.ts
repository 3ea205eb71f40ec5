import { messageOf, OrreryError } from '@orrery/errors';
import type { Worker } from 'node:worker_threads';
import type { Workload } from '../../domain/index.js';
import { startWorker } from '../worker-module.js';
import type { EpisodeThreadData, FromEpisodeThread, ToEpisodeThread } from './episode-messages.js';
import type { EpisodeOutcome, EpisodeTask } from './run-episodes.js';
import { checkScenario } from '../../domain/release/scenario.js';

export interface EpisodePoolOptions {
  /** @default 2 */
  readonly workerCount?: number;
  /** How much the threads give way to others, 0 to 19. @default 0 */
  readonly niceness?: number;
  /** What each may take, MiB. @default 1_024 */
  readonly memoryMiB?: number;
}

export interface RunOptions {
  /** Told of episodes that are done, of all. */
  readonly onProgress?: (done: number, all: number) => void;
  /** Drops what has not begun. */
  readonly signal?: AbortSignal | undefined;
}

/** Few enough that threads end together, enough that messages cost nothing beside episodes. */
const seedsAtOnce = 4;
/** The next part waits in the thread already when one ends. */
const partsAtOnce = 2;

/** Some seeds of a task, on their way to a thread or back. */
interface Part {
  readonly run: Run;
  readonly task: EpisodeTask;
  readonly outcomes: EpisodeOutcome[];
  readonly from: number;
  readonly until: number;
}

interface Run {
  readonly all: number;
  done: number;
  isOver: boolean;
  readonly onProgress: RunOptions['onProgress'];
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

interface Thread {
  readonly worker: Worker;
  readonly workloadIds: Set<number>;
  readonly parts: Map<number, Part>;
}

/**
 * Runs episodes in threads. What comes back depends on the tasks alone: not on how many threads there are, nor on which was quicker.
 *
 * @example
 * const pool = new EpisodePool();
 * const [outcomes] = await pool.run([{ policy, scenario, workload, seeds: [100_000, 100_001] }]);
 * await pool.close();
 */
export class EpisodePool {
  readonly workerCount: number;
  private readonly niceness: number;
  private readonly memoryMiB: number;
  private readonly threads = new Set<Thread>();
  private readonly workloadIds = new WeakMap<Workload, number>();
  private waiting: Part[] = [];
  private nextWorkloadId = 0;
  private nextTicket = 0;
  private isClosed = false;

  constructor({ workerCount = 2, niceness = 0, memoryMiB = 1024 }: EpisodePoolOptions = {}) {
    if (!Number.isInteger(workerCount) || workerCount < 1) throw new OrreryError('ORRERY_VALIDATION', `expected at least one thread, got ${workerCount}`);
    this.workerCount = workerCount;
    this.niceness = niceness;
    this.memoryMiB = memoryMiB;
  }

  /**
   * The outcomes of each task, by task and seed in the order given.
   *
   * @throws ORRERY_VALIDATION when a scenario or a policy makes no sense, ORRERY_NUMERICAL when a thread ended, ORRERY_CONFLICT when the pool was closed.
   */
  async run(tasks: readonly EpisodeTask[], { onProgress, signal }: RunOptions = {}): Promise<readonly (readonly EpisodeOutcome[])[]> {
    if (this.isClosed) throw new OrreryError('ORRERY_CONFLICT', 'the threads of episodes were closed');
    signal?.throwIfAborted();
    for (const { scenario } of tasks) checkScenario(scenario);
    const results = tasks.map((): EpisodeOutcome[] => []);
    const all = tasks.reduce((sum, { seeds }) => sum + seeds.length, 0);
    if (all === 0) return results;
    let run: Run | undefined;
    const onAbort = () => run !== undefined && this.fail(run, signal?.reason);
    try {
      await new Promise<void>((resolve, reject) => {
        const begun: Run = { all, done: 0, isOver: false, onProgress, resolve, reject };
        run = begun;
        signal?.addEventListener('abort', onAbort, { once: true });
        for (const [index, task] of tasks.entries()) this.waiting.push(...partsOf(begun, task, results[index] as EpisodeOutcome[]));
        this.feed();
      });
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
    return results;
  }

  /** Ends the threads at once; what still ran fails. */
  async close(): Promise<void> {
    this.isClosed = true;
    const reason = new OrreryError('ORRERY_CONFLICT', 'the threads of episodes were closed');
    const parts = [...this.waiting, ...[...this.threads].flatMap((thread) => [...thread.parts.values()])];
    for (const { run } of parts) this.fail(run, reason);
    const threads = [...this.threads];
    this.threads.clear();
    await Promise.all(threads.map(({ worker }) => worker.terminate()));
  }

  private feed(): void {
    const wanted = Math.min(this.workerCount, this.threads.size + this.waiting.length);
    while (this.threads.size < wanted) this.startThread();
    // One part each before anyone has a second.
    for (let held = 0; held < partsAtOnce; held += 1) {
      for (const thread of this.threads) if (thread.parts.size === held) this.give(thread);
    }
  }

  private give(thread: Thread): void {
    const part = this.waiting.shift();
    if (part === undefined) return;
    const ticket = this.nextTicket;
    this.nextTicket += 1;
    try {
      this.send(thread, ticket, part);
      thread.parts.set(ticket, part);
    } catch (cause) {
      this.fail(part.run, new OrreryError('ORRERY_VALIDATION', `${part.task.scenario.name} of ${part.task.workload.name} is no plain data: ${messageOf(cause)}`, { cause }));
      this.give(thread);
    }
  }

  private send(thread: Thread, ticket: number, { task: { workload, ...task }, from, until }: Part): void {
    const workloadId = this.idOf(workload);
    if (!thread.workloadIds.has(workloadId)) {
      post(thread, { type: 'workload', id: workloadId, workload });
      thread.workloadIds.add(workloadId);
    }
    post(thread, { type: 'run', ticket, workloadId, task: { ...task, seeds: task.seeds.slice(from, until) } });
  }

  private idOf(workload: Workload): number {
    let id = this.workloadIds.get(workload);
    if (id === undefined) {
      id = this.nextWorkloadId;
      this.nextWorkloadId += 1;
      this.workloadIds.set(workload, id);
    }
    return id;
  }

  private startThread(): void {
    const workerData: EpisodeThreadData = { niceness: this.niceness };
    const worker = startWorker(new URL('./episode-worker.js', import.meta.url), { workerData, resourceLimits: { maxOldGenerationSizeMb: this.memoryMiB } });
    const thread: Thread = { worker, workloadIds: new Set(), parts: new Map() };
    this.threads.add(thread);
    worker.on('message', (message: FromEpisodeThread) => this.take(thread, message));
    worker.on('error', (cause) => this.lose(thread, messageOf(cause)));
    worker.on('exit', (code) => this.lose(thread, `it ended with ${code}`));
  }

  private take(thread: Thread, message: FromEpisodeThread): void {
    const part = thread.parts.get(message.ticket);
    thread.parts.delete(message.ticket);
    if (part !== undefined && message.type === 'done') this.keep(part, message.outcomes);
    else if (part !== undefined && message.type === 'failed') this.fail(part.run, new OrreryError(message.code, message.message));
    this.feed();
  }

  private keep({ run, outcomes, from }: Part, found: readonly EpisodeOutcome[]): void {
    if (run.isOver) return;
    for (const [index, outcome] of found.entries()) outcomes[from + index] = outcome;
    run.done += found.length;
    run.onProgress?.(run.done, run.all);
    if (run.done < run.all) return;
    run.isOver = true;
    run.resolve();
  }

  private fail(run: Run, reason: unknown): void {
    if (run.isOver) return;
    run.isOver = true;
    this.waiting = this.waiting.filter((part) => part.run !== run);
    run.reject(reason);
  }

  /** Nobody knows what a thread that ended did last: all that it had fails, and a new one takes its place when there is work. */
  private lose(thread: Thread, why: string): void {
    if (!this.threads.delete(thread)) return;
    for (const { run, task } of thread.parts.values()) {
      this.fail(run, new OrreryError('ORRERY_NUMERICAL', `a thread that ran episodes of ${task.policy.name} in ${task.scenario.name} is gone: ${why}`));
    }
    this.feed();
  }
}

function partsOf(run: Run, task: EpisodeTask, outcomes: EpisodeOutcome[]): readonly Part[] {
  const count = Math.ceil(task.seeds.length / seedsAtOnce);
  return Array.from({ length: count }, (_, part) => ({ run, task, outcomes, from: part * seedsAtOnce, until: Math.min(task.seeds.length, (part + 1) * seedsAtOnce) }));
}

function post({ worker }: Thread, message: ToEpisodeThread): void {
  worker.postMessage(message);
}
