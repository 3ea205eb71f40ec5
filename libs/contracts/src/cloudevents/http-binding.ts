import { attributesOf, cloudEventOf, type CloudEvent } from './cloud-event.js';
import { decodeHeaderValue, encodeHeaderValue } from './header-value.js';
import {
  batchContentType,
  contentTypeOf,
  decodeBatch,
  decodeStructured,
  encodeBatch,
  encodeData,
  encodeStructured,
  structuredContentType,
} from './json-format.js';
import { structuredModeOf } from './media-type.js';

const prefix = 'ce-';

export interface HttpMessage {
  /** As Node gives them; the case of names does not count. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Uint8Array;
}

export interface EncodedHttpMessage {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/**
 * Reads the events of an HTTP message in structured, batched or binary mode, told apart by its content type.
 *
 * @throws ORRERY_VALIDATION when any of them is no CloudEvent, with what is missing; `decodeBatch` keeps the good ones of a batch.
 */
export function decodeHttp({ headers, body }: HttpMessage): readonly CloudEvent[] {
  const lowered = lowerCased(headers);
  const mode = structuredModeOf(lowered.get('content-type'));
  if (mode === 'structured') return [decodeStructured(body)];
  if (mode === 'other') return [decodeHttpBinary(lowered, body)];
  return decodeBatch(body).map((entry) => {
    if ('fault' in entry) throw entry.fault;
    return entry.event;
  });
}

function decodeHttpBinary(headers: ReadonlyMap<string, string>, body: Uint8Array): CloudEvent {
  const attributes: [string, string][] = [];
  for (const [name, value] of headers) {
    // The media type has its own header, and the binding forbids the double.
    if (name.startsWith(prefix) && name !== 'ce-datacontenttype') attributes.push([name.slice(prefix.length), decodeHeaderValue(value)]);
  }
  const contentType = headers.get('content-type');
  if (contentType !== undefined) attributes.push(['datacontenttype', contentType]);
  // HTTP cannot tell an empty payload from none.
  return cloudEventOf(attributes, body.length === 0 ? undefined : { kind: 'bytes', bytes: body });
}

function lowerCased(headers: HttpMessage['headers']): ReadonlyMap<string, string> {
  const lowered = new Map<string, string>();
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) lowered.set(name.toLowerCase(), typeof value === 'string' ? value : value.join(', '));
  }
  return lowered;
}

/**
 * Writes an event in binary mode: attributes as headers, the payload as the body.
 *
 * @throws ORRERY_VALIDATION when the event is not complete.
 */
export function encodeHttpBinary(event: CloudEvent): EncodedHttpMessage {
  const headers: Record<string, string> = {};
  for (const [name, value] of attributesOf(event)) headers[`${prefix}${name}`] = encodeHeaderValue(String(value));
  const contentType = contentTypeOf(event);
  if (contentType !== undefined) headers['content-type'] = contentType;
  return { headers, body: encodeData(event.data) ?? Buffer.alloc(0) };
}

/** Writes an event in structured mode. */
export function encodeHttpStructured(event: CloudEvent): EncodedHttpMessage {
  return { headers: { 'content-type': structuredContentType }, body: encodeStructured(event) };
}

/** Writes events in batched mode, which is only for receivers that asked for it. */
export function encodeHttpBatch(events: readonly CloudEvent[]): EncodedHttpMessage {
  return { headers: { 'content-type': batchContentType }, body: encodeBatch(events) };
}
