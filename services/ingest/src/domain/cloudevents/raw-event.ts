import { isJsonMediaType, jsonDataOf, type CloudEvent } from '@orrery/contracts';
import { isOrreryError } from '@orrery/errors';
import type { MappedEvent } from '../source-event.js';

const contentType = 'application/cloudevents+json';
const dataMember = Buffer.from(',"data":');
const end = Buffer.from('}');

/** The element of a batch as an event of its own. */
export function rawOfElement(element: unknown): NonNullable<MappedEvent['raw']> {
  return { body: Buffer.from(JSON.stringify(element)), contentType };
}

/**
 * Reads the data of an event of binary mode and writes the event in structured form: its body is its data alone, and its
 * attributes would be lost with the headers. JSON data goes in as it came.
 */
export function readBinary(event: CloudEvent): { readonly read: CloudEvent; readonly raw: NonNullable<MappedEvent['raw']> } {
  const { data, extensions, ...attributes } = event;
  const members = { ...attributes, ...extensions };
  if (data?.kind !== 'bytes') return { read: event, raw: { body: Buffer.from(JSON.stringify(members)), contentType } };
  const json = parsedData(event, data.bytes);
  if (json === undefined) {
    const encoded = { ...members, data_base64: Buffer.from(data.bytes).toString('base64') };
    return { read: event, raw: { body: Buffer.from(JSON.stringify(encoded)), contentType } };
  }
  const head = Buffer.from(JSON.stringify(members)).subarray(0, -1);
  return { read: { ...event, data: json }, raw: { body: Buffer.concat([head, dataMember, data.bytes, end]), contentType } };
}

function parsedData(event: CloudEvent, bytes: Uint8Array): CloudEvent['data'] {
  // A byte order mark is fine before a document and not within one.
  if (!isJsonMediaType(event.datacontenttype ?? 'application/json') || bytes[0] === 0xef) return undefined;
  try {
    return { kind: 'json', value: jsonDataOf(event) };
  } catch (error) {
    if (!isOrreryError(error)) throw error;
    return undefined;
  }
}
