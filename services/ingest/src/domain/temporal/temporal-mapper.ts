import { eventIdOf, messageIdOf } from '@orrery/contracts';
import { OrreryError } from '@orrery/errors';
import { contentIdOf } from '../content-id.js';
import { records, text } from '../json-reading.js';
import type { MappedEvent, Mapper, MappingContext } from '../source-event.js';
import type { EventStatement, MessageStatement, TaskStatement } from '../statements.js';
import { historyEventsOf, type HistoryEvent } from './history.js';
import { ownExecutionOf, temporalRunStatement } from './temporal-run.js';
import { temporalTasksOf } from './temporal-tasks.js';

/**
 * Maps the history of a Temporal workflow, whole or up to some point, in either spelling of event types; also an export of
 * several (`items`). Payloads may be encrypted and are never decoded.
 *
 * @throws ORRERY_VALIDATION when there are no history events.
 */
export const mapTemporal: Mapper = (value, _payload, context): readonly MappedEvent[] => {
  const histories = records(value, 'items').length > 0 ? records(value, 'items') : [value];
  const mapped = histories.flatMap((history) => mapHistory(history, context));
  if (mapped.length === 0) throw new OrreryError('ORRERY_VALIDATION', 'not a Temporal history: expected events with eventId and eventType');
  return mapped;
};

function mapHistory(value: unknown, context: MappingContext): readonly MappedEvent[] {
  const events = historyEventsOf(value);
  const last = events.at(-1);
  if (last === undefined) return [];
  const own = ownExecutionOf(events);
  const common = { format: 'temporal' as const, type: last.type, source: 'temporal', occurredAtMs: last.timeMs };
  // Without its first event a history does not say whose it is.
  if (own === undefined) return [{ ...common, externalId: contentIdOf(value), executions: [], flags: ['unmapped', 'missing WorkflowExecutionStarted'] }];
  const run = temporalRunStatement(events, own, context.tenantId);
  const { tasks, children } = temporalTasksOf(events, run.runId, context.tenantId);
  return [
    {
      ...common,
      // A history only ever grows, so its last event tells one state of it from all others.
      externalId: `${own.workflowId}/${own.runId}#${last.id}`,
      subject: own.workflowId,
      executions: [{ run, tasks: joinedByAttempt(tasks), events: events.flatMap((event) => eventOf(event, run.runId)), messages: events.flatMap((event) => messageOf(event, run.runId)) }, ...children],
    },
  ];
}

/** A close names no attempt: it is the end of the highest one that started. */
function joinedByAttempt(tasks: readonly TaskStatement[]): readonly TaskStatement[] {
  const latest = new Map<string | undefined, number>();
  for (const { taskId, attempt } of tasks) latest.set(taskId, Math.max(latest.get(taskId) ?? 1, attempt ?? 1));
  return tasks.map((task) => ({ ...task, attempt: task.attempt ?? (task.outcome === undefined ? 1 : (latest.get(task.taskId) ?? 1)) }));
}

const eventKinds: ReadonlyMap<string, { readonly kind: string; readonly name: readonly string[] }> = new Map([
  ['WorkflowExecutionSignaled', { kind: 'message', name: ['signalName'] }],
  ['SignalExternalWorkflowExecutionInitiated', { kind: 'message', name: ['signalName'] }],
  ['WorkflowExecutionUpdateAccepted', { kind: 'message', name: ['acceptedRequest', 'input', 'name'] }],
  ['MarkerRecorded', { kind: 'span', name: ['markerName'] }],
  ['WorkflowTaskFailed', { kind: 'log', name: ['cause'] }],
]);

function eventOf(event: HistoryEvent, runId: string): EventStatement[] {
  const found = eventKinds.get(event.type);
  if (found === undefined) return [];
  return [
    {
      eventId: eventIdOf(runId, event.id),
      externalId: event.id,
      kind: found.kind,
      name: text(event.attributes, ...found.name) ?? event.type,
      actor: text(event.attributes, 'identity') ?? 'workflow',
      target: text(event.attributes, 'workflowExecution', 'workflowId'),
      startedAtMs: event.timeMs,
      finishedAtMs: event.timeMs,
      severityNumber: event.type === 'WorkflowTaskFailed' ? 13 : undefined,
      output: text(event.attributes, 'failure', 'message'),
    },
  ];
}

function messageOf(event: HistoryEvent, runId: string): MessageStatement[] {
  const isIn = event.type === 'WorkflowExecutionSignaled' || event.type === 'WorkflowExecutionUpdateAccepted';
  if (!isIn && event.type !== 'SignalExternalWorkflowExecutionInitiated') return [];
  return [
    {
      messageId: messageIdOf(runId, event.id),
      eventId: eventIdOf(runId, event.id),
      sender: isIn ? (text(event.attributes, 'identity') ?? text(event.attributes, 'acceptedRequest', 'meta', 'identity')) : 'workflow',
      receiver: isIn ? 'workflow' : text(event.attributes, 'workflowExecution', 'workflowId'),
      role: isIn && event.type === 'WorkflowExecutionUpdateAccepted' ? 'update' : 'signal',
      content: text(event.attributes, ...(eventKinds.get(event.type)?.name ?? [])),
      occurredAtMs: event.timeMs,
    },
  ];
}
