import { join } from 'node:path';
import type { Outcome } from '@orrery/sdk';
import type { Address } from '../api-client.js';
import { findFiles, WatchedFiles, type Found } from '../exec/watched-files.js';
import { normalisePattern } from '../exec/run-command.js';
import type { Spool } from '../spool/spool.js';
import { judgeAttempt } from './attempt-outcome.js';
import { PipelineRecording, type Traces } from './pipeline-recording.js';
import type { FinishedEvent, PipelineEvent, StartedEvent } from './pipeline-event.js';
import { tallyUnits } from './tally-units.js';
import type { EndEntry, LifeEntry, RunEntry, StartEntry } from './run-entry.js';
import type { RunState, Unit } from './run-state.js';
import type { OwnedRun } from './run-store.js';
import { endOrphans } from './orphans.js';
import { exitFile, logFile } from './attempt-files.js';
import { endedEvent } from './ended-event.js';
import { settleFormerLife } from './former-life.js';
import { taskEnvironment } from './task-environment.js';
import { leaveOut, tellAgain, tellEnd } from './tell-again.js';
import { readTail, TaskProcess, type ProcessEnd, type TaskCommand } from './task-process.js';

export interface LiveRunOptions {
  readonly address: Address;
  readonly spool: Spool;
  /** Name of the worker; empty for a call of its own. */
  readonly worker: string;
  readonly slots: number;
  /** What the commands find in their environment. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly emit: (event: PipelineEvent) => void;
}

/** Where and with what a task is to run. */
export interface Placement {
  readonly slot: number;
  readonly memoryBytes: number | undefined;
  /** Whether it is stopped above that. */
  readonly isLimited: boolean;
  /** The most that it could ever be given. */
  readonly mostBytes: number;
  readonly reason: string | undefined;
  readonly policy: string | undefined;
  readonly fallback: string | undefined;
}

const NOTHING_FOUND: Found = { files: [], leftOut: 0 };

/** A run of a pipeline that this process carries on: every change goes to the journal first, then to the platform and the followers. */
export class LiveRun {
  /** Resolves when nothing of it runs any more and all is recorded. */
  readonly finished: Promise<FinishedEvent>;
  /** What runs now and in which slot, by task. */
  readonly placements = new Map<string, StartedEvent>();
  private resolveFinished: (event: FinishedEvent) => void = () => undefined;
  private readonly processes = new Map<string, TaskProcess>();
  private readonly recording: PipelineRecording;
  private isSuspended = false;
  private isFinishing = false;
  private isTelling = false;
  private hasJournalFailed = false;

  private constructor(
    private readonly owned: OwnedRun,
    private readonly options: LiveRunOptions,
  ) {
    this.finished = new Promise((resolve) => (this.resolveFinished = resolve));
    this.recording = new PipelineRecording(owned.state, options.address, options.worker);
  }

  /** Takes a run up: at its beginning, or where an earlier life of it was cut off, whose orphans are ended first. */
  static async open(owned: OwnedRun, options: LiveRunOptions): Promise<LiveRun> {
    const { state, journal } = owned;
    const isResumed = state.runAttempt > 0;
    if (isResumed) await LiveRun.endFormerLife(owned, options);
    const isNewAttempt = !isResumed || state.finished !== undefined || state.cancelled !== undefined;
    if (isResumed && isNewAttempt) await tellEnd(owned, options);
    const life: LifeEntry = { kind: 'life', runAttempt: state.runAttempt + (isNewAttempt ? 1 : 0), atMs: isResumed ? Date.now() : state.begin.submittedAtMs, worker: options.worker };
    journal.append(life);
    state.apply(life);
    const run = new LiveRun(owned, options);
    if (!isNewAttempt) tellAgain(run.recording, owned);
    run.recording.queue();
    run.emit({ event: 'began', run: run.id, attempt: state.runAttempt, workflow: state.begin.pipeline.name, at_ms: life.atMs, slots: options.slots, worker: options.worker || null, resumed: isResumed, tasks: tallyUnits(state) });
    return run;
  }

  private static async endFormerLife(owned: OwnedRun, { emit }: LiveRunOptions): Promise<void> {
    const { begin, units } = owned.state;
    const tasks = units.filter(({ status }) => status === 'running').map(({ id }) => id);
    const orphans = await endOrphans(begin.run, tasks);
    if (orphans === undefined) emit({ event: 'remark', text: 'what the former life of this run left running cannot be found on this system' });
    else if (orphans > 0) emit({ event: 'remark', text: `${orphans} processes of the former life of this run were still there and were ended` });
    for (const entry of settleFormerLife(owned, Date.now())) {
      owned.journal.append(entry);
      owned.state.apply(entry);
    }
  }

  get id(): string {
    return this.state.begin.run;
  }

  get state(): RunState {
    return this.owned.state;
  }

  /** Whether anything of it may be started. */
  get isOpen(): boolean {
    return !this.isSuspended && !this.isFinishing && this.state.cancelled === undefined && this.state.finished === undefined;
  }

  logOf(unit: Unit, attempt: number): string {
    return logFile(this.owned.folder, this.state.runAttempt, unit, attempt);
  }

  /** Starts a task and resolves when its attempt has ended and is recorded. */
  async start(unit: Unit, placement: Placement): Promise<void> {
    const entry: StartEntry = { kind: 'start', task: unit.id, attempt: unit.attempts + 1, atMs: Date.now(), memoryBytes: placement.memoryBytes };
    this.record(entry);
    this.recording.started(unit, entry);
    const event: StartedEvent = { event: 'started', run: this.id, task: unit.id, attempt: entry.attempt, slot: placement.slot, at_ms: entry.atMs, memory_bytes: placement.memoryBytes ?? null, reason: placement.reason ?? null, policy: placement.policy ?? null, fallback: placement.fallback ?? null };
    this.placements.set(unit.id, event);
    this.emit(event);
    const folder = this.folderOf(unit);
    const { stage } = unit;
    const watched = await WatchedFiles.watch(stage.artifacts.map(normalisePattern), folder);
    const end = await this.carryOut(unit, {
      command: stage.command,
      environment: taskEnvironment(this.state, unit, entry, { outer: this.options.environment, url: this.options.address.url }),
      folder,
      logFile: this.logOf(unit, entry.attempt),
      exitFile: exitFile(this.owned.folder, this.state.runAttempt, unit, entry.attempt),
      memoryLimitBytes: placement.isLimited ? placement.memoryBytes : undefined,
      timeoutMs: stage.timeoutMs,
    });
    const tail = readTail(this.logOf(unit, entry.attempt));
    const [written, read] = await Promise.all([watched.written(), findFiles(stage.inputs.map(normalisePattern), folder)].map((found) => found.catch(() => NOTHING_FOUND)));
    this.settle(unit, this.endEntry(unit, entry, end, { text: tail.text, placement }), { tail, written: written?.files ?? [], read: read?.files ?? [] });
  }

  /** Stops what runs and starts nothing more; the run ends as cancelled. */
  cancel(reason: 'signal' | 'fail_fast'): void {
    if (this.state.cancelled !== undefined || this.state.finished !== undefined) return;
    this.record({ kind: 'cancel', atMs: Date.now(), reason });
    for (const process of this.processes.values()) process.stop('cancel');
    void this.finishIfOver();
  }

  /** Stops what runs without ending the run, so that somebody else can take it up. */
  suspend(): void {
    this.isSuspended = true;
    for (const process of this.processes.values()) process.stop('cancel');
    void this.finishIfOver();
  }

  /** Ends the run when there is nothing left to do in it. */
  async finishIfOver(): Promise<void> {
    const { state } = this;
    const isOver = this.isSuspended || state.isExhausted;
    if (!isOver || this.isFinishing || state.units.some(({ status }) => status === 'running')) return;
    this.isFinishing = true;
    const atMs = Date.now();
    const outcome = state.isExhausted ? state.outcome : null;
    if (outcome !== null) this.recordEnd(outcome, atMs);
    const problem = await this.recording.close(this.options.spool);
    if (problem !== undefined) this.emit({ event: 'remark', text: problem });
    this.record({ kind: 'told', entries: state.entryCount });
    this.owned.release();
    const event: FinishedEvent = { event: 'finished', run: this.id, attempt: state.runAttempt, workflow: state.begin.pipeline.name, outcome, at_ms: atMs, wall_ms: atMs - state.startedAtMs, tasks: tallyUnits(state) };
    this.emit(event);
    this.resolveFinished(event);
  }

  private recordEnd(outcome: Outcome, atMs: number): void {
    leaveOut(this.recording, this.state, atMs);
    this.record({ kind: 'finish', atMs, outcome });
    this.recording.finished(outcome, atMs);
  }

  private async carryOut(unit: Unit, command: TaskCommand): Promise<ProcessEnd> {
    try {
      const process = TaskProcess.start(command);
      this.processes.set(unit.id, process);
      if (!this.isOpen) process.stop('cancel');
      return await process.ended;
    } catch (error) {
      const reason = (error as NodeJS.ErrnoException).code ?? String(error);
      return { exitCode: 126, startError: `the command cannot be started (${reason})`, endedAtMs: Date.now(), stopped: undefined, usage: { wallSeconds: 0, readings: 0 } };
    } finally {
      this.processes.delete(unit.id);
    }
  }

  private endEntry(unit: Unit, { task, attempt }: StartEntry, end: ProcessEnd, { text, placement }: { readonly text: string; readonly placement: Placement }): EndEntry {
    const { judged, next } = judgeAttempt(end, unit, text, placement);
    const isPutDown = this.isSuspended && judged.outcome === 'cancellation';
    const { wallSeconds, cpuSeconds, peakMemoryBytes, readings } = end.usage;
    return {
      kind: 'end',
      task,
      attempt,
      atMs: end.endedAtMs,
      outcome: judged.outcome,
      exitCode: judged.exitCode,
      error: judged.error,
      usage: { wallSeconds, cpuSeconds, peakMemoryBytes, readings },
      next: isPutDown ? { cause: 'interrupted', notBeforeMs: end.endedAtMs } : next,
    };
  }

  private settle(unit: Unit, entry: EndEntry, traces: Traces): void {
    const skippedBefore = this.skipped();
    this.placements.delete(unit.id);
    this.record(entry);
    this.recording.ended(unit, entry, traces);
    this.emit(endedEvent(this.id, entry, this.logOf(unit, entry.attempt)));
    const skipped = [...this.skipped()].filter((id) => !skippedBefore.has(id));
    if (skipped.length > 0) this.emit({ event: 'skipped', run: this.id, tasks: skipped, because: unit.id });
    if (unit.status === 'failed' && this.state.begin.isFailFast) this.cancel('fail_fast');
    this.tell();
    void this.finishIfOver();
  }

  private skipped(): ReadonlySet<string> {
    return new Set(this.state.units.filter(({ status }) => status === 'skipped').map(({ id }) => id));
  }

  private folderOf({ stage }: Unit): string {
    const { folder } = this.state.begin;
    return stage.folder === undefined ? folder : join(folder, stage.folder);
  }

  /** Notes in the journal how much the platform has taken in, so that a later life need not say it again. */
  private tell(): void {
    if (this.isTelling || this.isFinishing) return;
    this.isTelling = true;
    const entries = this.state.entryCount;
    void this.recording.flush().then((isDelivered) => {
      this.isTelling = false;
      if (!isDelivered || this.isFinishing) return;
      this.record({ kind: 'told', entries });
    });
  }

  private record(entry: RunEntry): void {
    try {
      this.owned.journal.append(entry);
    } catch (error) {
      // The commands come first: without a journal they go on, but a resumed run would do them again.
      if (!this.hasJournalFailed) this.emit({ event: 'remark', text: `the journal of run ${this.id} cannot be written (${(error as NodeJS.ErrnoException).code ?? String(error)}); if this is killed now, finished tasks will run again` });
      this.hasJournalFailed = true;
    }
    this.state.apply(entry);
  }

  private emit(event: PipelineEvent): void {
    this.options.emit(event);
  }
}
