import { OrreryError } from '@orrery/errors';
import { contentIdOf } from '../content-id.js';
import { record, text, timeMs } from '../json-reading.js';
import type { MappedEvent, MappingContext, Mapper } from '../source-event.js';
import { executionOfCdevent, type Cdevent } from './cdevent-execution.js';

// The version is each event type's own; its patch level changes nothing that is read here.
const typePattern = /^dev\.cdeventsx?\.([a-z-]+)\.([a-z]+)\.(\d+\.\d+\.\d+)(?:-[0-9A-Za-z.-]+)?$/;

/**
 * Maps one CDEvent, bare or as the data of a CloudEvent, in the shapes of 0.3 to 0.5. Pipeline, task, build and test runs say
 * something of a run; changes, branches, artifacts on their own, services, incidents, tickets, approvals are kept without one.
 *
 * @throws ORRERY_VALIDATION when the value has no `context.type` of CDEvents or no `subject`.
 */
export const mapCdevents: Mapper = (value, _payload, context): readonly MappedEvent[] => {
  const type = text(value, 'context', 'type');
  const parsed = typePattern.exec(type ?? '');
  const subject = record(value, 'subject');
  if (type === undefined || parsed === null || subject === undefined) {
    throw new OrreryError('ORRERY_VALIDATION', 'not a CDEvent: expected context.type dev.cdevents.<subject>.<predicate>.<version> and a subject');
  }
  const envelope = envelopeOf(value, type);
  const cdevent = readCdevent(value, { subjectType: parsed[1] ?? '', predicate: parsed[2] ?? '' }, context);
  if (cdevent === undefined) return [{ ...envelope, flags: ['unmapped', 'subject.id: expected a non-empty text'] }];
  const execution = executionOfCdevent(cdevent);
  return [execution === undefined ? envelope : { ...envelope, executions: [execution] }];
};

function envelopeOf(value: unknown, type: string): MappedEvent {
  return {
    format: 'cdevents',
    formatVersion: text(value, 'context', 'specversion') ?? text(value, 'context', 'version'),
    type,
    source: text(value, 'context', 'source') ?? '',
    externalId: text(value, 'context', 'id') ?? contentIdOf(value),
    subject: text(value, 'subject', 'id'),
    occurredAtMs: timeMs(value, 'context', 'timestamp'),
    executions: [],
    flags: [],
  };
}

function readCdevent(
  value: unknown,
  kind: { readonly subjectType: string; readonly predicate: string },
  context: MappingContext,
): Cdevent | undefined {
  const subject = record(value, 'subject');
  const subjectId = text(subject, 'id');
  if (subjectId === undefined) return undefined;
  return {
    tenantId: context.tenantId,
    ...kind,
    subjectId,
    // The subject's source defaults to that of the event.
    source: text(subject, 'source') ?? text(value, 'context', 'source') ?? '',
    content: record(subject, 'content') ?? {},
    context: record(value, 'context') ?? {},
    occurredAtMs: timeMs(value, 'context', 'timestamp'),
  };
}
