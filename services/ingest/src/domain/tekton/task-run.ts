import { deterministicId, taskIdOf } from '@orrery/contracts';
import { record, records, text, type JsonRecord } from '../json-reading.js';
import { commandHashOf } from '../kubernetes/container-command.js';
import { externalIdOf, type KubernetesObject } from '../kubernetes/kubernetes-object.js';
import type { Execution } from '../source-event.js';
import type { RunStatement, TaskStatement } from '../statements.js';
import { resultArtifacts } from './task-results.js';
import { stepTasks } from './task-steps.js';
import { namedTektonRun, pipelineRunIdOf, triggerOf, workflowNameOf } from './tekton-run.js';
import { tektonProgressOf } from './tekton-standing.js';

/**
 * What a TaskRun or CustomRun says: a task with its steps, of the PipelineRun that made it or, without one, of a run of its own.
 * Undefined when it has no name.
 */
export function taskRunExecution(object: KubernetesObject, tenantId: string, flags: Set<string>): Execution | undefined {
  const ownId = externalIdOf(object);
  if (object.name === undefined || ownId === undefined) return undefined;
  const pipelineRunId = pipelineRunIdOf(object);
  const run = pipelineRunId === undefined ? standaloneRun(object, ownId, tenantId, flags) : memberRun(object, pipelineRunId, tenantId);
  const status = record(object.whole, 'status') ?? {};
  const read = taskRunTasks({ name: object.name, status, runId: run.runId, flags });
  const described = descriptionOf(object);
  const { finishedAtMs } = tektonProgressOf(status, flags);
  const isOwn = (task: TaskStatement): boolean => task.externalId === object.name;
  return {
    run,
    tasks: read.map((task) => (isOwn(task) ? { ...task, ...described, executor: { ...executorOf(task), image: imageOf(object) } } : task)),
    artifacts: resultArtifacts(status, { runId: run.runId, taskId: taskIdOf(run.runId, object.name), actor: described.name, finishedAtMs }),
  };
}

function memberRun(object: KubernetesObject, pipelineRunId: string, tenantId: string): RunStatement {
  return { ...namedTektonRun(tenantId, object.namespace, pipelineRunId), workflow: object.labels['tekton.dev/pipeline'] };
}

function standaloneRun(object: KubernetesObject, ownId: string, tenantId: string, flags: Set<string>): RunStatement {
  return {
    ...namedTektonRun(tenantId, object.namespace, ownId),
    ...tektonProgressOf(record(object.whole, 'status') ?? {}, flags),
    workflow: workflowNameOf(object, 'task'),
    queuedAtMs: object.createdAtMs,
    trigger: triggerOf(object),
    labels: object.labels,
  };
}

/** The status of a TaskRun, and whose it is. */
export interface TaskRunStatus {
  readonly name: string;
  readonly status: JsonRecord;
  readonly runId: string;
  readonly flags: Set<string>;
}

/** Reads one TaskRun's status, its earlier attempts among it, as statements on its task and its steps. */
export function taskRunTasks(given: TaskRunStatus): readonly TaskStatement[] {
  const taskId = taskIdOf(given.runId, given.name);
  const attempts = [...records(given.status, 'retriesStatus'), given.status];
  return attempts.flatMap((status, index) => {
    const attempt = index + 1;
    const pod = text(status, 'podName');
    const task: TaskStatement = {
      taskId,
      externalId: given.name,
      kind: 'task',
      attempt,
      ...tektonProgressOf(status, given.flags),
      executor: { pod },
    };
    return [task, ...stepTasks(status, { runId: given.runId, taskRunName: given.name, attempt, pod, flags: given.flags })];
  });
}

function descriptionOf(object: KubernetesObject): Pick<TaskStatement, 'name' | 'kind' | 'queuedAtMs' | 'labels' | 'commandHash'> {
  const task = workflowNameOf(object, 'task');
  return {
    name: object.labels['tekton.dev/pipelineTask'] ?? task ?? object.name,
    kind: object.kind === 'TaskRun' ? 'task' : 'custom_task',
    queuedAtMs: object.createdAtMs,
    labels: task === undefined ? {} : { task },
    commandHash: stepsHashOf(object),
  };
}

function executorOf(task: TaskStatement): { readonly pod?: string } {
  return { pod: task.executor?.pod };
}

function stepsOf(object: KubernetesObject): readonly JsonRecord[] {
  const resolved = records(object.whole, 'status', 'taskSpec', 'steps');
  return resolved.length > 0 ? resolved : records(object.whole, 'spec', 'taskSpec', 'steps');
}

function imageOf(object: KubernetesObject): string | undefined {
  return text(stepsOf(object)[0], 'image');
}

function stepsHashOf(object: KubernetesObject): string | undefined {
  const hashes = stepsOf(object).map((step) => commandHashOf(step) ?? '');
  return hashes.some((hash) => hash !== '') ? deterministicId('steps', ...hashes) : undefined;
}
