import { byCodeUnit } from './join.js';

/**
 * Joins two JSON objects (as text) key by key; where both tell a key, the value whose text is greater stands; what is no object
 * gives way to an object. Texts are parsed only when they differ, which is rare: nearly every event's attributes come
 * in one statement.
 */
export function joinAttributes(a: string, b: string): string {
  if (a === b) return a;
  const left = entriesOf(a);
  const right = entriesOf(b);
  if (left === null && right === null) return a >= b ? a : b;
  if (left === null || right === null) return left === null ? b : a;
  const joined = new Map(left);
  for (const [key, value] of right) {
    const known = joined.get(key);
    if (known === undefined || value > known) joined.set(key, value);
  }
  const members = [...joined].sort(([x], [y]) => byCodeUnit(x, y)).map(([key, value]) => `${JSON.stringify(key)}:${value}`);
  const text = `{${members.join(',')}}`;
  return text === a ? a : text;
}

/** The members of a JSON object with each value in canonical text; null when the text is no object. */
function entriesOf(text: string): readonly (readonly [string, string])[] | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  return Object.entries(value).map(([key, member]) => [key, canonicalJson(member)] as const);
}

/** JSON with the members of every object in ascending order, so that equal values have equal texts. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([x], [y]) => byCodeUnit(x, y));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join(',')}}`;
}
