import { create, toBinary } from '@bufbuild/protobuf';
import { deterministicId, MetricSampledSchema, metricSampledTopic, Outcome, RunFinishedSchema, runFinishedTopic, runIdOf, RunSchema, RunStartedSchema, runStartedTopic, Status, TaskFinishedSchema, taskFinishedTopic, taskIdOf, TaskSchema, workflowIdOf, type MetricSampled, type Run, type RunFinished, type RunStarted, type TaskFinished, type WorkflowFact } from '@orrery/contracts';

/** The key of a fact in the log, as the event store gives it. */
export function factKeyOf({ tenantId, run }: WorkflowFact): string {
  return workflowIdOf({ tenantId, engine: run?.engine ?? '', namespace: run?.namespace ?? '', workflow: run?.workflow ?? '' });
}

/** The topic of each fact, by the name of its message. */
export const factTopics = { 'orrery.v1.RunStarted': runStartedTopic, 'orrery.v1.TaskFinished': taskFinishedTopic, 'orrery.v1.RunFinished': runFinishedTopic, 'orrery.v1.MetricSampled': metricSampledTopic };

/** A fact as the event store publishes it. */
export function factRecordOf(fact: WorkflowFact): { readonly topic: string; readonly key: string; readonly value: Uint8Array } {
  const { name, schema } = factTopics[fact.$typeName];
  return { topic: name, key: factKeyOf(fact), value: toBinary(schema as never, fact as never) };
}

export interface Told {
  readonly tenantId?: string;
  readonly workflow?: string;
  readonly startedAtMs: number;
  readonly durationMs?: number;
  readonly outcome?: Outcome;
  readonly trigger?: string;
}

export interface RunTold extends Told {
  readonly taskCount?: number;
}

export interface TaskTold extends Told {
  readonly task?: string;
  readonly image?: string;
  readonly memoryBytes?: number;
  readonly inputSizeBytes?: number;
  /** Names of the tasks that it waited for. */
  readonly dependsOn?: readonly string[];
  readonly errorLines?: readonly string[];
}

/** The start of spec time: late enough to have partitions, early enough to be no future. */
export const epochMs = Date.UTC(2026, 2, 2, 8);

export function specRunId(name: string, tenantId = 'default'): string {
  return runIdOf({ tenantId, engine: 'spec', source: 'urn:spec', externalId: name });
}

function run(name: string, { tenantId = 'default', workflow = 'release', startedAtMs, trigger = '' }: Told): Run {
  return create(RunSchema, { runId: specRunId(name, tenantId), engine: 'spec', source: 'urn:spec', externalId: name, namespace: 'team', workflow, startedAtMs, trigger, attempt: 1 });
}

export function runStarted(name: string, told: Told): RunStarted {
  return create(RunStartedSchema, { tenantId: told.tenantId ?? 'default', run: run(name, told) });
}

export function runFinished(name: string, told: RunTold): RunFinished {
  const { durationMs = 60_000, outcome = Outcome.SUCCESS, taskCount = 0 } = told;
  return create(RunFinishedSchema, { tenantId: told.tenantId ?? 'default', taskCount: BigInt(taskCount), run: create(RunSchema, { ...run(name, told), status: Status.FINISHED, outcome, finishedAtMs: told.startedAtMs + durationMs }) });
}

export function taskFinished(name: string, told: TaskTold): TaskFinished {
  const { task = 'build', image = '', durationMs = 60_000, outcome = Outcome.SUCCESS, memoryBytes, inputSizeBytes = 0, dependsOn = [], errorLines = [], startedAtMs } = told;
  const ofRun = run(name, told);
  return create(TaskFinishedSchema, {
    tenantId: told.tenantId ?? 'default',
    run: ofRun,
    task: create(TaskSchema, {
      ...{ taskId: taskIdOf(ofRun.runId, task), externalId: task, name: task, kind: 'job', attempt: 1, status: Status.FINISHED, outcome },
      ...{ startedAtMs, finishedAtMs: startedAtMs + durationMs, executor: { image }, dependsOn: dependsOn.map((name) => taskIdOf(ofRun.runId, name)) },
    }),
    inputSizeBytes: BigInt(inputSizeBytes),
    samples: memoryBytes === undefined ? [] : [{ sampleId: taskIdOf(ofRun.runId, 'memory'), name: 'peak_memory_bytes', unit: 'By', value: memoryBytes }],
    errorLines: [...errorLines],
  });
}

export interface SampledTold {
  readonly tenantId?: string;
  readonly workflow?: string;
  readonly task?: string;
  readonly metric?: string;
  readonly unit?: string;
  readonly attributesJson?: string;
  readonly startedAtMs: number;
}

/** That a gauge showed some values in a run, one each minute. */
export function metricSampled(name: string, told: SampledTold, values: readonly number[]): MetricSampled {
  const { tenantId = 'default', workflow = 'release', task = 'build', metric = 'memory_bytes', unit = 'By', attributesJson = '', startedAtMs } = told;
  const runId = specRunId(name, tenantId);
  return create(MetricSampledSchema, {
    tenantId,
    run: { runId, engine: 'spec', namespace: 'team', workflow },
    factId: deterministicId('spec', runId, task, metric, unit, attributesJson, String(startedAtMs), String(values.length)),
    series: [{ taskId: task === '' ? '' : taskIdOf(runId, task), task, name: metric, unit, attributesJson, points: values.map((value, index) => ({ atMs: startedAtMs + index * minuteMs, value })) }],
  });
}

const gib = 2 ** 30;

/** Memory of a task that goes to and fro between 0.9 and 1.2 GiB, in facts of ten samples each, one a minute. */
export function usualMemory(count: number, told: Partial<SampledTold> = {}, from = 0): MetricSampled[] {
  const startMs = told.startedAtMs ?? epochMs;
  return Array.from({ length: count / 10 }, (_, fact) => {
    const first = from + fact * 10;
    const values = Array.from({ length: 10 }, (_, index) => gib * (1.05 + 0.15 * Math.sin(((first + index) % 20) * (Math.PI / 10))));
    return metricSampled(`sampled-${Math.floor(first / 50)}`, { ...told, startedAtMs: startMs + first * minuteMs }, values);
  });
}

const minuteMs = 60_000;

/** Tasks of one kind that took about as long as each other, one every ten minutes. */
export function usualTasks(count: number, told: Partial<TaskTold> = {}, from = 0): TaskFinished[] {
  return Array.from({ length: count }, (_, index) => {
    const startedAtMs = (told.startedAtMs ?? epochMs) + (from + index) * 10 * minuteMs;
    return taskFinished(`usual-${told.tenantId ?? ''}-${told.workflow ?? ''}-${from + index}`, { durationMs: minuteMs + ((index * 37) % 11) * 400, ...told, startedAtMs });
  });
}
