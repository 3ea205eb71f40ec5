import { messageIdOf } from '@orrery/contracts';
import type { JsonRecord } from '../json-reading.js';
import type { EventStatement, MessageStatement } from '../statements.js';
import type { FieldReader } from './field-reader.js';
import { failureIn, progressOf } from './run-statement.js';
import { placeIn, type RunScope } from './run-scope.js';

const kinds = new Set([
  ...['agent_call', 'model_call', 'tool_call', 'code_execution', 'hand_off'],
  ...['message', 'retrieval', 'log', 'metric', 'span', 'attempt'],
]);

/** Reads `events`; one without an id is left out. */
export function eventStatementsOf(data: JsonRecord, reader: FieldReader, scope: RunScope): readonly EventStatement[] {
  const statements: EventStatement[] = [];
  for (const from of reader.records(data, 'events')) {
    const externalId = reader.requiredText(from, 'id');
    if (externalId !== undefined) statements.push(eventStatementOf(from, externalId, reader, scope));
  }
  return statements;
}

function eventStatementOf(from: JsonRecord, externalId: string, reader: FieldReader, scope: RunScope): EventStatement {
  const parent = reader.text(from, 'parent');
  const task = reader.text(from, 'task');
  if (parent === externalId) reader.fault('parent', 'expected another event than itself');
  return {
    eventId: scope.eventIdFor(externalId),
    externalId,
    ...progressOf(from, reader),
    taskId: task === undefined ? undefined : scope.taskIdFor(task),
    parentEventId: parent === undefined || parent === externalId ? undefined : scope.eventIdFor(parent),
    kind: kindIn(from, reader),
    name: reader.text(from, 'name'),
    actor: reader.text(from, 'actor'),
    target: reader.text(from, 'target'),
    failure: failureIn(from, reader),
    model: reader.text(from, 'model'),
    inputTokens: reader.count(from, 'input_tokens'),
    outputTokens: reader.count(from, 'output_tokens'),
    costUsd: reader.number(from, 'cost_usd'),
    input: reader.text(from, 'input'),
    output: reader.text(from, 'output'),
    severityNumber: reader.int32(from, 'severity_number'),
    attributesJson: reader.json(from, 'attributes'),
  };
}

/** A kind that is not in the list is kept as it is: it may be a newer one. */
function kindIn(from: JsonRecord, reader: FieldReader): string {
  const kind = reader.requiredText(from, 'kind');
  if (kind !== undefined && !kinds.has(kind)) reader.fault('kind', `expected one of ${[...kinds].join(', ')}`);
  return kind ?? 'span';
}

/** Reads `messages`; one without an id is left out. */
export function messageStatementsOf(data: JsonRecord, reader: FieldReader, scope: RunScope): readonly MessageStatement[] {
  const statements: MessageStatement[] = [];
  for (const from of reader.records(data, 'messages')) {
    const externalId = reader.requiredText(from, 'id');
    if (externalId !== undefined) statements.push(messageStatementOf(from, externalId, reader, scope));
  }
  return statements;
}

function messageStatementOf(from: JsonRecord, externalId: string, reader: FieldReader, scope: RunScope): MessageStatement {
  const { taskId, eventId } = placeIn(from, reader, scope);
  return {
    messageId: messageIdOf(scope.runId, externalId),
    taskId,
    eventId,
    sender: reader.text(from, 'sender'),
    receiver: reader.text(from, 'receiver'),
    role: reader.text(from, 'role'),
    content: reader.text(from, 'content'),
    occurredAtMs: reader.timeMs(from, 'occurred_at') ?? scope.occurredAtMs,
  };
}
