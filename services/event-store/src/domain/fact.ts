import { create, type MessageInitShape } from '@bufbuild/protobuf';
import {
  MetricSampledSchema,
  RunFinishedSchema,
  RunStartedSchema,
  sampleIdOf,
  TaskFinishedSchema,
  type FailureSchema,
  type MetricSampled,
  type MetricSeriesSchema,
  type RunFinished,
  type RunSchema,
  type RunStarted,
  type SampleSchema,
  type TaskFinished,
  type TaskSchema,
} from '@orrery/contracts';
import type { GaugeSeries } from './gauge-series.js';
import { toMilliseconds, type Microseconds } from './instant.js';
import { failureShownFor, outcomeOf, statusOf, type FailureCause, type Progress } from './progress.js';
import type { RunState } from './run-state.js';
import type { ContentTally, TaskTally } from './tally.js';
import type { Attempt, TaskState } from './task-state.js';
import { cut, maxShownText } from './values.js';

/** The fact that a run began, with what is known of it at that moment. */
export function runStartedFact(tenantId: string, run: RunState): RunStarted {
  return create(RunStartedSchema, { tenantId, run: runMessage(run) });
}

/** What is known of an attempt that ended, besides what was told of its task. */
export interface AttemptAccount {
  readonly attempt: Attempt;
  readonly content: ContentTally;
  readonly errorLines: readonly string[];
}

/** The fact that an attempt of a task ended, with what is known of it at that moment. */
export function taskFinishedFact(tenantId: string, run: RunState, task: TaskState, { attempt, content, errorLines }: AttemptAccount): TaskFinished {
  return create(TaskFinishedSchema, {
    tenantId,
    run: runMessage(run),
    task: taskMessage(task, attempt),
    samples: task.measures.map((measure): MessageInitShape<typeof SampleSchema> => {
      const sampleId = sampleIdOf(run.runId, task.taskId, measure.name, measure.unit, String(measure.kind));
      return { sampleId, taskId: task.taskId, name: measure.name, unit: measure.unit, kind: measure.kind, value: measure.value, occurredAtMs: toMilliseconds(measure.atUs) };
    }),
    inputSizeBytes: BigInt(content.inputSizeBytes),
    outputSizeBytes: BigInt(content.outputSizeBytes),
    errorLines: [...errorLines],
  });
}

/** The fact that a run ended, with what it came to. */
export function runFinishedFact(tenantId: string, run: RunState, tasks: TaskTally, content: ContentTally): RunFinished {
  return create(RunFinishedSchema, {
    tenantId,
    run: runMessage(run),
    taskCount: BigInt(tasks.total),
    failedTaskCount: BigInt(tasks.failed),
    eventCount: BigInt(content.events),
    artifactCount: BigInt(content.artifacts),
  });
}

export interface SampledRun {
  readonly tenantId: string;
  readonly factId: string;
  readonly run: RunState;
}

/** The fact that gauges showed something. @param taskNames by id; null for the run as a whole */
export function metricSampledFact({ tenantId, factId, run }: SampledRun, series: readonly GaugeSeries[], taskNames: ReadonlyMap<string | null, string>): MetricSampled {
  const { runId, engine, source, externalId, namespace, workflow } = run;
  return create(MetricSampledSchema, {
    tenantId,
    run: { ...textsOf({ runId, engine, source, externalId, namespace, workflow }), attempt: run.attempt ?? 1 },
    factId,
    series: series.map(({ taskId, name, unit, attributes, readings }): MessageInitShape<typeof MetricSeriesSchema> => ({
      ...textsOf({ taskId, name, unit, attributesJson: attributes }),
      task: taskNames.get(taskId) ?? '',
      points: readings.map(({ atUs, value }) => ({ atMs: toMilliseconds(atUs), value })),
    })),
  });
}

function runMessage(run: RunState): MessageInitShape<typeof RunSchema> {
  const { runId, engine, source, externalId, namespace, workflow, trigger, url, parentRunId, rootRunId, previousRunId, traceId, versionControl } = run;
  return {
    ...textsOf({ runId, engine, source, externalId, namespace, workflow, trigger, url, parentRunId, rootRunId, previousRunId, traceId }),
    attempt: run.attempt ?? 1,
    labels: Object.fromEntries(run.labels),
    ...progressMessage(run.progress),
    ...(versionControl === null ? {} : { versionControl: textsOf(versionControl) }),
  };
}

function taskMessage(task: TaskState, attempt: Attempt): MessageInitShape<typeof TaskSchema> {
  const { taskId, externalId, parentTaskId, name, kind, spanId, url, commandHash } = task;
  return {
    ...textsOf({ taskId, externalId, parentTaskId, name, kind, spanId, url, commandHash }),
    dependsOn: [...task.dependsOn],
    attempt: attempt.number,
    labels: Object.fromEntries(task.labels),
    ...progressMessage(attempt.progress),
    ...(attempt.executor === null ? {} : { executor: textsOf(attempt.executor) }),
  };
}

function progressMessage(progress: Progress) {
  const failure = failureShownFor(progress);
  return {
    status: statusOf(progress),
    outcome: outcomeOf(progress),
    ...moment('queuedAtMs', progress.queuedAtUs),
    ...moment('startedAtMs', progress.startedAtUs),
    ...moment('finishedAtMs', progress.finishedAtUs),
    ...(failure === null ? {} : { failure: failureMessage(failure) }),
  };
}

function moment<Field extends string>(field: Field, atUs: Microseconds | null): { [Key in Field]?: number } {
  return (atUs === null ? {} : { [field]: toMilliseconds(atUs) }) as { [Key in Field]?: number };
}

function failureMessage({ type, message, exitCode }: FailureCause): MessageInitShape<typeof FailureSchema> {
  return { type: type ?? '', message: cut(message ?? '', maxShownText), ...(exitCode === null ? {} : { exitCode }) };
}

/** Absent texts in protobuf's form. */
function textsOf<Texts extends object>(texts: Texts): { [Field in keyof Texts]: string } {
  return Object.fromEntries(Object.entries(texts).map(([field, text]) => [field, (text as string | null) ?? ''])) as { [Field in keyof Texts]: string };
}
