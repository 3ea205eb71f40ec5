import { contentModeOf, decodeBatch, decodeHttp, decodeKafka, jsonDataOf, readJsonEvent, type CloudEvent } from '@orrery/contracts';
import { isOrreryError, messageOf, OrreryError } from '@orrery/errors';
import { mapCdevents } from './cdevents/cdevents-mapper.js';
import { correlatedExecution } from './cloudevents/correlated-execution.js';
import { rawOfElement, readBinary } from './cloudevents/raw-event.js';
import { contentIdOf } from './content-id.js';
import { mapGithub } from './github/github-mapper.js';
import { isRecord } from './json-reading.js';
import { mapCarried, type MapJson } from './map-json.js';
import { orreryEventType, orreryExecutionOf } from './orrery/orrery-execution.js';
import type { IncomingPayload, MappedEvent, MappingContext } from './source-event.js';
import { mapTekton } from './tekton/tekton-mapper.js';
import { parseTimeMs } from './time.js';

/** Maps CloudEvents; what it is given it maps what they carry with. */
export interface CloudEventsMapper {
  /**
   * Maps a payload whose content type or headers say that it is of CloudEvents, over HTTP or Kafka; undefined for any other.
   * In a batch, what is no CloudEvent is kept as unrecognised and its neighbours are mapped.
   *
   * @throws ORRERY_VALIDATION when a single event lacks mandatory attributes or is not as its content type says.
   */
  readonly mapMessage: (payload: IncomingPayload, context: MappingContext) => readonly MappedEvent[] | undefined;
  /** Maps a JSON value that is an event by itself, whatever content type it came under. @throws ORRERY_VALIDATION as above. */
  readonly mapStructured: (value: unknown, payload: IncomingPayload, context: MappingContext) => readonly MappedEvent[];
}

/** Tells whether a JSON value has the mandatory attributes of a CloudEvent. */
export function looksLikeCloudEvent(value: unknown): boolean {
  return isRecord(value) && ['specversion', 'id', 'source', 'type'].every((name) => typeof value[name] === 'string');
}

/** Makes a mapper of CloudEvents. @param mapJson maps the data of events whose type says nothing of its format. */
export function cloudEventsMapper(mapJson: MapJson): CloudEventsMapper {
  const scope = (payload: IncomingPayload, context: MappingContext): Scope => ({ payload, context, mapJson });
  return {
    mapStructured: (value, payload, context) => mapEvent(readJsonEvent(value), scope(payload, context)),
    mapMessage(payload, context) {
      const mode = contentModeOf({ ...payload.headers, 'content-type': payload.contentType });
      if (mode === 'none') return undefined;
      if (mode === 'batch') return mapBatch(scope(payload, context));
      const event = decodeOne(payload);
      if (mode === 'structured') return mapEvent(event, scope(payload, context));
      const { read, raw } = readBinary(event);
      return mapEvent(read, scope(payload, context)).map((mapped) => ({ ...mapped, raw }));
    },
  };
}

interface Scope {
  readonly payload: IncomingPayload;
  readonly context: MappingContext;
  readonly mapJson: MapJson;
}

function decodeOne({ headers, contentType, body }: IncomingPayload): CloudEvent {
  const isKafka = Object.keys(headers).some((name) => name.startsWith('ce_'));
  const complete = { ...headers, 'content-type': contentType };
  if (isKafka) return decodeKafka({ headers: withoutEmpty(complete), value: body });
  const [event] = decodeHttp({ headers: withoutEmpty(complete), body });
  if (event === undefined) throw new OrreryError('ORRERY_VALIDATION', 'the message holds no CloudEvent');
  return event;
}

function withoutEmpty(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return headers['content-type'] === '' ? Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'content-type')) : headers;
}

function mapBatch(scope: Scope): readonly MappedEvent[] {
  return decodeBatch(scope.payload.body).flatMap((entry) => {
    const raw = rawOfElement(entry.element);
    if ('event' in entry) return mapEvent(entry.event, scope).map((mapped) => ({ ...mapped, raw }));
    const externalId = contentIdOf(entry.element);
    const flags = ['unmapped', entry.fault.message];
    return [{ format: 'unrecognised', type: 'cloudevents', source: 'urn:orrery:unrecognised', externalId, raw, executions: [], flags }];
  });
}

function mapEvent(event: CloudEvent, scope: Scope): readonly MappedEvent[] {
  if (event.type === orreryEventType) return [orreryEvent(event, scope.context)];
  const flags: string[] = [];
  const data = dataOf(event, flags);
  const carried = carriedBy(event, data, scope, flags);
  if (carried !== undefined) return carried.map((mapped, index) => asCarried(mapped, event, carried.length === 1 ? event.id : `${event.id}/${index}`));
  const execution = correlatedExecution(event, scope.context.tenantId);
  return [{ ...envelopeOf(event), executions: execution === undefined ? [] : [execution], flags: [...versionFlags(event), ...flags] }];
}

/** The busiest path of all: no format is guessed, no event copied. */
function orreryEvent(event: CloudEvent, context: MappingContext): MappedEvent {
  const flags: string[] = [];
  const occurredAtMs = parseTimeMs(event.time);
  const carrier = { tenantId: context.tenantId, source: event.source, externalId: event.id, occurredAtMs };
  const { execution, faults } = orreryExecutionOf(dataOf(event, flags), carrier);
  if (execution === undefined) flags.push('unmapped');
  flags.push(...versionFlags(event), ...faults);
  const executions = execution === undefined ? [] : [withTraceOf(event, execution)];
  return { ...envelopeOf(event), format: 'orrery', formatVersion: 'v1', occurredAtMs, executions, flags };
}

function envelopeOf(event: CloudEvent): MappedEvent {
  return {
    format: 'cloudevents',
    formatVersion: event.specversion,
    type: event.type,
    source: event.source,
    externalId: event.id,
    subject: event.subject,
    sequence: textExtension(event, 'sequence'),
    traceparent: textExtension(event, 'traceparent'),
    occurredAtMs: parseTimeMs(event.time),
    executions: [],
  };
}

function dataOf(event: CloudEvent, flags: string[]): unknown {
  try {
    return jsonDataOf(event);
  } catch (error) {
    if (!isOrreryError(error)) throw error;
    flags.push('invalid_data');
    return undefined;
  }
}

function carriedBy(event: CloudEvent, data: unknown, scope: Scope, flags: string[]): readonly MappedEvent[] | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  const mapData = mapperFor(event, scope.mapJson);
  try {
    return mapData === undefined ? mapCarried(scope.mapJson, data, scope.payload, scope.context) : mapData(data, scope.payload, scope.context);
  } catch (error) {
    if (!isOrreryError(error)) throw error;
    flags.push('unmapped', messageOf(error));
    return undefined;
  }
}

function mapperFor(event: CloudEvent, mapJson: MapJson): MapJson | undefined {
  if (event.type.startsWith('dev.cdevents')) return mapCdevents;
  if (event.type.startsWith('dev.tekton.event.')) return mapTekton;
  if (!event.type.startsWith('com.github.')) return undefined;
  // com.github.workflow_job.completed, as the adapter in CloudEvents' specification writes it.
  const name = event.type.split('.')[2] ?? '';
  return (value, payload, context) => {
    const headers = { ...payload.headers, 'x-github-event': name, 'x-github-delivery': event.id };
    return isRecord(value) ? mapGithub(value, { ...payload, headers }, context) : mapJson(value, payload, context);
  };
}

/** What was carried keeps its format and facts; the envelope says who sent it, under which id, and when. */
function asCarried(mapped: MappedEvent, event: CloudEvent, externalId: string): MappedEvent {
  const envelope = envelopeOf(event);
  return {
    ...mapped,
    type: event.type,
    source: event.source,
    externalId,
    subject: event.subject ?? mapped.subject,
    sequence: envelope.sequence ?? mapped.sequence,
    traceparent: envelope.traceparent ?? mapped.traceparent,
    occurredAtMs: mapped.occurredAtMs ?? envelope.occurredAtMs,
    executions: mapped.executions.map((execution) => withTraceOf(event, execution)),
    flags: [...(mapped.flags ?? []), ...versionFlags(event)],
  };
}

/** The extension names the journey that an event is part of; a run that knows its own trace keeps it. */
function withTraceOf<Carried extends MappedEvent['executions'][number]>(event: CloudEvent, execution: Carried): Carried {
  const traceparent = textExtension(event, 'traceparent');
  const traceId = traceparent === undefined ? undefined : /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-/.exec(traceparent)?.[1];
  if (traceId === undefined || (execution.run.traceId ?? '') !== '') return execution;
  return { ...execution, run: { ...execution.run, traceId } };
}

function versionFlags(event: CloudEvent): readonly string[] {
  return event.specversion === '1.0' ? [] : [`specversion_${event.specversion}`];
}

function textExtension(event: CloudEvent, name: string): string | undefined {
  const value = event.extensions?.[name];
  return value === undefined || value === '' ? undefined : String(value);
}
