import type { JsonRecord } from '../json-reading.js';
import type { TaskStatement } from '../statements.js';
import type { FieldReader } from './field-reader.js';
import { failureIn, progressOf } from './run-statement.js';
import type { RunScope } from './run-scope.js';

/** Reads `tasks`; one without an id is left out. */
export function taskStatementsOf(data: JsonRecord, reader: FieldReader, scope: RunScope): readonly TaskStatement[] {
  const statements: TaskStatement[] = [];
  for (const from of reader.records(data, 'tasks')) {
    const externalId = reader.requiredText(from, 'id');
    if (externalId !== undefined) statements.push(taskStatementOf(from, externalId, reader, scope));
  }
  return statements;
}

function taskStatementOf(from: JsonRecord, externalId: string, reader: FieldReader, scope: RunScope): TaskStatement {
  return {
    taskId: scope.taskIdFor(externalId),
    externalId,
    ...progressOf(from, reader),
    parentTaskId: parentIn(from, externalId, reader, scope),
    dependsOn: dependenciesIn(from, externalId, reader, scope),
    name: reader.text(from, 'name'),
    kind: reader.text(from, 'kind'),
    attempt: reader.attempt(from),
    queuedAtMs: reader.timeMs(from, 'queued_at'),
    failure: failureIn(from, reader),
    executor: executorIn(from, reader),
    url: reader.text(from, 'url'),
    labels: reader.labels(from, 'labels'),
    commandHash: reader.text(from, 'command_hash'),
  };
}

function dependenciesIn(from: JsonRecord, ownId: string, reader: FieldReader, scope: RunScope): string[] | undefined {
  const given = reader.texts(from, 'depends_on');
  if (given.length === 0) return undefined;
  const ids = new Set<string>();
  for (const externalId of given) {
    if (isOther(externalId, ownId, reader, 'depends_on')) ids.add(scope.taskIdFor(externalId));
  }
  return [...ids];
}

function parentIn(from: JsonRecord, ownId: string, reader: FieldReader, scope: RunScope): string | undefined {
  const parent = reader.text(from, 'parent');
  return parent !== undefined && isOther(parent, ownId, reader, 'parent') ? scope.taskIdFor(parent) : undefined;
}

/** A task that contains or awaits itself would make every walk of the graph endless. */
function isOther(externalId: string, ownId: string, reader: FieldReader, key: string): boolean {
  if (externalId === ownId) reader.fault(key, 'expected another task than itself');
  return externalId !== ownId;
}

function executorIn(from: JsonRecord, reader: FieldReader): TaskStatement['executor'] {
  const given = reader.record(from, 'executor');
  if (given === undefined) return undefined;
  return {
    worker: reader.text(given, 'worker'),
    host: reader.text(given, 'host'),
    pod: reader.text(given, 'pod'),
    image: reader.text(given, 'image'),
    pool: reader.text(given, 'pool'),
    executorClass: reader.text(given, 'executor_class'),
  };
}
