const binaryMark = 'base64:';
const listMark = 'list:';

/**
 * Carries the bytes of a key or header as text, without loss: text as it is; bytes that are not UTF-8, hold NUL or begin like
 * one of the marks as `base64:` and their base64. Spring's binary dead-letter headers therefore look the same on every adapter.
 *
 * @example
 * carryBytes(Buffer.from('a')) // 'a'
 * carryBytes(Buffer.from([0, 0, 0, 5])) // 'base64:AAAABQ=='
 */
export function carryBytes(bytes: Uint8Array): string {
  const buffer = asBuffer(bytes);
  const text = buffer.toString('utf8');
  const isPlain = !text.includes('\0') && !isMarked(text) && (!text.includes('\ufffd') || buffer.equals(Buffer.from(text)));
  return isPlain ? text : binaryMark + buffer.toString('base64');
}

/** The bytes that a carried text stands for; the other way round of {@link carryBytes}. */
export function carriedBytes(text: string): Buffer {
  return text.startsWith(binaryMark) ? Buffer.from(text.slice(binaryMark.length), 'base64') : Buffer.from(text);
}

/** Carries a header that a foreign producer repeated: `list:` and a JSON array of the carried values, in their order. */
export function carryRepeated(values: readonly string[]): string {
  return listMark + JSON.stringify(values);
}

/** The carried values of a header: one, or several when it was repeated. */
export function carriedValues(text: string): readonly string[] {
  if (!text.startsWith(listMark)) return [text];
  try {
    const values: unknown = JSON.parse(text.slice(listMark.length));
    if (Array.isArray(values) && values.every((value) => typeof value === 'string')) return values;
  } catch {
    // Not one of ours: a text that happens to begin like the mark.
  }
  return [text];
}

/** The text as reading it back gives it, whichever adapter it went through. */
export function canonicalText(text: string): string {
  if (text.startsWith(listMark)) {
    const values = carriedValues(text);
    const [first = ''] = values;
    if (first === text) return carryBytes(Buffer.from(text));
    return values.length === 1 ? canonicalText(first) : carryRepeated(values.map(canonicalText));
  }
  return text.includes('\0') || text.startsWith(binaryMark) ? carryBytes(carriedBytes(text)) : text;
}

function isMarked(text: string): boolean {
  return text.startsWith(binaryMark) || text.startsWith(listMark);
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
