import { artifactIdOf, Direction, Outcome, runIdOf, SampleKind, sampleIdOf, taskIdOf } from '@orrery/contracts';
import { OrreryError } from '@orrery/errors';
import { contentIdOf } from '../content-id.js';
import { entries, labels, number, records, text, timeMs, type JsonRecord } from '../json-reading.js';
import type { Execution, MappedEvent, Mapper } from '../source-event.js';
import { finished, paused, queued, running, type ArtifactStatement, type RunStatement, type SampleStatement, type Standing, type TaskStatement } from '../statements.js';

const standings: ReadonlyMap<string, Standing> = new Map([
  ['CREATED', queued],
  ['QUEUED', queued],
  ['RUNNING', running],
  ['RETRYING', running],
  ['RESTARTED', running],
  ['KILLING', running],
  ['PAUSED', paused],
  ['SUCCESS', finished(Outcome.SUCCESS)],
  ['WARNING', finished(Outcome.SUCCESS)],
  ['FAILED', finished(Outcome.FAILURE)],
  ['RETRIED', finished(Outcome.FAILURE)],
  ['KILLED', finished(Outcome.CANCELLATION)],
  ['CANCELLED', finished(Outcome.CANCELLATION)],
  ['SKIPPED', finished(Outcome.SKIP)],
]);

/**
 * Maps one execution of Kestra with its task runs; each of these holds the history of its states, so any one snapshot tells all
 * that came before it. Kestra does not write down which task waited for which, so there is containment but no edges.
 *
 * @throws ORRERY_VALIDATION when there is no id or no flowId.
 */
export const mapKestra: Mapper = (value, _payload, context): readonly MappedEvent[] => {
  const id = text(value, 'id');
  const flowId = text(value, 'flowId');
  if (id === undefined || flowId === undefined) throw new OrreryError('ORRERY_VALIDATION', 'not a Kestra execution: expected id and flowId');
  const execution = value as JsonRecord;
  const state = text(execution, 'state', 'current');
  return [
    {
      format: 'kestra',
      type: `execution.${state ?? 'unknown'}`,
      source: 'kestra',
      externalId: contentIdOf(value),
      subject: id,
      occurredAtMs: lastChangeMs(execution),
      executions: [executionOf(execution, { id, flowId, tenantId: context.tenantId })],
      flags: state === 'WARNING' ? ['warning'] : [],
    },
  ];
};

function executionOf(execution: JsonRecord, { id, flowId, tenantId }: { id: string; flowId: string; tenantId: string }): Execution {
  const idOf = (externalId: string): string => runIdOf({ tenantId, engine: 'kestra', source: 'kestra', externalId });
  const parentId = text(execution, 'parentId') ?? text(execution, 'trigger', 'variables', 'executionId');
  const originalId = text(execution, 'originalId');
  const run: RunStatement = {
    runId: idOf(id),
    engine: 'kestra',
    source: 'kestra',
    externalId: id,
    attempt: 1,
    namespace: text(execution, 'namespace'),
    workflow: flowId,
    ...progressOf(execution),
    trigger: text(execution, 'trigger', 'type'),
    parentRunId: parentId === undefined ? undefined : idOf(parentId),
    previousRunId: originalId === undefined || originalId === id ? undefined : idOf(originalId),
    labels: labelsOf(execution),
  };
  const taskRuns = records(execution, 'taskRunList');
  const known = new Set(taskRuns.map((taskRun) => text(taskRun, 'id')));
  return {
    run,
    tasks: taskRuns.flatMap((taskRun) => tasksOf(taskRun, run.runId, known)),
    artifacts: taskRuns.flatMap((taskRun) => artifactsOf(taskRun, run.runId)),
    samples: taskRuns.flatMap((taskRun) => samplesOf(taskRun, run.runId)),
  };
}

function progressOf(from: JsonRecord): Standing & Pick<TaskStatement, 'queuedAtMs' | 'startedAtMs' | 'finishedAtMs'> {
  const standing = standings.get(text(from, 'state', 'current') ?? '') ?? {};
  const histories = records(from, 'state', 'histories');
  const firstOf = (wanted: readonly string[]): number | undefined =>
    timeMs(
      histories.find((entry) => wanted.includes(text(entry, 'state') ?? '')),
      'date',
    );
  return {
    ...standing,
    queuedAtMs: firstOf(['CREATED', 'QUEUED']) ?? timeMs(from, 'state', 'startDate'),
    startedAtMs: firstOf(['RUNNING']),
    finishedAtMs: standing.outcome === undefined ? undefined : (timeMs(from, 'state', 'endDate') ?? timeMs(histories.at(-1), 'date')),
  };
}

function lastChangeMs(execution: JsonRecord): number | undefined {
  return timeMs(records(execution, 'state', 'histories').at(-1), 'date') ?? timeMs(execution, 'state', 'startDate');
}

/** Labels come as an object or as a list of {key, value}. */
function labelsOf(execution: JsonRecord): Record<string, string> {
  const listed = records(execution, 'labels').map((label) => [text(label, 'key') ?? '', text(label, 'value') ?? ''] as const);
  const revision = number(execution, 'flowRevision');
  return {
    ...labels(execution, 'labels'),
    ...Object.fromEntries(listed.filter(([key]) => key !== '')),
    ...(revision === undefined ? {} : { 'kestra.flow_revision': String(revision) }),
  };
}

function tasksOf(taskRun: JsonRecord, runId: string, known: ReadonlySet<string | undefined>): TaskStatement[] {
  const externalId = text(taskRun, 'id');
  if (externalId === undefined) return [];
  const attempts = records(taskRun, 'attempts');
  const parent = text(taskRun, 'parentTaskRunId');
  const value = text(taskRun, 'value');
  const task: TaskStatement = {
    taskId: taskIdOf(runId, externalId),
    externalId,
    parentTaskId: parent === undefined || !known.has(parent) ? undefined : taskIdOf(runId, parent),
    name: text(taskRun, 'taskId'),
    kind: 'task',
    labels: value === undefined ? {} : { 'kestra.value': value },
  };
  const earlier = attempts.slice(0, -1).map((attempt, index) => ({ taskId: task.taskId, attempt: index + 1, ...progressOf(attempt) }));
  return [...earlier, { ...task, attempt: Math.max(1, attempts.length), ...progressOf(taskRun) }];
}

/** Files in Kestra's storage or any other one show as URIs among a task's outputs. */
function artifactsOf(taskRun: JsonRecord, runId: string): ArtifactStatement[] {
  const externalId = text(taskRun, 'id') ?? '';
  return entries(taskRun, 'outputs').flatMap(([name, uri]) => {
    if (typeof uri !== 'string' || !/^(?:kestra|s3|gs|abfss?|file):\/\/\S+$/.test(uri)) return [];
    return [
      {
        artifactId: artifactIdOf(runId, externalId, 'output', name, uri),
        taskId: taskIdOf(runId, externalId),
        direction: Direction.OUTPUT,
        name,
        uri,
        occurredAtMs: timeMs(taskRun, 'state', 'endDate'),
        actor: text(taskRun, 'taskId'),
      },
    ];
  });
}

function samplesOf(taskRun: JsonRecord, runId: string): SampleStatement[] {
  const externalId = text(taskRun, 'id') ?? '';
  return records(taskRun, 'attempts').flatMap((attempt, index) =>
    records(attempt, 'metrics').flatMap((metric, position) => {
      const name = text(metric, 'name');
      const value = number(metric, 'value');
      if (name === undefined || value === undefined) return [];
      const isTimer = text(metric, 'type') === 'timer';
      return [
        {
          sampleId: sampleIdOf(runId, externalId, String(index), String(position), name),
          taskId: taskIdOf(runId, externalId),
          name,
          unit: isTimer ? 's' : undefined,
          kind: isTimer ? SampleKind.GAUGE : SampleKind.SUM,
          value,
          occurredAtMs: timeMs(attempt, 'state', 'endDate') ?? timeMs(taskRun, 'state', 'endDate'),
          attributesJson: entries(metric, 'tags').length === 0 ? undefined : JSON.stringify(metric.tags),
        },
      ];
    }),
  );
}
