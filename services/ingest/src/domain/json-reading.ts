import { parseTimeMs } from './time.js';

/** A JSON object of unknown content. */
export type JsonRecord = Readonly<Record<string, unknown>>;

/** The value at a path of own keys, undefined where the path ends early; array positions are given as '0', '1' … */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let current = value;
  for (const key of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, key)) return undefined;
    current = (current as JsonRecord)[key];
  }
  return current;
}

/** Tells whether a value is a JSON object (not an array, not null). */
export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object at a path. */
export function record(value: unknown, ...path: readonly string[]): JsonRecord | undefined {
  const found = at(value, ...path);
  return isRecord(found) ? found : undefined;
}

/** The array at a path; empty when there is none. */
export function list(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** The objects of the array at a path; other elements are left out. */
export function records(value: unknown, ...path: readonly string[]): readonly JsonRecord[] {
  return list(value, ...path).filter(isRecord);
}

/** The keys and values of the object at a path; empty when there is none. */
export function entries(value: unknown, ...path: readonly string[]): readonly (readonly [string, unknown])[] {
  const found = record(value, ...path);
  return found === undefined ? [] : Object.entries(found);
}

/** The text at a path; undefined when it is empty or not a text. */
export function text(value: unknown, ...path: readonly string[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === 'string' && found !== '' ? storable(found) : undefined;
}

/** An id at a path: a text, or a whole number as text (GitHub numbers its objects). */
export function idText(value: unknown, ...path: readonly string[]): string | undefined {
  const found = at(value, ...path);
  return Number.isSafeInteger(found) ? String(found) : text(found);
}

/** The finite number at a path; numbers written as text count (protobuf's JSON writes int64 so). */
export function number(value: unknown, ...path: readonly string[]): number | undefined {
  const found = at(value, ...path);
  const read = typeof found === 'string' && found.trim() !== '' ? Number(found) : found;
  return typeof read === 'number' && Number.isFinite(read) ? read : undefined;
}

/** The whole number at a path that a double holds exactly; numbers written as text count. */
export function integer(value: unknown, ...path: readonly string[]): number | undefined {
  const found = number(value, ...path);
  return Number.isSafeInteger(found) ? found : undefined;
}

/** The boolean at a path. */
export function boolean(value: unknown, ...path: readonly string[]): boolean | undefined {
  const found = at(value, ...path);
  return typeof found === 'boolean' ? found : undefined;
}

/** The moment at a path in Unix ms; undefined when it is no plausible moment. */
export function timeMs(value: unknown, ...path: readonly string[]): number | undefined {
  return parseTimeMs(at(value, ...path));
}

/** The object at a path as labels: texts stay, numbers and booleans become text, everything else is left out. */
export function labels(value: unknown, ...path: readonly string[]): Record<string, string> {
  const read: Record<string, string> = {};
  for (const [key, entry] of entries(value, ...path)) {
    if (key === '__proto__') continue;
    if (typeof entry === 'string') read[storable(key)] = storable(entry);
    else if (typeof entry === 'number' || typeof entry === 'boolean') read[storable(key)] = String(entry);
  }
  return read;
}

/** The first of several readings that is there. */
export function first<Value>(...values: readonly (Value | undefined)[]): Value | undefined {
  return values.find((value) => value !== undefined);
}

/** PostgreSQL's text cannot hold U+0000, and no producer means one. */
export function storable(value: string): string {
  return value.includes('\0') ? value.replaceAll('\0', '') : value;
}
