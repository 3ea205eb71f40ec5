import { Outcome, runIdOf, taskIdOf } from '@orrery/contracts';
import { entries, first, record, records, text, type JsonRecord } from '../json-reading.js';
import { externalIdOf, type KubernetesObject } from '../kubernetes/kubernetes-object.js';
import type { Execution } from '../source-event.js';
import { failureOf, finished, type RunStatement, type TaskStatement } from '../statements.js';
import { pipelineEdges } from './pipeline-edges.js';
import { resultArtifacts } from './task-results.js';
import { taskRunTasks } from './task-run.js';
import { namedTektonRun, pipelineRunIdOf, triggerOf, workflowNameOf } from './tekton-run.js';
import { tektonProgressOf } from './tekton-standing.js';

/** What a PipelineRun says: its run, the tasks it has made so far with what they wait for, and those it skipped. */
export function pipelineRunExecution(object: KubernetesObject, tenantId: string, flags: Set<string>): Execution | undefined {
  const ownId = externalIdOf(object);
  if (ownId === undefined) return undefined;
  const status = record(object.whole, 'status') ?? {};
  const run = runOf(object, { ownId, tenantId, status, flags });
  const owner = { runId: run.runId, taskId: undefined, actor: run.workflow, finishedAtMs: run.finishedAtMs };
  return { run, tasks: tasksOf(object, status, run.runId, flags), artifacts: resultArtifacts(status, owner) };
}

function runOf(
  object: KubernetesObject,
  given: { readonly ownId: string; readonly tenantId: string; readonly status: JsonRecord; readonly flags: Set<string> },
): RunStatement {
  const named = namedTektonRun(given.tenantId, object.namespace, given.ownId);
  const parentId = pipelineRunIdOf(object);
  return {
    ...named,
    ...tektonProgressOf(given.status, given.flags),
    workflow: workflowNameOf(object, 'pipeline'),
    queuedAtMs: object.createdAtMs,
    trigger: triggerOf(object),
    labels: object.labels,
    parentRunId: parentId === undefined ? undefined : runIdOf({ tenantId: given.tenantId, engine: 'tekton', source: named.source ?? '', externalId: parentId }),
  };
}

/** A task that the pipeline has made, by the name of its TaskRun, which is what the TaskRun itself is told by. */
interface Member {
  readonly name: string;
  readonly pipelineTask: string | undefined;
  readonly statements: readonly TaskStatement[];
}

function tasksOf(object: KubernetesObject, status: JsonRecord, runId: string, flags: Set<string>): readonly TaskStatement[] {
  const members = [...referencedMembers(status, runId), ...embeddedMembers(status, runId, flags), ...skippedMembers(status, runId)];
  const idsByPipelineTask = new Map<string, string[]>();
  for (const { name, pipelineTask } of members) {
    if (pipelineTask === undefined) continue;
    idsByPipelineTask.set(pipelineTask, [...(idsByPipelineTask.get(pipelineTask) ?? []), taskIdOf(runId, name)]);
  }
  const edges = pipelineEdges(first(record(status, 'pipelineSpec'), record(object.whole, 'spec', 'pipelineSpec')));
  return members.flatMap(({ name, pipelineTask, statements }) => {
    const dependsOn = (edges.get(pipelineTask ?? '') ?? []).flatMap((before) => idsByPipelineTask.get(before) ?? []);
    return statements.map((statement) => (statement.externalId === name ? { ...statement, name: pipelineTask ?? name, dependsOn } : statement));
  });
}

function referencedMembers(status: JsonRecord, runId: string): readonly Member[] {
  return records(status, 'childReferences').flatMap((child) => {
    const name = text(child, 'name');
    if (name === undefined) return [];
    const kind = text(child, 'kind') === 'TaskRun' ? 'task' : 'custom_task';
    return [{ name, pipelineTask: text(child, 'pipelineTaskName'), statements: [{ taskId: taskIdOf(runId, name), externalId: name, kind }] }];
  });
}

/** Up to v1beta1 a PipelineRun could hold the status of its TaskRuns in full. */
function embeddedMembers(status: JsonRecord, runId: string, flags: Set<string>): readonly Member[] {
  return entries(status, 'taskRuns').map(([name, embedded]) => ({
    name,
    pipelineTask: text(embedded, 'pipelineTaskName'),
    statements: taskRunTasks({ name, status: record(embedded, 'status') ?? {}, runId, flags }),
  }));
}

/** A skipped task never gets a TaskRun, so its name in the pipeline is all it has. */
function skippedMembers(status: JsonRecord, runId: string): readonly Member[] {
  return records(status, 'skippedTasks').flatMap((skipped) => {
    const name = text(skipped, 'name');
    if (name === undefined) return [];
    const statement: TaskStatement = {
      taskId: taskIdOf(runId, name),
      externalId: name,
      kind: 'task',
      attempt: 1,
      ...finished(Outcome.SKIP),
      failure: failureOf(undefined, text(skipped, 'reason')),
    };
    return [{ name, pipelineTask: name, statements: [statement] }];
  });
}
