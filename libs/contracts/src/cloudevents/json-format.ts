import { OrreryError } from '@orrery/errors';
import { attributesOf, cloudEventOf, type CloudEvent, type CloudEventData } from './cloud-event.js';
import { isJsonMediaType } from './media-type.js';
import { parseJson } from './utf8-json.js';

export const structuredContentType = 'application/cloudevents+json; charset=utf-8';
export const batchContentType = 'application/cloudevents-batch+json; charset=utf-8';

/** One element of a batch: an event, or why it is none, with the element as it came. */
export type BatchEntry =
  | { readonly event: CloudEvent; readonly element: unknown }
  | { readonly fault: OrreryError; readonly element: unknown };

const dataMembers = new Set(['data', 'data_base64', 'datacontentencoding']);

/**
 * Reads one event from its JSON form.
 *
 * @throws ORRERY_VALIDATION when the value is no object, lacks mandatory attributes or has payload that is not as it claims.
 */
export function readJsonEvent(value: unknown): CloudEvent {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new OrreryError('ORRERY_VALIDATION', 'not a CloudEvent: expected a JSON object');
  }
  const members = value as Readonly<Record<string, unknown>>;
  const attributes = Object.entries(members).filter(([name]) => !dataMembers.has(name));
  return cloudEventOf(attributes, readData(members));
}

function readData(members: Readonly<Record<string, unknown>>): CloudEventData | undefined {
  const encoded = members.data_base64;
  const isPlain = Object.hasOwn(members, 'data');
  if (encoded !== undefined && encoded !== null) {
    if (isPlain) throw new OrreryError('ORRERY_VALIDATION', 'not a CloudEvent: data and data_base64 exclude each other');
    return { kind: 'bytes', bytes: fromBase64(encoded, 'data_base64') };
  }
  if (!isPlain) return undefined;
  // Version 0.3 marked encoded bytes with an attribute of its own.
  if (members.datacontentencoding === 'base64') return { kind: 'bytes', bytes: fromBase64(members.data, 'data') };
  const { data, datacontenttype } = members;
  if (typeof data === 'string' && typeof datacontenttype === 'string' && !isJsonMediaType(datacontenttype)) {
    return { kind: 'text', text: data };
  }
  return { kind: 'json', value: data };
}

const base64 = /^[A-Za-z0-9+/]*={0,2}$/;

function fromBase64(encoded: unknown, member: string): Uint8Array {
  if (typeof encoded !== 'string' || encoded.length % 4 !== 0 || !base64.test(encoded)) {
    throw new OrreryError('ORRERY_VALIDATION', `not a CloudEvent: ${member} is not Base64`);
  }
  return Buffer.from(encoded, 'base64');
}

/**
 * Reads one event from the bytes of its JSON form.
 *
 * @throws ORRERY_VALIDATION when they are no CloudEvent in JSON.
 */
export function decodeStructured(body: Uint8Array): CloudEvent {
  return readJsonEvent(parseJson(body, 'the structured CloudEvent'));
}

/**
 * Reads a batch from bytes; an element that is no CloudEvent does not spoil its neighbours.
 *
 * @throws ORRERY_VALIDATION when the whole is no JSON array.
 */
export function decodeBatch(body: Uint8Array): readonly BatchEntry[] {
  const batch = parseJson(body, 'the batch of CloudEvents');
  if (!Array.isArray(batch)) throw new OrreryError('ORRERY_VALIDATION', 'a batch of CloudEvents is a JSON array');
  return batch.map(readBatchElement);
}

function readBatchElement(element: unknown, index: number): BatchEntry {
  try {
    return { event: readJsonEvent(element), element };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return { fault: new OrreryError('ORRERY_VALIDATION', `[${index}] ${reason}`, { cause }), element };
  }
}

/**
 * The JSON form of an event.
 *
 * @throws ORRERY_VALIDATION when the event is not complete.
 */
export function jsonOf(event: CloudEvent): Record<string, unknown> {
  const json: Record<string, unknown> = Object.fromEntries(attributesOf(event));
  if (event.datacontenttype !== undefined) json.datacontenttype = event.datacontenttype;
  const { data } = event;
  if (data?.kind === 'json') json.data = data.value;
  else if (data?.kind === 'bytes') json.data_base64 = Buffer.from(data.bytes).toString('base64');
  else if (data?.kind === 'text') Object.assign(json, textMember(data.text, event.datacontenttype));
  return json;
}

/** Text under a JSON media type is a JSON document already; `data` would have to hold what it stands for. */
function textMember(text: string, datacontenttype: string | undefined): Record<string, unknown> {
  const isDocument = isJsonMediaType(datacontenttype ?? 'application/json');
  return { data: isDocument ? parseJson(text, 'the data of the CloudEvent') : text };
}

/** The bytes of an event's JSON form, for {@link structuredContentType}. */
export function encodeStructured(event: CloudEvent): Buffer {
  return Buffer.from(JSON.stringify(jsonOf(event)));
}

/** The bytes of a batch, for {@link batchContentType}. */
export function encodeBatch(events: readonly CloudEvent[]): Buffer {
  return Buffer.from(JSON.stringify(events.map(jsonOf)));
}

/** The payload as bytes, for the binary mode; undefined when the event has none. */
export function encodeData(data: CloudEventData | undefined): Buffer | undefined {
  if (data === undefined) return undefined;
  if (data.kind === 'bytes') return Buffer.from(data.bytes.buffer, data.bytes.byteOffset, data.bytes.byteLength);
  return Buffer.from(data.kind === 'text' ? data.text : JSON.stringify(data.value));
}

/** The media type of the payload in binary mode: what the event says, or the one that its JSON form implied. */
export function contentTypeOf(event: CloudEvent): string | undefined {
  return event.datacontenttype ?? (event.data?.kind === 'json' ? 'application/json' : undefined);
}
