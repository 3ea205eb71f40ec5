import { OrreryError } from '@orrery/errors';
import { attributesOf, cloudEventOf, type CloudEvent } from './cloud-event.js';
import { decodeHeaderValue } from './header-value.js';
import { contentTypeOf, decodeStructured, encodeData, encodeStructured, structuredContentType } from './json-format.js';
import { structuredModeOf } from './media-type.js';

const prefix = 'ce_';
/** Bridges from HTTP keep that binding's names and its percent encoding. */
const bridgedPrefix = 'ce-';

type HeaderValue = Uint8Array | string;

export interface KafkaMessage {
  readonly headers?: Readonly<Record<string, HeaderValue | readonly HeaderValue[] | undefined>>;
  readonly value: Uint8Array | null;
}

export interface EncodedKafkaMessage {
  readonly headers: Readonly<Record<string, string>>;
  readonly value: Buffer | null;
}

/**
 * Reads the event of a Kafka record in structured or binary mode, told apart by its `content-type` header.
 * A record without a value is an event without a payload.
 *
 * @throws ORRERY_VALIDATION when the record is no CloudEvent, with what is missing.
 */
export function decodeKafka({ headers = {}, value }: KafkaMessage): CloudEvent {
  const texts = headerTexts(headers);
  const contentType = texts.get('content-type');
  if (structuredModeOf(contentType) !== 'other') {
    // Kafka has no batch mode.
    if (value === null) throw new OrreryError('ORRERY_VALIDATION', 'a structured CloudEvent in Kafka needs a value');
    return decodeStructured(value);
  }
  const attributes = new Map<string, string>();
  for (const [name, text] of texts) {
    if (name.startsWith(bridgedPrefix)) attributes.set(name.slice(prefix.length), decodeHeaderValue(text));
  }
  for (const [name, text] of texts) {
    if (name.startsWith(prefix)) attributes.set(name.slice(prefix.length), text);
  }
  if (contentType !== undefined) attributes.set('datacontenttype', contentType);
  return cloudEventOf(attributes, value === null ? undefined : { kind: 'bytes', bytes: value });
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function headerTexts(headers: NonNullable<KafkaMessage['headers']>): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const [name, given] of Object.entries(headers)) {
    const lowered = name.toLowerCase();
    if (lowered !== 'content-type' && !lowered.startsWith(prefix) && !lowered.startsWith(bridgedPrefix)) continue;
    const value = isHeaderValue(given) ? given : given?.[0];
    if (value !== undefined) texts.set(lowered, typeof value === 'string' ? value : decodeUtf8(value, lowered));
  }
  return texts;
}

function isHeaderValue(given: HeaderValue | readonly HeaderValue[] | undefined): given is HeaderValue {
  return typeof given === 'string' || given instanceof Uint8Array;
}

function decodeUtf8(bytes: Uint8Array, name: string): string {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw new OrreryError('ORRERY_VALIDATION', `the header ${name} is not UTF-8`, { cause });
  }
}

/**
 * Writes an event in binary mode: attributes as `ce_` headers, the payload as the value. The record's key is the caller's.
 *
 * @throws ORRERY_VALIDATION when the event is not complete.
 */
export function encodeKafkaBinary(event: CloudEvent): EncodedKafkaMessage {
  const headers: Record<string, string> = {};
  for (const [name, value] of attributesOf(event)) headers[`${prefix}${name}`] = String(value);
  const contentType = contentTypeOf(event);
  if (contentType !== undefined) headers['content-type'] = contentType;
  return { headers, value: encodeData(event.data) ?? null };
}

/** Writes an event in structured mode. */
export function encodeKafkaStructured(event: CloudEvent): EncodedKafkaMessage {
  return { headers: { 'content-type': structuredContentType }, value: encodeStructured(event) };
}
