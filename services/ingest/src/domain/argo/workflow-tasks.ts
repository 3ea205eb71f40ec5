import { Outcome, SampleKind, sampleIdOf, Status, taskIdOf } from '@orrery/contracts';
import { integer, number, text, timeMs, type JsonRecord } from '../json-reading.js';
import { failureOf, type ArtifactStatement, type SampleStatement, type Standing, type TaskStatement } from '../statements.js';
import { endNotBefore } from '../time.js';
import { argoStandingOf } from './argo-standing.js';
import { nodeArtifacts } from './node-artifacts.js';
import { nodeGraphOf, type NodeGraph, type Nodes } from './node-graph.js';
import { podNameOf, type TemplateWork } from './workflow-templates.js';

/** What the nodes of one workflow share. */
export interface WorkflowScope {
  readonly runId: string;
  readonly workflowName: string | undefined;
  readonly podNameFormat: string | undefined;
  readonly shutdown: string | undefined;
  readonly templates: ReadonlyMap<string, TemplateWork>;
  readonly artifactRepository: JsonRecord | undefined;
  readonly flags: Set<string>;
}

export interface WorkflowTasks {
  readonly tasks: readonly TaskStatement[];
  readonly artifacts: readonly ArtifactStatement[];
  readonly samples: readonly SampleStatement[];
}

/** Reads the nodes of a workflow as tasks, each attempt of a retried one as a statement of its own on the same task. */
export function workflowTasks(nodes: Nodes, scope: WorkflowScope): WorkflowTasks {
  const graph = nodeGraphOf(nodes);
  const read: { tasks: TaskStatement[]; artifacts: ArtifactStatement[]; samples: SampleStatement[] } = { tasks: [], artifacts: [], samples: [] };
  for (const id of graph.taskIds) {
    const place = placeOf(id, nodes, graph, scope);
    for (const [index, attemptId] of graph.attemptsOf(id).entries()) {
      const node = nodes.get(attemptId) ?? {};
      const task = { ...taskOf(node, attemptId, scope), ...place, attempt: index + 1 };
      read.tasks.push(task);
      if (!isContainer(node)) read.artifacts.push(...artifactsOf(node, task, scope));
      if (!isContainer(node)) read.samples.push(...samplesOf(node, task, scope));
    }
  }
  return read;
}

type Place = Pick<TaskStatement, 'taskId' | 'externalId' | 'name' | 'parentTaskId' | 'dependsOn'> & { readonly taskId: string };

/** What all attempts of a task have in common. */
function placeOf(id: string, nodes: Nodes, graph: NodeGraph, scope: WorkflowScope): Place {
  const parent = graph.parentOf(id);
  return {
    taskId: taskIdOf(scope.runId, id),
    externalId: id,
    name: text(nodes.get(id), 'displayName') ?? text(nodes.get(id), 'name'),
    parentTaskId: parent === undefined ? undefined : taskIdOf(scope.runId, parent),
    dependsOn: graph.dependenciesOf(id).map((dependency) => taskIdOf(scope.runId, dependency)),
  };
}

function taskOf(node: JsonRecord, id: string, scope: WorkflowScope): TaskStatement {
  const standing = argoStandingOf(node, scope.shutdown, scope.flags);
  const template = text(node, 'templateName') ?? text(node, 'templateRef', 'template');
  const work = scope.templates.get(template ?? '');
  const isPod = text(node, 'type') === 'Pod';
  return {
    kind: text(node, 'type')?.toLowerCase(),
    ...standing,
    ...timesOf(node, standing, scope.flags),
    failure: failureOfNode(node, standing),
    executor: {
      host: text(node, 'hostNodeName'),
      pod: isPod ? podNameOf({ ...node, id }, scope.workflowName, scope.podNameFormat) : undefined,
      image: work?.image,
    },
    labels: template === undefined ? {} : { template },
    commandHash: work?.commandHash,
  };
}

function timesOf(node: JsonRecord, standing: Standing, flags: Set<string>): Pick<TaskStatement, 'queuedAtMs' | 'startedAtMs' | 'finishedAtMs'> {
  // Of a pending node it is when Argo made it.
  if (standing.status === Status.QUEUED) return { queuedAtMs: timeMs(node, 'startedAt') };
  // A skipped node never ran, and a node that still runs may have an end, too.
  const startedAtMs = standing.outcome === Outcome.SKIP ? undefined : timeMs(node, 'startedAt');
  const finishedAtMs = standing.status === Status.FINISHED ? endNotBefore(startedAtMs, timeMs(node, 'finishedAt'), flags) : undefined;
  return { startedAtMs, finishedAtMs };
}

function failureOfNode(node: JsonRecord, standing: Standing): TaskStatement['failure'] {
  if (standing.status !== Status.FINISHED || standing.outcome === Outcome.SUCCESS) return undefined;
  const message = text(node, 'message');
  if (standing.outcome === Outcome.SKIP) return failureOf(undefined, message);
  return failureOf(text(node, 'phase'), message, integer(node, 'outputs', 'exitCode'));
}

/** DAGs and steps sum up what their children did, which the children say themselves. */
function isContainer(node: JsonRecord): boolean {
  const type = text(node, 'type');
  return type === 'DAG' || type === 'Steps' || type === 'Retry';
}

function artifactsOf(node: JsonRecord, task: TaskStatement & Place, scope: WorkflowScope): readonly ArtifactStatement[] {
  return nodeArtifacts(node, {
    runId: scope.runId,
    taskId: task.taskId,
    attempt: task.attempt ?? 1,
    actor: task.name,
    startedAtMs: task.startedAtMs,
    finishedAtMs: task.finishedAtMs,
    repository: scope.artifactRepository,
  });
}

/**
 * What a finished pod had asked for, times how long it ran: an estimate of cost, not a measure of use. Argo counts memory in
 * units of 100 MiB.
 *
 * Source: argoproj/argo-workflows, docs/resource-duration.md.
 */
function samplesOf(node: JsonRecord, task: TaskStatement & Place, scope: WorkflowScope): readonly SampleStatement[] {
  if (task.status !== Status.FINISHED) return [];
  const cpu = number(node, 'resourcesDuration', 'cpu');
  const memory = number(node, 'resourcesDuration', 'memory');
  const sample = (name: string, unit: string, value: number | undefined): SampleStatement[] =>
    value === undefined
      ? []
      : [
          {
            sampleId: sampleIdOf(scope.runId, task.taskId, String(task.attempt), name),
            taskId: task.taskId,
            ...{ name, unit, value, kind: SampleKind.SUM },
            occurredAtMs: task.finishedAtMs,
          },
        ];
  return [
    ...sample('requested_cpu_seconds', 's', cpu),
    ...sample('requested_memory_mebibyte_seconds', 'MiBy.s', memory === undefined ? undefined : memory * 100),
  ];
}
