import { hash } from 'node:crypto';
import type { RunFinished, RunStarted, TaskFinished } from '../gen/orrery/v1/facts_pb.js';
import type { Run, Sample, Task } from '../gen/orrery/v1/run_pb.js';
import { Outcome } from '../gen/orrery/v1/status_pb.js';
import type { Measures, Observation, OutcomeWord } from './observation.js';

interface Recorded {
  readonly run: Run;
  readonly recordedAtMs: number;
}

const noMeasures: Measures = { durationMs: null, queueMs: null, peakMemoryBytes: null, cpuSeconds: null, outputSizeBytes: null, inputTokens: null, outputTokens: null, costUsd: null };

const outcomeWords: Readonly<Partial<Record<Outcome, OutcomeWord>>> = {
  [Outcome.SUCCESS]: 'success',
  [Outcome.FAILURE]: 'failure',
  [Outcome.ERROR]: 'error',
  [Outcome.TIMEOUT]: 'timeout',
  [Outcome.CANCELLATION]: 'cancellation',
  [Outcome.SKIP]: 'skip',
};

/** Times before were not told. */
export const earliestMs = Date.UTC(2000, 0, 1);
/** Times further ahead of the log's own were not told either. */
export const latestAheadMs = 24 * 3_600_000;

// Far above any size or time in the unit, and far below where squares leave single precision.
const largestMeasure = 1e15;

/** What one attempt of a task came to. */
export function finishedTaskObservation(fact: TaskFinished, { run, task, recordedAtMs }: Recorded & { readonly task: Task }): Observation {
  const moments = momentsOf(task, recordedAtMs);
  const attempt = Math.max(task.attempt, 1);
  return {
    ...ofRun(fact.tenantId, run),
    ...moments,
    kind: 'finished',
    observationId: observationIdOf('task.finished', [run.runId, task.taskId, String(attempt)]),
    subject: 'task',
    task: task.name === '' ? task.externalId : task.name,
    taskKind: task.kind,
    image: task.executor?.image ?? '',
    commandHash: task.commandHash,
    executorClass: task.executor?.executorClass ?? '',
    taskId: task.taskId,
    attempt,
    outcome: outcomeWords[task.outcome] ?? 'unknown',
    failureType: task.failure?.type ?? '',
    measures: { ...measuresOf(fact.samples), ...spans(moments), outputSizeBytes: positive(Number(fact.outputSizeBytes)) },
    memoryLimitBytes: largestSample(fact.samples, ['memory_limit_bytes', 'requested_memory_bytes']),
    errorLines: fact.errorLines.slice(0, 20).map((line) => line.slice(0, 300)),
  };
}

/** What a run came to. */
export function finishedRunObservation(fact: RunFinished, { run, recordedAtMs }: Recorded): Observation {
  const moments = momentsOf(run, recordedAtMs);
  return {
    ...ofRun(fact.tenantId, run),
    ...moments,
    kind: 'finished',
    observationId: observationIdOf('run.finished', [run.runId]),
    outcome: outcomeWords[run.outcome] ?? 'unknown',
    failureType: run.failure?.type ?? '',
    measures: { ...noMeasures, ...spans(moments) },
  };
}

/** That a run began: what cadence is learned from. */
export function startedRunObservation(fact: RunStarted, { run, recordedAtMs }: Recorded): Observation {
  const { queuedAtMs, startedAtMs } = momentsOf(run, recordedAtMs);
  return {
    ...ofRun(fact.tenantId, run),
    kind: 'started',
    observationId: observationIdOf('run.started', [run.runId]),
    ...{ queuedAtMs, startedAtMs, finishedAtMs: null, observedAtMs: startedAtMs ?? queuedAtMs ?? recordedAtMs },
    outcome: 'unknown',
    failureType: '',
    measures: noMeasures,
  };
}

function ofRun(tenantId: string, run: Run) {
  const { runId, engine, source, externalId, namespace, workflow, trigger } = run;
  const { revision = '', refName = '' } = run.versionControl ?? {};
  return {
    ...{ tenantId, engine, namespace, workflow, runId, trigger, revision, refName },
    // Attempts of one external id are runs of their own with the same inputs.
    inputsId: revision === '' ? externalId && `${source} ${externalId}` : revision,
    subject: 'run' as const,
    ...{ task: '', taskKind: '', image: '', commandHash: '', executorClass: '', taskId: '', attempt: Math.max(run.attempt, 1) },
    memoryLimitBytes: null,
    errorLines: [],
  };
}

interface Moments {
  readonly queuedAtMs: number | null;
  readonly startedAtMs: number | null;
  readonly finishedAtMs: number | null;
  readonly observedAtMs: number;
}

function momentsOf(times: Pick<Run, 'queuedAtMs' | 'startedAtMs' | 'finishedAtMs'>, recordedAtMs: number): Moments {
  const possible = (atMs: number | undefined) => (atMs !== undefined && atMs >= earliestMs && atMs <= recordedAtMs + latestAheadMs ? atMs : null);
  const [queuedAtMs, startedAtMs, finishedAtMs] = [possible(times.queuedAtMs), possible(times.startedAtMs), possible(times.finishedAtMs)];
  return { queuedAtMs, startedAtMs, finishedAtMs, observedAtMs: finishedAtMs ?? startedAtMs ?? recordedAtMs };
}

function spans({ queuedAtMs, startedAtMs, finishedAtMs }: Moments): Pick<Measures, 'durationMs' | 'queueMs'> {
  return { durationMs: span(startedAtMs, finishedAtMs), queueMs: span(queuedAtMs, startedAtMs) };
}

/** Null for what would be negative: clocks that disagree teach nothing. */
function span(fromMs: number | null, toMs: number | null): number | null {
  return fromMs === null || toMs === null ? null : measure(toMs - fromMs);
}

function measuresOf(samples: readonly Sample[]): Measures {
  return {
    ...noMeasures,
    peakMemoryBytes: largestSample(samples, ['peak_memory_bytes']),
    cpuSeconds: largestSample(samples, ['cpu_seconds']),
    inputTokens: largestSample(samples, ['input_tokens']),
    outputTokens: largestSample(samples, ['output_tokens']),
    costUsd: largestSample(samples, ['cost_usd']),
  };
}

function largestSample(samples: readonly Sample[], names: readonly string[]): number | null {
  const values = samples.filter(({ name }) => names.includes(name)).map(({ value }) => measure(value));
  return values.reduce((largest, value) => (value !== null && value > (largest ?? -1) ? value : largest), null);
}

function measure(value: number): number | null {
  return Number.isFinite(value) && value >= 0 ? Math.min(value, largestMeasure) : null;
}

// The contract has no "not told" for sizes: zero is that.
function positive(value: number): number | null {
  return value > 0 ? measure(value) : null;
}

function observationIdOf(kind: string, parts: readonly string[]): string {
  return hash('sha256', [kind, ...parts].map((part) => `${part.length}:${part}`).join(''), 'hex').slice(0, 32);
}
