import { OrreryError } from '@orrery/errors';
import { isJsonMediaType } from './media-type.js';
import { parseJson } from './utf8-json.js';

/** The payload of an event, in the form that the transport carried it. */
export type CloudEventData =
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array };

export type ExtensionValue = string | number | boolean;

/** An event by the CloudEvents specification: https://github.com/cloudevents/spec, version 1.0.2. */
export interface CloudEvent {
  /** 1.0, or what an older producer wrote (0.3). */
  readonly specversion: string;
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject?: string;
  /** RFC 3339 as the producer wrote it; an event without a time stays without. */
  readonly time?: string;
  readonly datacontenttype?: string;
  readonly dataschema?: string;
  /** Everything else that the producer put beside the payload. */
  readonly extensions?: Readonly<Record<string, ExtensionValue>>;
  /** Absent means no payload; a JSON null is a payload. */
  readonly data?: CloudEventData;
}

const mandatoryAttributes = ['id', 'source', 'specversion', 'type'] as const;
const optionalAttributes = ['subject', 'time', 'datacontenttype', 'dataschema'] as const;
const knownAttributes = new Set<string>([...mandatoryAttributes, ...optionalAttributes]);
const attributeName = /^[a-z0-9]+$/;

/** Attributes of version 0.3 and what the same thing is called since 1.0. */
const renamedSince03: Readonly<Record<string, string>> = { schemaurl: 'dataschema' };

/**
 * Makes an event of attributes by name; null and undefined count as absent, names that no version knows are extensions.
 *
 * @throws ORRERY_VALIDATION when a mandatory attribute is missing or empty, or a known one is not a text; names all of them.
 */
export function cloudEventOf(attributes: Iterable<readonly [string, unknown]>, data: CloudEventData | undefined): CloudEvent {
  const known: Record<string, string> = {};
  const faults: string[] = [];
  let extensions: Record<string, ExtensionValue> | undefined;
  for (const [givenName, value] of attributes) {
    if (value === null || value === undefined) continue;
    const name = Object.hasOwn(renamedSince03, givenName) ? (renamedSince03[givenName] ?? givenName) : givenName;
    if (!knownAttributes.has(name)) extensions = withExtension(extensions, name, value);
    else if (typeof value === 'string') known[name] = value;
    else faults.push(`${name} is ${Array.isArray(value) ? 'an array' : `of type ${typeof value}`}, expected a text`);
  }
  requireMandatory(known, faults);
  return {
    specversion: known.specversion,
    id: known.id,
    source: known.source,
    type: known.type,
    subject: known.subject,
    time: known.time,
    datacontenttype: known.datacontenttype,
    dataschema: known.dataschema,
    extensions,
    data,
  };
}

type KnownAttributes = Record<(typeof mandatoryAttributes)[number], string> & Partial<Record<(typeof optionalAttributes)[number], string>>;

function requireMandatory(known: Readonly<Record<string, string>>, faults: string[]): asserts known is KnownAttributes {
  for (const name of mandatoryAttributes) {
    if ((known[name] ?? '') === '' && !faults.some((fault) => fault.startsWith(`${name} `))) faults.push(`${name} is missing`);
  }
  if (faults.length > 0) throw new OrreryError('ORRERY_VALIDATION', `not a CloudEvent: ${faults.join('; ')}`);
}

function withExtension(
  extensions: Record<string, ExtensionValue> | undefined,
  name: string,
  value: unknown,
): Record<string, ExtensionValue> {
  // A record without a prototype, so that an extension called __proto__ is an entry like any other.
  const target = extensions ?? (Object.create(null) as Record<string, ExtensionValue>);
  // Version 0.3 allowed objects as extensions; their JSON keeps what they said.
  target[name] = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : JSON.stringify(value);
  return target;
}

/**
 * Lists the attributes of an event that is to be sent, without its media type, as texts by name.
 *
 * @throws ORRERY_VALIDATION when a mandatory attribute is empty or an extension's name is not lower-case letters and digits.
 */
export function attributesOf(event: CloudEvent): readonly (readonly [string, ExtensionValue])[] {
  const listed: [string, ExtensionValue][] = [];
  for (const name of mandatoryAttributes) {
    if (event[name] === '') throw new OrreryError('ORRERY_VALIDATION', `cannot send a CloudEvent without ${name}`);
    listed.push([name, event[name]]);
  }
  for (const name of optionalAttributes) {
    const value = event[name];
    if (value !== undefined && name !== 'datacontenttype') listed.push([name, value]);
  }
  for (const [name, value] of Object.entries(event.extensions ?? {})) {
    if (!attributeName.test(name) || knownAttributes.has(name) || name === 'data') {
      throw new OrreryError('ORRERY_VALIDATION', `cannot send a CloudEvent with the extension "${name}": expected [a-z0-9]+`);
    }
    listed.push([name, value]);
  }
  return listed;
}

/**
 * Reads the payload as JSON; undefined when there is none or its media type is not JSON. No media type counts as JSON.
 *
 * @throws ORRERY_VALIDATION when the media type says JSON and the bytes are not.
 */
export function jsonDataOf(event: CloudEvent): unknown {
  if (event.data === undefined) return undefined;
  if (event.data.kind === 'json') return event.data.value;
  if (!isJsonMediaType(event.datacontenttype ?? 'application/json')) return undefined;
  return parseJson(event.data.kind === 'text' ? event.data.text : event.data.bytes, 'the data of the CloudEvent');
}
