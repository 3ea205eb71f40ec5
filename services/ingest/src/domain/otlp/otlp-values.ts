import { isRecord, list, number, records, text } from '../json-reading.js';
import { earliestPlausibleMs, latestPlausibleMs } from '../time.js';

/*
 * A request is read in one shape whether it came as protobuf or as JSON: the generated messages have the names of OTLP/JSON.
 * Only ids (bytes or hex), 64-bit numbers (bigint or text) and the variants of AnyValue differ, and those are read here.
 */

/** What an attribute may hold; times, ids and texts all arrive as one of these. */
export type AttributeValue = string | number | boolean | null | readonly AttributeValue[] | { readonly [key: string]: AttributeValue };

/** Attributes by name; without a prototype, since names come from outside. */
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** Nested deeper than this, a value is left out: nothing reads it, and the reader must not run out of stack. */
const deepestValue = 32;

/** The value of an AnyValue; null where it holds none. */
export function anyValue(value: unknown, depth = 0): AttributeValue {
  if (!isRecord(value) || depth > deepestValue) return null;
  const variant = variantOf(value);
  return variant === undefined ? null : readers[variant[0]](variant[1], depth);
}

const readers: Readonly<Record<(typeof variants)[number], (content: unknown, depth: number) => AttributeValue>> = {
  stringValue: (content) => (typeof content === 'string' ? storableText(content) : null),
  boolValue: (content) => (typeof content === 'boolean' ? content : null),
  intValue: wholeNumber,
  doubleValue: (content) => number(content) ?? null,
  arrayValue: (content, depth) => list(content, 'values').map((entry) => anyValue(entry, depth + 1)),
  kvlistValue: (content, depth) => attributes(records(content, 'values'), depth + 1),
  bytesValue: (content) => (isBytes(content) ? Buffer.from(content).toString('base64') : (text(content) ?? null)),
};

function isBytes(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value);
}

const variants = ['stringValue', 'boolValue', 'intValue', 'doubleValue', 'arrayValue', 'kvlistValue', 'bytesValue'] as const;

function variantOf(value: Readonly<Record<string, unknown>>): readonly [(typeof variants)[number], unknown] | undefined {
  // The generated message holds {value: {case, value}}, JSON the variant's own name.
  const held = isRecord(value.value) ? value.value : undefined;
  const name = variants.find((variant) => (held === undefined ? Object.hasOwn(value, variant) : held.case === variant));
  return name === undefined ? undefined : [name, held === undefined ? value[name] : held.value];
}

/** Beyond what a double holds exactly the digits stay as text. */
function wholeNumber(value: unknown): AttributeValue {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  const read = number(value);
  if (read === undefined) return null;
  return Number.isSafeInteger(read) || typeof value !== 'string' ? read : value;
}

/** The attributes of a list of KeyValue; of a name that comes twice, the last. */
export function attributes(keyValues: readonly unknown[], depth = 0): Attributes {
  const read: Record<string, AttributeValue> = Object.create(null) as Record<string, AttributeValue>;
  for (const keyValue of keyValues) {
    const key = text(keyValue, 'key');
    if (key !== undefined && isRecord(keyValue)) read[key] = anyValue(keyValue.value, depth);
  }
  return read;
}

/** An id as hex in small letters; undefined unless it has that many bytes and is not all zeros. */
export function hexId(value: unknown, byteLength: number): string | undefined {
  if (isBytes(value)) {
    return value.length === byteLength && value.some((byte) => byte !== 0) ? Buffer.from(value).toString('hex') : undefined;
  }
  if (typeof value !== 'string' || value.length !== byteLength * 2 || !/^[0-9a-fA-F]+$/.test(value) || /^0+$/.test(value)) return undefined;
  return value.toLowerCase();
}

/** A time in nanoseconds as Unix ms with a fraction; undefined for 0 (not told) and for what is no plausible moment. */
export function nanosecondsMs(value: unknown): number | undefined {
  const nanoseconds = typeof value === 'bigint' ? value : bigintOf(value);
  if (nanoseconds === undefined || nanoseconds <= 0n) return undefined;
  const milliseconds = Number(nanoseconds / 1_000_000n) + Number(nanoseconds % 1_000_000n) / 1e6;
  return milliseconds >= earliestPlausibleMs && milliseconds < latestPlausibleMs ? milliseconds : undefined;
}

function bigintOf(value: unknown): bigint | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? BigInt(Math.trunc(value)) : undefined;
  return typeof value === 'string' && /^\d{1,20}$/.test(value) ? BigInt(value) : undefined;
}

/** The text among some attributes: the first of the names that holds one; numbers and booleans are written out. */
export function textAttribute(from: Attributes, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = from[name];
    if (typeof value === 'string' && value !== '') return value;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  }
  return undefined;
}

/** The finite number among some attributes, also one written as text. */
export function numberAttribute(from: Attributes, ...names: readonly string[]): number | undefined {
  for (const name of names) {
    const value = number(from[name]);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** The text that stands for an attribute of any type: JSON where it is no text itself. */
export function shownAttribute(from: Attributes, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = from[name];
    if (value === undefined || value === null || value === '') continue;
    return typeof value === 'string' ? value : JSON.stringify(value);
  }
  return undefined;
}

/** A text that PostgreSQL can hold: U+0000 and halves of surrogate pairs become U+FFFD. */
export function storableText(value: string): string {
  return unstorable.test(value) ? value.replaceAll(new RegExp(unstorable, 'gu'), '\ufffd') : value;
}

const unstorable = /\0|\p{Surrogate}/u;

/** The start of a text that may be very long, marked where it was cut; never half a character. */
export function clipped(value: string | undefined, longest: number): string | undefined {
  if (value === undefined || value.length <= longest) return value;
  const isPairCut = (value.charCodeAt(longest - 1) & 0xfc00) === 0xd800;
  return `${value.slice(0, isPairCut ? longest - 1 : longest)}…`;
}
