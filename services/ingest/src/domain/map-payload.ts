import { contentModeOf } from '@orrery/contracts';
import { isOrreryError, messageOf, OrreryError } from '@orrery/errors';
import { argoEventsMapper } from './argo/argo-events-mapper.js';
import { contentIdOfBytes } from './bytes-id.js';
import { mapCdevents } from './cdevents/cdevents-mapper.js';
import { cloudEventsMapper, looksLikeCloudEvent } from './cloudevents-mapper.js';
import { mapClusterObjects } from './cluster-object-mapper.js';
import { mapGithub } from './github/github-mapper.js';
import { firstByteOf, outlineOf } from './json-outline.js';
import { mapKestra } from './kestra/kestra-mapper.js';
import type { MapJson } from './map-json.js';
import { mapOpenLineage } from './openlineage/openlineage-mapper.js';
import { mapOtlpJson, mapOtlpProtobuf } from './otlp/otlp-mapper.js';
import { otlpFormatOf, type OtlpFormat } from './otlp/otlp-request.js';
import { isSdkSpan, otlpOfSdkSpan } from './otlp/sdk-span.js';
import { mapPrefect } from './prefect/prefect-mapper.js';
import { refuseDeep, refuseLarge, refuseMany } from './payload-limits.js';
import { prepared, type PreparedPayload } from './prepare-payload.js';
import { isTemporalArray, sniffFormat } from './sniffing.js';
import type { Format, IncomingPayload, MappedEvent, Mapper, MappingContext } from './source-event.js';
import { mapTekton } from './tekton/tekton-mapper.js';
import { mapTemporal } from './temporal/temporal-mapper.js';

const openingBrace = 0x7b;
const openingBracket = 0x5b;

const cloudEvents = cloudEventsMapper(mapJson);

const mappers: Readonly<Partial<Record<Format, Mapper>>> = {
  orrery: cloudEvents.mapStructured,
  cloudevents: cloudEvents.mapStructured,
  cdevents: mapCdevents,
  openlineage: mapOpenLineage,
  otlp_traces: (value, payload, context) => mapOtlpJson('otlp_traces', isSdkSpan(value) ? otlpOfSdkSpan(value) : value, payload, context),
  otlp_metrics: (value, payload, context) => mapOtlpJson('otlp_metrics', value, payload, context),
  otlp_logs: (value, payload, context) => mapOtlpJson('otlp_logs', value, payload, context),
  github: mapGithub,
  argo: mapClusterObjects,
  argo_events: argoEventsMapper(mapJson),
  // Events hold the object as a member, watches and listings hold it bare.
  tekton: (value, payload, context) => (sniffFormat(value, {}) === 'kubernetes' ? mapClusterObjects : mapTekton)(value, payload, context),
  kubernetes: mapClusterObjects,
  temporal: mapTemporal,
  prefect: mapPrefect,
  kestra: mapKestra,
};

/**
 * Maps one payload of any format to source events: what came, without secrets, and what it says about which runs. Formats are
 * taken from the transport where it names one, else from the content.
 *
 * The elements of an array are events of their own, each parsed and mapped alone: what is wrong with one is a flag on that one. A payload
 * of no known format is kept as `unrecognised`, without an execution. Every event returned has its `raw` bytes, redacted.
 *
 * @throws ORRERY_VALIDATION when nothing can be parsed, when JSON nests deeper than 100, or for an OTLP request of which
 *   nothing can be used; ORRERY_LIMIT (`details.httpStatus` 413) when a single event is larger than 1 MiB or a batch has more than
 *   10,000 events.
 */
export function mapPayload(incoming: IncomingPayload, context: MappingContext): readonly MappedEvent[] {
  const otlp = otlpOf(incoming);
  if (otlp !== undefined && incoming.body.byteLength === 0) return [];
  if (otlp !== undefined && isProtobuf(incoming)) return mapOtlpProtobuf(otlp, incoming, context);
  const payload = prepared(incoming);
  const mode = otlp === undefined ? contentModeOf({ ...payload.headers, 'content-type': payload.contentType }) : 'none';
  // In binary mode of CloudEvents the body is the data of one event, whatever it is.
  const isBatch = payload.firstByte === openingBracket && mode !== 'binary' && otlp === undefined;
  const mapped = isBatch ? mapElements(payload, context) : mapWhole(payload, { otlp, mode }, context);
  return mapped.map((event) => completed(event, payload));
}

function otlpOf({ format }: IncomingPayload): OtlpFormat | undefined {
  return format === 'otlp_traces' || format === 'otlp_metrics' || format === 'otlp_logs' ? format : undefined;
}

/** Kafka names no content type; a request in protobuf never starts like a JSON object. */
function isProtobuf({ body, contentType }: IncomingPayload): boolean {
  if (/^application\/json\b/i.test(contentType)) return false;
  return /protobuf/i.test(contentType) || body[firstByteOf(body)] !== openingBrace;
}

interface Whole {
  readonly otlp: OtlpFormat | undefined;
  readonly mode: ReturnType<typeof contentModeOf>;
}

function mapWhole(payload: PreparedPayload, { otlp, mode }: Whole, context: MappingContext): readonly MappedEvent[] {
  const isJson = payload.firstByte === openingBrace || payload.firstByte === openingBracket;
  if (otlp === undefined) refuseLarge(payload.body);
  if (isJson) refuseDeep(outlineOf(payload.body).depth);
  if (mode !== 'none') return cloudEvents.mapMessage(payload, context) ?? [];
  if (!isJson && !/json/i.test(payload.contentType)) return [unrecognised(payload, [])];
  const value = parsed(payload.body);
  if (otlp !== undefined) return mapOtlpJson(otlp, value, payload, context);
  return mapValue(value, payload, context);
}

function mapElements(payload: PreparedPayload, context: MappingContext): readonly MappedEvent[] {
  const { depth, elements = [], isBalanced } = outlineOf(payload.body);
  if (!isBalanced) throw new OrreryError('ORRERY_VALIDATION', 'the body is not valid JSON: its brackets do not match');
  // The array around the events is not part of any of them.
  refuseDeep(depth - 1);
  refuseMany(elements.length);
  const bodies = elements.map(([start, end]) => payload.body.subarray(start, end));
  for (const body of bodies) refuseLarge(body);
  const values = bodies.map(parsedOrError);
  const faults = values.flatMap(({ error }) => (error === undefined ? [] : [error]));
  if (faults[0] !== undefined && faults.length === values.length) throw faults[0];
  if (faults.length === 0 && values.length > 0 && isTemporalArray(values[0]?.value)) {
    refuseLarge(payload.body);
    return mapTemporal({ events: values.map(({ value }) => value) }, payload, context);
  }
  return values.flatMap((element) => mapElement(element, payload, context));
}

function mapElement({ body, value, error }: ParsedElement, batch: PreparedPayload, context: MappingContext): readonly MappedEvent[] {
  const contentType = looksLikeCloudEvent(value) ? 'application/cloudevents+json' : 'application/json';
  const payload = { ...batch, body, contentType };
  const mapped = error === undefined ? mapValue(value, payload, context) : [unrecognised(payload, ['unmapped', error.message])];
  return mapped.map((event) => completed(event, payload));
}

interface ParsedElement {
  readonly body: Uint8Array;
  readonly value?: unknown;
  readonly error?: OrreryError;
}

function parsedOrError(body: Uint8Array): ParsedElement {
  try {
    return { body, value: parsed(body) };
  } catch (error) {
    return { body, error: error as OrreryError };
  }
}

// The parser's own message quotes the content, which may hold what nobody should read.
function parsed(body: Uint8Array): unknown {
  if (body.byteLength === 0) throw new OrreryError('ORRERY_VALIDATION', 'the body is empty');
  const json = textOf(body);
  try {
    return JSON.parse(json) as unknown;
  } catch (error) {
    throw new OrreryError('ORRERY_VALIDATION', 'the body is not valid JSON', { cause: error });
  }
}

function textOf(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch (error) {
    throw new OrreryError('ORRERY_VALIDATION', 'the body is not valid UTF-8', { cause: error });
  }
}

/** Maps by the format that the transport names, then by what the content looks like; what no mapper takes is kept all the same. */
function mapValue(value: unknown, payload: PreparedPayload, context: MappingContext): readonly MappedEvent[] {
  const faults: string[] = [];
  for (const format of new Set([payload.format, sniffFormat(value, payload.headers)])) {
    const mapper = format === undefined ? undefined : mappers[format];
    if (mapper === undefined) continue;
    try {
      return mapper(value, payload, context);
    } catch (error) {
      // A fault of ours in one mapping must not cost the payload either.
      faults.push(isOrreryError(error) ? messageOf(error) : `mapping failed: ${messageOf(error)}`);
    }
  }
  return [unrecognised(payload, faults.length === 0 ? [] : ['unmapped', ...faults])];
}

/** What envelopes map their content with. */
function mapJson(value: unknown, payload: IncomingPayload, context: MappingContext): ReturnType<MapJson> {
  const format = sniffFormat(value, payload.headers);
  // A CloudEvent within a CloudEvent is no format of its own: it would never end.
  const mapper = format === undefined || format === 'cloudevents' ? undefined : mappers[format];
  if (mapper === undefined) return [unrecognised(payload, [])];
  if (otlpFormatOf(value) === undefined) return mapper(value, payload, context);
  return mapper(value, { ...payload, body: new TextEncoder().encode(JSON.stringify(value)) }, context);
}

function unrecognised({ body, contentType }: IncomingPayload, flags: readonly string[]): MappedEvent {
  return {
    format: 'unrecognised',
    type: contentType === '' ? 'unknown' : contentType,
    source: 'urn:orrery:unrecognised',
    externalId: contentIdOfBytes(body),
    executions: [],
    flags: ['unrecognised', ...flags],
  };
}

/** Every event keeps the bytes that it can be mapped from again, and what was done to them. */
function completed(event: MappedEvent, payload: PreparedPayload): MappedEvent {
  const flags = [...new Set([...(event.flags ?? []), ...payload.flags])];
  return { ...event, flags, raw: event.raw ?? { body: payload.body, contentType: payload.contentType } };
}
