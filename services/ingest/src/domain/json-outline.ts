/** The outer shape of a JSON text, found without parsing it. */
export interface JsonOutline {
  /** How deep arrays and objects nest; 0 for a scalar. */
  readonly depth: number;
  /** Where the elements of an array stand, `[start, end)` in bytes; undefined for any other value. */
  readonly elements: readonly (readonly [number, number])[] | undefined;
  /** False when brackets do not close, or close what is not open: then it is no JSON at all. */
  readonly isBalanced: boolean;
}

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const openingBracket = 0x5b;

/** By byte: what it does to the depth outside of strings. */
const depthChange = new Int8Array(256);
for (const bracket of '[{') depthChange[bracket.charCodeAt(0)] = 1;
for (const bracket of ']}') depthChange[bracket.charCodeAt(0)] = -1;

/**
 * Finds the elements and the depth of a JSON text in one pass over its bytes, so that each element can be parsed by itself: a
 * broken one does not take its neighbours along, and its bytes stay as they came. Strings are told from structure; whether the
 * content is JSON only parsing tells.
 */
export function outlineOf(body: Uint8Array): JsonOutline {
  const start = firstByteOf(body);
  const commas: number[] = [];
  let depth = 0;
  let deepest = 0;
  let shallowest = 0;
  let end = body.length;
  for (let index = start; index < body.length; index += 1) {
    const byte = body[index] ?? 0;
    const change = depthChange[byte] ?? 0;
    if (byte === quote) index = stringEnd(body, index);
    else if (byte === comma && depth === 1) commas.push(index);
    if (change === 0) continue;
    depth += change;
    deepest = Math.max(deepest, depth);
    shallowest = Math.min(shallowest, depth);
    if (depth === 0) end = index;
  }
  const elements = body[start] === openingBracket ? elementsOf(body, [start, ...commas, end]) : undefined;
  return { depth: deepest, elements, isBalanced: depth === 0 && shallowest === 0 };
}

/** What stands between the brackets and commas of an array, without the white space around it. An array without anything in it has none. */
function elementsOf(body: Uint8Array, marks: readonly number[]): readonly (readonly [number, number])[] {
  const elements = marks.slice(1).map((to, index) => trimmed(body, (marks[index] ?? 0) + 1, to));
  const [only] = elements;
  return elements.length === 1 && only !== undefined && only[0] === only[1] ? [] : elements;
}

function trimmed(body: Uint8Array, from: number, to: number): readonly [number, number] {
  let start = from;
  let end = to;
  while (start < end && isSpace(body[start])) start += 1;
  while (end > start && isSpace(body[end - 1])) end -= 1;
  return [start, end];
}

/** The position of the first byte that is no white space or byte order mark; the length when there is none. */
export function firstByteOf(body: Uint8Array): number {
  let index = body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? 3 : 0;
  while (index < body.length && isSpace(body[index])) index += 1;
  return index;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** The position of the quote that closes a string; the last byte when none does. */
function stringEnd(body: Uint8Array, from: number): number {
  let index = from + 1;
  while (index < body.length && body[index] !== quote) index += body[index] === backslash ? 2 : 1;
  return Math.min(index, body.length - 1);
}
