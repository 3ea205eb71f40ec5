/** Lengths, in characters, to which strings are cut in turn until the whole is small enough. */
const STRING_LENGTHS = [65_536, 8_192, 1_024, 128] as const;
/** A list keeps so many entries at its head when cut. */
const LIST_LENGTH = 100;
const LARGEST_DEPTH = 32;

/** The first so many characters of a text, and a note on how many are gone. */
export function cutText(text: string, length: number): string {
  if (text.length <= length) return text;
  return `${text.slice(0, length)}… [${text.length - length} characters left out]`;
}

function cutValue(value: unknown, length: number, depth: number): unknown {
  if (typeof value === 'string') return cutText(value, length);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= LARGEST_DEPTH) return '[nested too deeply]';
  if (Array.isArray(value)) {
    const kept = value.slice(0, LIST_LENGTH).map((entry) => cutValue(entry, length, depth + 1));
    return value.length > LIST_LENGTH ? [...kept, `… [${value.length - LIST_LENGTH} entries left out]`] : kept;
  }
  const kept = Object.entries(value).slice(0, LIST_LENGTH);
  return Object.fromEntries(kept.map(([key, entry]) => [cutText(key, length), cutValue(entry, length, depth + 1)]));
}

/**
 * Cuts a JSON value until its text fits, the longest strings first; ids and times are short and survive.
 *
 * @returns the JSON text, or undefined when it cannot be made to fit
 */
export function shortenToFit(value: unknown, maxBytes: number): string | undefined {
  for (const length of STRING_LENGTHS) {
    const json = JSON.stringify(cutValue(value, length, 0));
    if (Buffer.byteLength(json) <= maxBytes) return json;
  }
  return undefined;
}

/**
 * Makes a plain JSON value of anything: cycles, BigInts, functions and throwing getters become words instead of exceptions.
 *
 * @param depth deeper values are replaced by a word
 */
export function toPlainValue(value: unknown, depth = LARGEST_DEPTH, seen: ReadonlySet<object> = new Set()): unknown {
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'function' || typeof value === 'symbol') return `[${typeof value}]`;
  if (typeof value !== 'object' || value === null) return value;
  if (seen.has(value)) return '[circular]';
  if (depth === 0) return '[nested too deeply]';
  try {
    return toPlainObject(value, depth - 1, new Set(seen).add(value));
  } catch (error) {
    return `[unreadable: ${error instanceof Error ? error.message : 'threw'}]`;
  }
}

function toPlainObject(value: object, depth: number, path: ReadonlySet<object>): unknown {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map((entry) => toPlainValue(entry, depth, path));
  return Object.fromEntries(Object.keys(value).map((key) => [key, toPlainValue((value as Record<string, unknown>)[key], depth, path)]));
}

const UNSTORABLE = /\\u0000|\\ud[89a-f]/i;

/**
 * Replaces what JSON can carry but databases cannot store - NUL and halves of surrogate pairs - by U+FFFD.
 *
 * @param json text made by JSON.stringify, which escapes exactly these
 */
export function withoutUnstorable(json: string): string {
  if (!UNSTORABLE.test(json)) return json;
  // An even number of backslashes before the u means that the backslash itself was escaped: a text that shows "\u0000".
  return json.replace(/(\\*)\\u(0000|d[89a-f][0-9a-f]{2})/gi, (whole, before: string) => (before.length % 2 === 0 ? `${before}\\ufffd` : whole));
}
