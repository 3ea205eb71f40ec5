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

/**
 * Finds the elements and the depth of a JSON text in one pass over its bytes, so that each element can be parsed by itself: a
 * broken one does not take its neighbours along, and its bytes stay as they came. Strings are told from structure; whether the
 * content is JSON only parsing tells.
 */
export function outlineOf(body: Uint8Array): JsonOutline {
  const start = firstByteOf(body);
  const elements: (readonly [number, number])[] | undefined = body[start] === 0x5b ? [] : undefined;
  let depth = 0;
  let deepest = 0;
  let elementStart = start + 1;
  let isBalanced = true;
  for (let index = start; index < body.length; index += 1) {
    const byte = body[index];
    if (byte === quote) {
      index = stringEnd(body, index);
    } else if (byte === 0x5b || byte === 0x7b) {
      depth += 1;
      if (depth > deepest) deepest = depth;
    } else if (byte === 0x5d || byte === 0x7d) {
      depth -= 1;
      if (depth < 0) isBalanced = false;
      if (depth === 0 && elements !== undefined) addElement(elements, body, elementStart, index);
    } else if (byte === comma && depth === 1 && elements !== undefined) {
      addElement(elements, body, elementStart, index);
      elementStart = index + 1;
    }
  }
  return { depth: deepest, elements, isBalanced: isBalanced && depth === 0 };
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

/** An array without anything in it has no elements; any other gap between commas is one, which will not parse. */
function addElement(elements: (readonly [number, number])[], body: Uint8Array, from: number, to: number): void {
  let start = from;
  let end = to;
  while (start < end && isSpace(body[start])) start += 1;
  while (end > start && isSpace(body[end - 1])) end -= 1;
  const isEmptyArray = start === end && elements.length === 0 && body[to] !== comma;
  if (!isEmptyArray) elements.push([start, end]);
}
