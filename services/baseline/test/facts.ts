import { create } from '@bufbuild/protobuf';
import { Outcome, RunFinishedSchema, runIdOf, RunSchema, RunStartedSchema, Status, TaskFinishedSchema, taskIdOf, TaskSchema, type Run, type RunFinished, type RunStarted, type TaskFinished } from '@orrery/contracts';

export interface Told {
  readonly tenantId?: string;
  readonly workflow?: string;
  readonly startedAtMs: number;
  readonly durationMs?: number;
  readonly outcome?: Outcome;
  readonly trigger?: string;
}

export interface TaskTold extends Told {
  readonly task?: string;
  readonly image?: string;
  readonly memoryBytes?: number;
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

export function runFinished(name: string, told: Told): RunFinished {
  const { durationMs = 60_000, outcome = Outcome.SUCCESS } = told;
  return create(RunFinishedSchema, { tenantId: told.tenantId ?? 'default', run: create(RunSchema, { ...run(name, told), status: Status.FINISHED, outcome, finishedAtMs: told.startedAtMs + durationMs }) });
}

export function taskFinished(name: string, told: TaskTold): TaskFinished {
  const { task = 'build', image = '', durationMs = 60_000, outcome = Outcome.SUCCESS, memoryBytes, errorLines = [], startedAtMs } = told;
  const ofRun = run(name, told);
  return create(TaskFinishedSchema, {
    tenantId: told.tenantId ?? 'default',
    run: ofRun,
    task: create(TaskSchema, {
      ...{ taskId: taskIdOf(ofRun.runId, task), externalId: task, name: task, kind: 'job', attempt: 1, status: Status.FINISHED, outcome },
      ...{ startedAtMs, finishedAtMs: startedAtMs + durationMs, executor: { image } },
    }),
    samples: memoryBytes === undefined ? [] : [{ sampleId: taskIdOf(ofRun.runId, 'memory'), name: 'peak_memory_bytes', unit: 'By', value: memoryBytes }],
    errorLines: [...errorLines],
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
