import { artifactIdOf, Direction, eventIdOf, runIdOf, taskIdOf } from '@orrery/contracts';
import { OrreryError } from '@orrery/errors';
import { contentIdOf } from '../content-id.js';
import { entries, number, records, text, timeMs, type JsonRecord } from '../json-reading.js';
import type { Execution, MappedEvent, Mapper } from '../source-event.js';
import type { ArtifactStatement, EventStatement, RunStatement, TaskStatement } from '../statements.js';
import { prefectProgressOf } from './prefect-state.js';

const flowRunPrefix = 'prefect.flow-run.';
const taskRunPrefix = 'prefect.task-run.';

/**
 * Maps one event of Prefect 3: states of flow runs and task runs, assets, and whatever else is related to a flow run (pods,
 * workers), which becomes a line of its log.
 *
 * A flow run is one run however often it is tried: Prefect keeps its id and the results of the tasks that succeeded. Tries of a
 * task are attempts. A subflow names its parent's task run but not the parent flow run, so the link stays a label.
 *
 * @throws ORRERY_VALIDATION when there is no `event` that starts with `prefect.`, or no resource.
 */
export const mapPrefect: Mapper = (value, _payload, context): readonly MappedEvent[] => {
  const type = text(value, 'event');
  const resourceId = text(value, 'resource', 'prefect.resource.id');
  if (type?.startsWith('prefect.') !== true || resourceId === undefined) {
    throw new OrreryError('ORRERY_VALIDATION', 'not a Prefect event: expected event prefect.* and resource.prefect.resource.id');
  }
  const event: PrefectEvent = { value: value as JsonRecord, type, resourceId, occurredAtMs: timeMs(value, 'occurred'), externalId: text(value, 'id') ?? contentIdOf(value) };
  const execution = executionOf(event, context.tenantId);
  const isLost = execution === undefined && (resourceId.startsWith(taskRunPrefix) || type.startsWith('prefect.asset.'));
  return [
    {
      format: 'prefect',
      type,
      source: 'prefect',
      externalId: event.externalId,
      subject: resourceId,
      sequence: text(value, 'follows'),
      occurredAtMs: event.occurredAtMs,
      executions: execution === undefined ? [] : [execution],
      flags: isLost ? ['unmapped', 'related: expected a flow-run'] : [],
    },
  ];
};

interface PrefectEvent {
  readonly value: JsonRecord;
  readonly type: string;
  readonly resourceId: string;
  readonly occurredAtMs: number | undefined;
  readonly externalId: string;
}

function executionOf(event: PrefectEvent, tenantId: string): Execution | undefined {
  const flowRunId = flowRunIdOf(event);
  if (flowRunId === undefined) return undefined;
  const identity = { engine: 'prefect', source: 'prefect', externalId: flowRunId };
  const run: RunStatement = { ...identity, runId: runIdOf({ ...identity, tenantId }), workflow: related(event, 'flow', 'prefect.resource.name'), labels: labelsOf(event) };
  if (event.resourceId.startsWith(flowRunPrefix)) return { run: { ...run, ...flowRunStatement(event) } };
  if (event.resourceId.startsWith(taskRunPrefix)) return { run, tasks: [taskStatementOf(event, run.runId)] };
  if (event.type.startsWith('prefect.asset.')) return { run, artifacts: artifactsOf(event, run.runId) };
  return { run, events: [logOf(event, run.runId)] };
}

function flowRunIdOf(event: PrefectEvent): string | undefined {
  if (event.resourceId.startsWith(flowRunPrefix)) return event.resourceId.slice(flowRunPrefix.length);
  const id = related(event, 'flow-run', 'prefect.resource.id');
  return id?.startsWith(flowRunPrefix) === true ? id.slice(flowRunPrefix.length) : text(event.value, 'payload', 'task_run', 'flow_run_id');
}

function related(event: PrefectEvent, role: string, label: string): string | undefined {
  return text(
    records(event.value, 'related').find((resource) => resource['prefect.resource.role'] === role),
    label,
  );
}

function flowRunStatement(event: PrefectEvent): Partial<RunStatement> {
  const { attempt, ...progress } = prefectProgressOf(event.value, 'run');
  return { ...progress, attempt, trigger: related(event, 'automation', 'prefect.resource.name') };
}

function labelsOf(event: PrefectEvent): Record<string, string> {
  const isFlowRun = event.resourceId.startsWith(flowRunPrefix);
  const labels = {
    'prefect.flow_run_name': isFlowRun ? text(event.value, 'resource', 'prefect.resource.name') : related(event, 'flow-run', 'prefect.resource.name'),
    'prefect.deployment': related(event, 'deployment', 'prefect.resource.name'),
    'prefect.work_pool': related(event, 'work-pool', 'prefect.resource.name'),
    'prefect.parent_task_run': isFlowRun ? withoutPrefix(related(event, 'task-run', 'prefect.resource.id')) : undefined,
  };
  return Object.fromEntries(Object.entries(labels).filter((label): label is [string, string] => label[1] !== undefined));
}

function withoutPrefix(resourceId: string | undefined): string | undefined {
  return resourceId?.startsWith(taskRunPrefix) === true ? resourceId.slice(taskRunPrefix.length) : resourceId;
}

function taskStatementOf(event: PrefectEvent, runId: string): TaskStatement {
  const externalId = event.resourceId.slice(taskRunPrefix.length);
  const pool = related(event, 'work-pool', 'prefect.resource.name');
  const key = text(event.value, 'payload', 'task_run', 'task_key');
  return {
    taskId: taskIdOf(runId, externalId),
    externalId,
    name: text(event.value, 'payload', 'task_run', 'name') ?? text(event.value, 'resource', 'prefect.resource.name'),
    kind: 'task',
    ...prefectProgressOf(event.value, 'task'),
    dependsOn: inputsOf(event).map((input) => taskIdOf(runId, input)),
    executor: pool === undefined ? undefined : { pool },
    labels: key === undefined ? {} : { 'prefect.task_key': key },
  };
}

/** The task runs whose results a task run takes: Prefect's edges. */
function inputsOf(event: PrefectEvent): readonly string[] {
  const inputs = entries(event.value, 'payload', 'task_run', 'task_inputs').flatMap(([, input]) => (Array.isArray(input) ? input : []));
  const ids = inputs.filter((input) => text(input, 'input_type') === 'task_run').map((input) => text(input, 'id'));
  return [...new Set(ids)].filter((id) => id !== undefined);
}

/** A failed materialization wrote nothing; what it would have read, the task read. */
function artifactsOf(event: PrefectEvent, runId: string): readonly ArtifactStatement[] {
  const isWritten = event.type === 'prefect.asset.materialization.succeeded';
  const isRead = event.type === 'prefect.asset.referenced';
  const upstream = records(event.value, 'related').filter((resource) => resource['prefect.resource.role'] === 'asset');
  const read = upstream.map((resource) => text(resource, 'prefect.resource.id')).concat(isRead ? [event.resourceId] : []);
  const written = isWritten ? [event.resourceId] : [];
  return [
    ...[...new Set(read)].map((uri) => artifactOf(event, { runId, uri, direction: Direction.INPUT })),
    ...written.map((uri) => artifactOf(event, { runId, uri, direction: Direction.OUTPUT })),
  ];
}

function artifactOf(event: PrefectEvent, { runId, uri = '', direction }: { runId: string; uri: string | undefined; direction: Direction }): ArtifactStatement {
  const taskRun = withoutPrefix(related(event, 'task-run', 'prefect.resource.id'));
  const size = number(event.value, 'payload', 'size_bytes');
  return {
    artifactId: artifactIdOf(runId, taskRun ?? '', String(direction), uri),
    taskId: taskRun === undefined ? undefined : taskIdOf(runId, taskRun),
    direction,
    uri,
    name: uri.slice(uri.lastIndexOf('/') + 1),
    sizeBytes: size === undefined || !Number.isSafeInteger(size) || size < 0 ? undefined : BigInt(size),
    occurredAtMs: event.occurredAtMs,
    actor: related(event, 'task-run', 'prefect.resource.name'),
    attributesJson: entries(event.value, 'payload').length === 0 ? undefined : JSON.stringify(event.value.payload),
  };
}

function logOf(event: PrefectEvent, runId: string): EventStatement {
  const taskRun = withoutPrefix(related(event, 'task-run', 'prefect.resource.id'));
  return {
    eventId: eventIdOf(runId, event.externalId),
    externalId: event.externalId,
    taskId: taskRun === undefined ? undefined : taskIdOf(runId, taskRun),
    kind: 'log',
    name: event.type,
    actor: text(event.value, 'resource', 'prefect.resource.name') ?? event.resourceId,
    startedAtMs: event.occurredAtMs,
    finishedAtMs: event.occurredAtMs,
    severityNumber: 9,
    output: text(event.value, 'payload', 'message') ?? text(event.value, 'payload', 'reason'),
  };
}
