import { OrreryError } from '@orrery/errors';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const NEWLINE = 0x0a;

/** Larger documents than the server takes in one request need not be held. */
export const LARGEST_DOCUMENT_BYTES = 64 * 1024 * 1024;

const BLANKS: ReadonlySet<number> = new Set([0x20, 0x09, NEWLINE, 0x0d]);
/** A byte order mark in UTF-8, which may precede the first document. */
const BYTE_ORDER_MARK: ReadonlySet<number> = new Set([0xef, 0xbb, 0xbf]);
const OPENERS: ReadonlySet<number> = new Set([OPEN_BRACE, OPEN_BRACKET]);

function isBlank(byte: number): boolean {
  return BLANKS.has(byte);
}

/**
 * Cuts a stream of bytes into the JSON objects and arrays that stand in it one after the other, with or without line breaks
 * inside or between them, as pretty-printed files, `gh api --paginate` and JSON lines have them. Only brackets and strings are
 * looked at; whether a document is valid is for its reader to say.
 *
 * @throws ORRERY_VALIDATION when something else stands between documents, the input ends within one, or one is too large
 */
export async function* splitDocuments(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const splitter = new DocumentSplitter();
  for await (const chunk of chunks) yield* splitter.add(chunk);
  splitter.end();
}

class DocumentSplitter {
  private parts: Buffer[] = [];
  private partBytes = 0;
  private depth = 0;
  private isInString = false;
  private isEscaped = false;

  *add(chunk: Buffer): Generator<Buffer> {
    let start = this.depth > 0 ? 0 : -1;
    for (let index = 0; index < chunk.length; index++) {
      const byte = chunk[index] ?? 0;
      if (this.depth === 0) {
        if (BLANKS.has(byte) || BYTE_ORDER_MARK.has(byte)) continue;
        if (!OPENERS.has(byte)) throw new OrreryError('ORRERY_VALIDATION', `is not JSON: found ${JSON.stringify(String.fromCharCode(byte))} where an object or a list should begin`);
        start = index;
      }
      this.step(byte);
      if (this.depth > 0) continue;
      yield Buffer.concat([...this.parts.splice(0), chunk.subarray(start, index + 1)]);
      this.partBytes = 0;
      start = -1;
    }
    if (start >= 0) this.keep(chunk.subarray(start));
  }

  end(): void {
    if (this.depth > 0) throw new OrreryError('ORRERY_VALIDATION', 'is not JSON: it ends in the middle of a document');
  }

  private step(byte: number): void {
    if (this.isInString) {
      if (this.isEscaped) this.isEscaped = false;
      else if (byte === BACKSLASH) this.isEscaped = true;
      else if (byte === QUOTE) this.isInString = false;
    } else if (byte === QUOTE) this.isInString = true;
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) this.depth += 1;
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) this.depth -= 1;
  }

  private keep(part: Buffer): void {
    this.parts.push(part);
    this.partBytes += part.length;
    if (this.partBytes > LARGEST_DOCUMENT_BYTES) throw new OrreryError('ORRERY_LIMIT', `holds a document of more than ${LARGEST_DOCUMENT_BYTES / 1024 / 1024} MiB`);
  }
}

/** Cuts a stream of bytes into its lines, blank ones left out, each with its number from 1. */
export async function* splitLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<{ readonly number: number; readonly line: Buffer }> {
  let rest: Buffer[] = [];
  let restBytes = 0;
  let number = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      number += 1;
      const line = Buffer.concat([...rest, chunk.subarray(start, end)]);
      rest = [];
      restBytes = 0;
      start = end + 1;
      if (!line.every(isBlank)) yield { number, line };
    }
    rest.push(chunk.subarray(start));
    restBytes += chunk.length - start;
    if (restBytes > LARGEST_DOCUMENT_BYTES) throw new OrreryError('ORRERY_LIMIT', `line ${number + 1} is longer than ${LARGEST_DOCUMENT_BYTES / 1024 / 1024} MiB`);
  }
  const line = Buffer.concat(rest);
  if (!line.every(isBlank)) yield { number: number + 1, line };
}
