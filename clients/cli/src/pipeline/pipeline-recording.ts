import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { Orrery, type Outcome, type Run, type Task } from '@orrery/sdk';
import type { Address } from '../api-client.js';
import { maskSecrets, showCommand } from '../exec/mask-secrets.js';
import type { Tail } from '../exec/output-tail.js';
import { readVersionControl } from '../exec/version-control.js';
import type { FoundFile } from '../exec/watched-files.js';
import type { Spool } from '../spool/spool.js';
import { unitName, type Stage } from './definition.js';
import type { EndEntry, StartEntry } from './run-entry.js';
import type { RunState, Unit } from './run-state.js';

const INFO = 9;
const ERROR = 17;
const CLOSE_DEADLINE_MS = 3_000;
const FLUSH_DEADLINE_MS = 10_000;

/** What an attempt left besides its end. */
export interface Traces {
  readonly tail?: Tail;
  readonly written: readonly FoundFile[];
  readonly read: readonly FoundFile[];
}

export const noTraces: Traces = { written: [], read: [] };

/** Tells the platform about a run of a pipeline and its tasks, as they come. */
export class PipelineRecording {
  private readonly orrery: Orrery;
  private readonly run: Run;
  private readonly tasks = new Map<string, Task>();

  constructor(
    private readonly state: RunState,
    private readonly address: Address,
    private readonly worker: string,
  ) {
    const { run, source, pipeline, folder } = state.begin;
    // Signals are for the one who runs the commands; what is left over then goes to the spool.
    this.orrery = new Orrery({ url: address.url.href, apiKey: address.apiKey ?? '', source, flushOnSignals: [] });
    this.run = this.orrery.run(pipeline.name, {
      id: run,
      attempt: state.runAttempt,
      namespace: pipeline.namespace,
      labels: pipeline.labels,
      startedAt: state.startedAtMs,
      trigger: 'pipeline',
      versionControl: readVersionControl(folder),
    });
  }

  /** All that is yet to run, as queued; a later attempt of the run holds only what it runs itself. */
  queue(): void {
    for (const unit of this.state.units) if (unit.status === 'waiting') this.taskOf(unit, unit.attempts + 1);
  }

  started(unit: Unit, { attempt, atMs }: StartEntry): void {
    this.taskOf(unit, attempt).start(atMs);
  }

  ended(unit: Unit, { attempt, atMs, outcome, error, usage }: EndEntry, { tail, written, read }: Traces): void {
    const task = this.taskOf(unit, attempt);
    const attributes = { method: 'sampled process tree', readings: usage.readings };
    if (usage.wallSeconds !== undefined) task.sample('wall_seconds', usage.wallSeconds, { occurredAt: atMs });
    if (usage.cpuSeconds !== undefined) task.sample('cpu_seconds', usage.cpuSeconds, { kind: 'sum', occurredAt: atMs, attributes });
    if (usage.peakMemoryBytes !== undefined) task.sample('peak_memory_bytes', usage.peakMemoryBytes, { occurredAt: atMs, attributes });
    if (unit.givenBytes !== undefined) task.sample('memory_limit_bytes', unit.givenBytes, { unit: 'By', occurredAt: atMs });
    if (tail !== undefined && tail.totalBytes > 0) {
      const details = { total_bytes: tail.totalBytes, is_cut: tail.isCut, streams: 'stdout, stderr' };
      task.event('log', { name: 'output', output: tail.text, severityNumber: outcome === 'success' ? INFO : ERROR, startedAt: atMs, attributes: details });
    }
    const common = { actor: unit.stage.name, hash: false, occurredAt: atMs };
    for (const { path, digest, sizeBytes } of read) task.artifact(path, { ...common, direction: 'input', digest, sizeBytes });
    for (const { path, digest, sizeBytes } of written) task.artifact(path, { ...common, digest, sizeBytes });
    task.finish({ outcome, error, finishedAt: atMs });
  }

  /** Of something that never ran. */
  leftOut(unit: Unit, outcome: Extract<Outcome, 'skip' | 'cancellation'>, atMs: number): void {
    this.taskOf(unit, unit.attempts + 1).finish({ outcome, finishedAt: atMs });
  }

  finished(outcome: Outcome, atMs: number): void {
    const worst = this.state.units.find((unit) => unit.status === 'failed' && unit.outcome === outcome);
    const error = worst === undefined ? undefined : { ...worst.error, message: `${worst.id}: ${worst.error?.message ?? outcome}` };
    this.run.finish({ outcome, error, finishedAt: atMs });
  }

  /** Resolves with true once everything so far has reached the platform. */
  flush(): Promise<boolean> {
    return this.orrery.flush({ deadlineMs: FLUSH_DEADLINE_MS, isPatient: false });
  }

  /**
   * Delivers what is left, or keeps it for the next call.
   *
   * @returns what to tell a person about it; undefined when all is well
   */
  async close(spool: Spool): Promise<string | undefined> {
    const { undelivered, statistics } = await this.orrery.close({ deadlineMs: CLOSE_DEADLINE_MS, isPatient: false });
    if (undelivered.length === 0) return undefined;
    const what = `${undelivered.length} events could not be delivered to ${this.address.url.href} (${statistics.lastProblem ?? 'no answer in time'})`;
    try {
      await spool.keep(undelivered);
      return `${what}; they wait in ${spool.folder} for the next call`;
    } catch {
      return `${what} and are lost: ${spool.folder} cannot be written`;
    }
  }

  private taskOf(unit: Unit, attempt: number): Task {
    const key = `${unit.id}\n${attempt}`;
    const known = this.tasks.get(key);
    if (known !== undefined) return known;
    const { stage } = unit;
    const masked = maskSecrets(stage.command);
    const task = this.run.task(stage.name, {
      id: unit.id,
      kind: 'command',
      dependsOn: this.dependenciesOf(stage),
      attempt,
      queued: true,
      executor: { host: hostname(), worker: this.worker || undefined, executor_class: 'local' },
      labels: { command: showCommand(masked), working_folder: this.state.begin.folder },
      commandHash: createHash('sha256').update(masked.join('\0')).digest('hex'),
    });
    this.tasks.set(key, task);
    return task;
  }

  private dependenciesOf({ dependsOn }: Stage): string[] {
    const { stages } = this.state.begin.pipeline;
    const isHere = (id: string) => this.state.runAttempt === 1 || this.state.unit(id)?.status !== 'succeeded' || this.tasks.has(`${id}\n1`);
    return stages.filter(({ name }) => dependsOn.includes(name)).flatMap((stage) => Array.from({ length: stage.count }, (_, index) => unitName(stage, index)).filter(isHere));
  }
}
