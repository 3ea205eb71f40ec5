import { hostname } from 'node:os';
import { Orrery, type Closing, type Run, type Task } from '@orrery/sdk';
import type { Address } from '../api-client.js';
import type { ExecOutcome } from './exec-outcome.js';
import type { ExecPlan } from './exec-plan.js';
import type { Tail } from './output-tail.js';
import type { Usage } from './usage-meter.js';
import type { VersionControl } from './version-control.js';
import type { Found } from './watched-files.js';

const INFO = 9;
const ERROR = 17;
/** A server that is there but slow may hold up the end of a command by this much, once. */
const CLOSE_DEADLINE_MS = 3_000;

/** What a command turned out to be, once it had ended. */
export interface ExecResult {
  readonly judged: ExecOutcome;
  readonly runOutcome: ExecOutcome['outcome'];
  readonly usage: Usage;
  readonly endedAtMs: number;
  readonly tail: Tail | undefined;
  readonly written: Found;
  readonly read: Found;
}

/** Tells the platform about one command, as it starts and as it ends. */
export class ExecRecording {
  private readonly orrery: Orrery;
  private readonly run: Run;
  private readonly task: Task;
  private readonly startedAtMs = Date.now();

  constructor(
    private readonly plan: ExecPlan,
    address: Address,
    versionControl: VersionControl | undefined,
  ) {
    // Signals are for the command; the end of this process is reached in any case.
    this.orrery = new Orrery({ url: address.url.href, apiKey: address.apiKey ?? '', source: plan.source, flushOnSignals: [] });
    this.run = this.orrery.run(plan.workflow, {
      id: plan.runId,
      attempt: plan.runAttempt,
      parent: plan.parentRun,
      startedAt: plan.startedAt,
      trigger: 'command',
      versionControl,
      existing: plan.isJoining,
    });
    this.task = openTask(this.run, plan);
  }

  /** Tells all that is known at the end and waits until it is delivered or cannot be; `undelivered` is what to keep. */
  async finish({ judged, runOutcome, usage, tail, endedAtMs, written, read }: ExecResult): Promise<Closing> {
    const { task } = this;
    this.measure(usage, endedAtMs);
    if (tail !== undefined && tail.totalBytes > 0) {
      const attributes = { total_bytes: tail.totalBytes, is_cut: tail.isCut, streams: 'stdout, stderr' };
      task.event('log', { name: 'output', output: tail.text, severityNumber: judged.outcome === 'success' ? INFO : ERROR, startedAt: endedAtMs, attributes });
    }
    const common = { actor: this.plan.taskName, hash: false };
    for (const { path, digest, sizeBytes } of read.files) task.artifact(path, { ...common, direction: 'input', digest, sizeBytes, occurredAt: this.startedAtMs });
    for (const { path, digest, sizeBytes } of written.files) task.artifact(path, { ...common, digest, sizeBytes, occurredAt: endedAtMs });
    task.finish({ outcome: judged.outcome, error: judged.error, finishedAt: endedAtMs });
    if (this.plan.endsRun) this.run.finish({ outcome: runOutcome, error: runOutcome === judged.outcome ? judged.error : undefined, finishedAt: endedAtMs });
    return this.orrery.close({ deadlineMs: CLOSE_DEADLINE_MS, isPatient: false });
  }

  private measure(usage: Usage, occurredAt: number): void {
    const attributes = { method: 'sampled process tree', readings: usage.readings };
    this.task.sample('wall_seconds', usage.wallSeconds, { occurredAt });
    if (usage.cpuSeconds !== undefined) this.task.sample('cpu_seconds', usage.cpuSeconds, { kind: 'sum', occurredAt });
    if (usage.peakMemoryBytes !== undefined) this.task.sample('peak_memory_bytes', usage.peakMemoryBytes, { occurredAt, attributes });
  }
}

function openTask(run: Run, plan: ExecPlan): Task {
  return run.task(plan.taskName, {
    id: plan.taskId,
    kind: 'command',
    parent: plan.parentTask,
    dependsOn: plan.dependsOn,
    attempt: plan.taskAttempt,
    executor: { host: hostname(), executor_class: 'local' },
    labels: { command: plan.shownCommand, working_folder: process.cwd() },
    commandHash: plan.commandHash,
  });
}
