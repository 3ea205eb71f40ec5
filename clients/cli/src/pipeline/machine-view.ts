import type { RunState, Unit } from './run-state.js';

/** What is to be decided about: the slots of this machine, and what could run in them. */
export interface MachineView {
  readonly nowMs: number;
  readonly slots: number;
  readonly freeSlots: number;
  /** Shared by all tasks; absent when memory is not limited. */
  readonly memoryBytes?: number;
  readonly freeMemoryBytes?: number;
  /** In the order in which they were handed in. */
  readonly runs: readonly RunView[];
}

export interface RunView {
  readonly id: string;
  readonly workflow: string;
  readonly submittedAtMs: number;
  readonly deadlineMs?: number;
  readonly weight?: number;
  readonly maxSlots?: number;
  readonly running: number;
  readonly stages: readonly StageView[];
}

export interface StageView {
  readonly name: string;
  readonly dependsOn: readonly string[];
  readonly count: number;
  readonly running: number;
  readonly finished: number;
  /** How many could start now; their allotments, in the order in which they would. */
  readonly ready: readonly { readonly memoryBytes?: number }[];
  /** What its author expects, else what was seen of it in this run. */
  readonly expectedMs?: number;
  readonly observedMs?: number;
  /** What each is to be given, as far as its author or a want of memory says so. */
  readonly memoryBytes?: number;
}

/** One task to start. */
export interface Pick {
  readonly runId: string;
  readonly stage: string;
  /** What it is to be given, in the view of who picked it. */
  readonly memoryBytes?: number;
  readonly reason?: string;
}

/** Looks at a run; stages that can never run any more stay away, and so do dependencies on them. */
export function viewRun(state: RunState, nowMs: number): RunView {
  const { run, pipeline, submittedAtMs } = state.begin;
  const ready = new Set(state.ready(nowMs));
  const byStage = new Map<string, Unit[]>();
  for (const unit of state.units) if (isOfUse(unit)) byStage.set(unit.stage.name, [...(byStage.get(unit.stage.name) ?? []), unit]);
  const stages = [...byStage].map(([name, units]) => viewStage(name, units, ready, byStage));
  return {
    id: run,
    workflow: pipeline.name,
    submittedAtMs,
    deadlineMs: deadlineOf(state),
    weight: pipeline.weight,
    maxSlots: pipeline.maxSlots,
    running: stages.reduce((sum, { running }) => sum + running, 0),
    stages,
  };
}

function isOfUse({ status }: Unit): boolean {
  return status === 'waiting' || status === 'running' || status === 'succeeded';
}

function viewStage(name: string, units: readonly Unit[], ready: ReadonlySet<Unit>, byStage: ReadonlyMap<string, unknown>): StageView {
  const [first] = units;
  const memory = units.map(({ memoryBytes }) => memoryBytes).filter((bytes) => bytes !== undefined);
  const observed = units.map(({ wallMs, status }) => (status === 'succeeded' ? wallMs : undefined)).filter((wallMs) => wallMs !== undefined);
  return {
    name,
    dependsOn: (first?.stage.dependsOn ?? []).filter((before) => byStage.has(before)),
    count: units.length,
    running: units.filter(({ status }) => status === 'running').length,
    finished: units.filter(({ status }) => status === 'succeeded').length,
    ready: units.filter((unit) => ready.has(unit)).map(({ memoryBytes }) => ({ memoryBytes })),
    expectedMs: first?.stage.expectedMs,
    observedMs: observed.length === 0 ? undefined : observed.reduce((sum, each) => sum + each, 0) / observed.length,
    memoryBytes: memory.length === 0 ? undefined : Math.max(...memory),
  };
}

function deadlineOf({ begin: { pipeline, submittedAtMs } }: RunState): number | undefined {
  const { deadline } = pipeline;
  if (deadline === undefined) return undefined;
  return 'atMs' in deadline ? deadline.atMs : submittedAtMs + deadline.afterMs;
}

/** What a task that nobody knows the memory of is given: its share of what there is. */
export function shareOfMemory({ memoryBytes, slots }: { readonly memoryBytes?: number; readonly slots: number }): number | undefined {
  return memoryBytes === undefined ? undefined : Math.floor(memoryBytes / slots);
}
