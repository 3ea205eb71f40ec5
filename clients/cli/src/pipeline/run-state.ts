import type { FailureData, Outcome } from '@orrery/sdk';
import { unitName, type Stage } from './definition.js';
import { allDependants } from './graph.js';
import type { BeginEntry, EndEntry, LifeEntry, RunEntry, StartEntry } from './run-entry.js';

export type UnitStatus = 'waiting' | 'running' | 'succeeded' | 'failed' | 'skipped' | 'cancelled';

/** One command of a run, and how far it is. */
export interface Unit {
  readonly id: string;
  readonly index: number;
  readonly stage: Stage;
  status: UnitStatus;
  /** How often it was started in this attempt of the run. */
  attempts: number;
  /** Failures that count against its retries. */
  failures: number;
  /** How often it was given more memory. */
  memoryRaises: number;
  /** What its author, or a want of memory, says that it needs. */
  memoryBytes: number | undefined;
  /** What its newest attempt was given. */
  givenBytes: number | undefined;
  notBeforeMs: number;
  startedAtMs: number | undefined;
  wallMs: number | undefined;
  outcome: Outcome | undefined;
  error: FailureData | undefined;
}

/** A run of a pipeline as its journal tells it: the same lines give the same state, as they are written and when they are read again. */
export class RunState {
  readonly units: readonly Unit[];
  runAttempt = 0;
  /** Of this attempt of the run. */
  startedAtMs: number;
  worker = '';
  cancelled: 'signal' | 'fail_fast' | undefined;
  finished: Outcome | undefined;
  toldEntries = 0;
  private entries = 1;
  private readonly byId: ReadonlyMap<string, Unit>;

  constructor(readonly begin: BeginEntry) {
    this.startedAtMs = begin.submittedAtMs;
    this.units = begin.pipeline.stages.flatMap((stage) => Array.from({ length: stage.count }, (_, index) => waitingUnit(stage, index)));
    this.byId = new Map(this.units.map((unit) => [unit.id, unit]));
  }

  /** Lines so far, the first one included. */
  get entryCount(): number {
    return this.entries;
  }

  unit(id: string): Unit | undefined {
    return this.byId.get(id);
  }

  /** Whether some of what happened may not have reached the platform. */
  get isUntold(): boolean {
    return this.toldEntries < this.entries - 1;
  }

  /** Whether nothing is left that runs or can run. */
  get isExhausted(): boolean {
    return !this.units.some(({ status }) => status === 'waiting' || status === 'running');
  }

  /** Commands that could start now, in the order of the file. */
  ready(nowMs: number): Unit[] {
    if (this.cancelled !== undefined || this.finished !== undefined) return [];
    const open = this.openStages();
    return this.units.filter(({ status, notBeforeMs, stage }) => status === 'waiting' && notBeforeMs <= nowMs && !stage.dependsOn.some((name) => open.has(name)));
  }

  /** The next moment at which a command that waits for its next attempt may start. */
  nextWakeMs(nowMs: number): number | undefined {
    const moments = this.units.filter(({ status, notBeforeMs }) => status === 'waiting' && notBeforeMs > nowMs).map(({ notBeforeMs }) => notBeforeMs);
    return moments.length === 0 ? undefined : Math.min(...moments);
  }

  /** How the run ends when nothing more happens: its worst task. */
  get outcome(): Outcome {
    if (this.cancelled === 'signal') return 'cancellation';
    const outcomes = new Set(this.units.filter(({ status }) => status === 'failed').map(({ outcome }) => outcome));
    const order: readonly Outcome[] = ['timeout', 'error', 'failure'];
    return order.find((outcome) => outcomes.has(outcome)) ?? (outcomes.size > 0 ? 'failure' : this.units.some(({ status }) => status !== 'succeeded') ? 'cancellation' : 'success');
  }

  apply(entry: RunEntry): void {
    this.entries += 1;
    switch (entry.kind) {
      case 'begin':
        return;
      case 'life':
        return this.takeUp(entry);
      case 'start':
        return this.start(entry);
      case 'end':
        return this.end(entry);
      case 'cancel':
        this.cancelled = entry.reason;
        return this.settleWaiting('cancelled', () => true);
      case 'finish':
        this.finished = entry.outcome;
        return;
      case 'told':
        this.toldEntries = Math.max(this.toldEntries, entry.entries);
    }
  }

  private openStages(): ReadonlySet<string> {
    return new Set(this.units.filter(({ status }) => status !== 'succeeded').map(({ stage }) => stage.name));
  }

  private takeUp({ runAttempt, atMs, worker }: LifeEntry): void {
    this.worker = worker;
    if (runAttempt <= this.runAttempt) return;
    this.runAttempt = runAttempt;
    this.startedAtMs = atMs;
    this.cancelled = undefined;
    this.finished = undefined;
    for (const unit of this.units) {
      if (unit.status === 'succeeded') continue;
      Object.assign(unit, { ...waitingUnit(unit.stage, unit.index), memoryBytes: unit.memoryBytes } satisfies Unit);
    }
  }

  private start({ task, attempt, atMs, memoryBytes }: StartEntry): void {
    const unit = this.byId.get(task);
    if (unit === undefined) return;
    Object.assign(unit, { status: 'running', attempts: attempt, startedAtMs: atMs, givenBytes: memoryBytes } satisfies Partial<Unit>);
  }

  private end({ task, outcome, error, usage, next }: EndEntry): void {
    const unit = this.byId.get(task);
    if (unit === undefined || unit.status !== 'running') return;
    Object.assign(unit, { outcome, error, wallMs: usage.wallSeconds === undefined ? undefined : usage.wallSeconds * 1_000 } satisfies Partial<Unit>);
    if (outcome === 'success') unit.status = 'succeeded';
    else if (next !== undefined) {
      unit.status = this.cancelled === undefined ? 'waiting' : 'cancelled';
      unit.notBeforeMs = next.notBeforeMs;
      unit.memoryBytes = next.memoryBytes ?? unit.memoryBytes;
      if (next.cause === 'failure') unit.failures += 1;
      if (next.cause === 'memory') unit.memoryRaises += 1;
    } else if (outcome === 'cancellation') unit.status = 'cancelled';
    else {
      unit.status = 'failed';
      const held = allDependants(this.begin.pipeline.stages, unit.stage.name);
      this.settleWaiting('skipped', ({ stage }) => held.has(stage.name));
    }
  }

  private settleWaiting(status: UnitStatus, isMeant: (unit: Unit) => boolean): void {
    for (const unit of this.units) if (unit.status === 'waiting' && isMeant(unit)) unit.status = status;
  }
}

function waitingUnit(stage: Stage, index: number): Unit {
  return {
    id: unitName(stage, index),
    index,
    stage,
    status: 'waiting',
    attempts: 0,
    failures: 0,
    memoryRaises: 0,
    memoryBytes: stage.memoryBytes,
    givenBytes: undefined,
    notBeforeMs: 0,
    startedAtMs: undefined,
    wallMs: undefined,
    outcome: undefined,
    error: undefined,
  };
}

/** Reads the lines of a journal; a last line that was cut off, and others that make no sense, are passed over. */
export function foldRun(lines: readonly string[]): RunState | undefined {
  let state: RunState | undefined;
  for (const entry of lines.map(parse)) {
    if (entry === undefined) continue;
    if (state !== undefined) state.apply(entry);
    else if (entry.kind === 'begin') state = new RunState(entry);
  }
  return state;
}

export function parse(line: string): RunEntry | undefined {
  try {
    return JSON.parse(line) as RunEntry;
  } catch {
    return undefined;
  }
}
