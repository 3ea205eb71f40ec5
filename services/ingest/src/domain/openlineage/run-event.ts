import { deterministicId, eventIdOf, Outcome, taskIdOf } from '@orrery/contracts';
import { record, records, text, timeMs, type JsonRecord } from '../json-reading.js';
import type { Execution } from '../source-event.js';
import { failureOf, finished, isTrouble, type EventStatement, type FailureStatement, type RunStatement, type Standing, type TaskStatement } from '../statements.js';
import { airflowDagTasksOf, airflowRunOf, airflowTaskOf, labelsOf, standingOf } from './airflow-facets.js';
import { datasetStatementsOf } from './datasets.js';
import { integrationOf, taskNameWithin, type LineagePlace } from './lineage-place.js';

/** What one RunEvent says. */
export function runEventExecution(event: JsonRecord, place: LineagePlace): Execution {
  const task = taskStatementOf(event, place);
  const key = place.task === undefined ? '' : `${place.task.key}#${task?.attempt ?? 1}`;
  const actor = place.task === undefined ? place.job.name : place.task.key;
  const data = datasetStatementsOf(event, {
    runId: place.runId,
    taskId: place.task?.taskId,
    key,
    occurredAtMs: timeMs(event, 'eventTime'),
    actor: text(event, 'job', 'name') ?? actor,
  });
  return {
    run: runStatementOf(event, place),
    tasks: task === undefined ? airflowDagTasksOf(event, place.runId) : [task],
    events: [...stackTraceOf(event, place), ...testsOf(event, place)],
    ...data,
  };
}

function runStatementOf(event: JsonRecord, place: LineagePlace): RunStatement {
  const identity = {
    runId: place.runId,
    engine: place.isOwnEngine ? (integrationOf(event) ?? 'openlineage') : undefined,
    source: 'openlineage',
    externalId: place.externalId,
    attempt: 1,
    namespace: place.job.namespace,
    workflow: place.job.name,
    parentRunId: place.parentRunId,
    rootRunId: place.rootRunId,
  };
  const airflow = airflowRunOf(event);
  if (place.task !== undefined) return { ...identity, ...airflow };
  return { ...identity, ...airflow, ...progressOf(event, airflow.startedAtMs), versionControl: versionControlOf(event), labels: { ...airflow.labels, ...commonLabels(event) } };
}

function taskStatementOf(event: JsonRecord, place: LineagePlace): TaskStatement | undefined {
  if (place.task === undefined) return undefined;
  const airflow = airflowTaskOf(event, place.runId);
  const jobName = text(event, 'job', 'name') ?? '';
  const name = integrationOf(event) === 'airflow' ? place.task.key : (taskNameWithin(place.job.name, jobName) ?? jobName);
  const mapped = /^(.*)\[\d+\]$/s.exec(place.task.key)?.[1];
  return {
    taskId: place.task.taskId,
    externalId: place.task.key,
    parentTaskId: place.task.parentTaskId ?? (mapped === undefined ? undefined : taskIdOf(place.runId, mapped)),
    name,
    kind: text(event, 'job', 'facets', 'jobType', 'jobType')?.toLowerCase(),
    ...airflow,
    attempt: airflow.attempt ?? 1,
    dependsOn: [...new Set([...(airflow.dependsOn ?? []), ...dependenciesOf(event, place)])],
    ...progressOf(event, undefined),
    commandHash: commandHashOf(event),
    labels: { ...airflow.labels, ...commonLabels(event) },
  };
}

function progressOf(event: JsonRecord, startedAtMs: number | undefined): Standing & Pick<TaskStatement, 'startedAtMs' | 'finishedAtMs' | 'failure'> {
  const standing = standingOf(text(event, 'eventType'));
  const eventTimeMs = timeMs(event, 'eventTime');
  const isOver = standing.outcome !== undefined;
  return {
    ...standing,
    startedAtMs: standing.status === undefined || isOver ? startedAtMs : (startedAtMs ?? eventTimeMs),
    finishedAtMs: isOver ? eventTimeMs : undefined,
    failure: isTrouble(standing) || standing.outcome === Outcome.CANCELLATION ? errorOf(event) : undefined,
  };
}

const errorName = /^\s*(?:[\w.$]+\.)?([A-Z]\w*(?:Error|Exception|Failure|Interrupt|Exit|Timeout))\b/;

function errorOf(event: JsonRecord): FailureStatement | undefined {
  const facet = record(event, 'run', 'facets', 'errorMessage');
  const message = text(facet, 'message');
  const trace = text(facet, 'stackTrace')?.trimEnd() ?? '';
  // Java names the exception on the first line of a trace, Python on the last.
  const lines = [message ?? '', /^.*/.exec(trace)?.[0] ?? '', trace.slice(trace.lastIndexOf('\n') + 1)];
  const type = lines.map((line) => errorName.exec(line)?.[1]).find((found) => found !== undefined);
  return failureOf(type, message);
}

/** The stack trace as the last line of the log: what a reader of a failure wants to see. */
function stackTraceOf(event: JsonRecord, place: LineagePlace): readonly EventStatement[] {
  const output = text(event, 'run', 'facets', 'errorMessage', 'stackTrace');
  if (output === undefined) return [];
  const externalId = `${text(event, 'run', 'runId')}:error`;
  const occurredAtMs = timeMs(event, 'eventTime');
  return [
    {
      eventId: eventIdOf(place.runId, externalId),
      externalId,
      taskId: place.task?.taskId,
      kind: 'log',
      name: 'stack trace',
      actor: text(event, 'job', 'name'),
      startedAtMs: occurredAtMs,
      finishedAtMs: occurredAtMs,
      severityNumber: 17,
      output,
    },
  ];
}

/** Tests that ran over the data (dbt, Great Expectations): each is an event of the task. */
function testsOf(event: JsonRecord, place: LineagePlace): readonly EventStatement[] {
  const occurredAtMs = timeMs(event, 'eventTime');
  return records(event, 'run', 'facets', 'test', 'tests').map((test, index) => {
    const externalId = `${text(event, 'run', 'runId')}:test:${index}`;
    const name = text(test, 'name');
    const hasFailed = /^(?:fail|error)/i.test(text(test, 'status') ?? '');
    return {
      eventId: eventIdOf(place.runId, externalId),
      externalId,
      taskId: place.task?.taskId,
      kind: 'span',
      name,
      actor: text(event, 'job', 'name'),
      ...finished(hasFailed ? Outcome.FAILURE : Outcome.SUCCESS),
      finishedAtMs: occurredAtMs,
      failure: hasFailed ? failureOf('test', text(test, 'description') ?? name) : undefined,
      attributesJson: JSON.stringify(test),
    };
  });
}

/** Edges that the jobDependencies facet names: tasks of the same run by name, others by the id of their run. */
function dependenciesOf(event: JsonRecord, place: LineagePlace): readonly string[] {
  return records(event, 'run', 'facets', 'jobDependencies', 'upstream').flatMap((upstream) => {
    const key = taskNameWithin(place.job.name, text(upstream, 'job', 'name') ?? '') ?? text(upstream, 'run', 'runId');
    return key === undefined ? [] : [taskIdOf(place.runId, key)];
  });
}

/** A changed command starts a new baseline. */
function commandHashOf(event: JsonRecord): string | undefined {
  const command = text(event, 'job', 'facets', 'sql', 'query') ?? text(event, 'job', 'facets', 'sourceCode', 'sourceCode');
  return command === undefined ? undefined : deterministicId('command', command);
}

function versionControlOf(event: JsonRecord): RunStatement['versionControl'] {
  const location = record(event, 'job', 'facets', 'sourceCodeLocation');
  if (location === undefined) return undefined;
  const refName = text(location, 'branch') ?? text(location, 'tag');
  return {
    repositoryUrl: text(location, 'repoUrl') ?? text(location, 'url'),
    revision: text(location, 'version'),
    refName,
    refType: refName === undefined ? undefined : text(location, 'branch') === undefined ? 'tag' : 'branch',
  };
}

function commonLabels(event: JsonRecord): Record<string, string> {
  const tags = [...records(event, 'run', 'facets', 'tags', 'tags'), ...records(event, 'job', 'facets', 'tags', 'tags')];
  const parameters = records(event, 'run', 'facets', 'executionParameters', 'parameters');
  return labelsOf({
    ...Object.fromEntries(tags.map((tag) => [`tag.${text(tag, 'key') ?? ''}`, text(tag, 'value')])),
    ...Object.fromEntries(parameters.map((parameter) => [`parameter.${text(parameter, 'key') ?? text(parameter, 'name') ?? ''}`, text(parameter, 'value')])),
    nominal_start: text(event, 'run', 'facets', 'nominalTime', 'nominalStartTime'),
    nominal_end: text(event, 'run', 'facets', 'nominalTime', 'nominalEndTime'),
    processing_type: text(event, 'job', 'facets', 'jobType', 'processingType'),
    engine_version: text(event, 'run', 'facets', 'processing_engine', 'version'),
    owner: text(records(event, 'job', 'facets', 'ownership', 'owners')[0], 'name'),
    external_query_id: text(event, 'run', 'facets', 'externalQuery', 'externalQueryId'),
  });
}
