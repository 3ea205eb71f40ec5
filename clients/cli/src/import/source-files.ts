import { createReadStream } from 'node:fs';
import { opendir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createGunzip } from 'node:zlib';
import { OrreryError } from '@orrery/errors';
import { LARGEST_DOCUMENT_BYTES, splitDocuments, splitLines } from './json-documents.js';

/** One JSON text or protobuf message out of a file. */
export interface SourceDocument {
  readonly bytes: Buffer;
  /** For messages: the file, and the line where there are several. */
  readonly origin: string;
  readonly isProtobuf: boolean;
}

const READABLE = /\.(json|jsonl|ndjson|pb|bin)(\.gz)?$/i;
const LINES = /\.(jsonl|ndjson)(\.gz)?$/i;
const PROTOBUF = /\.(pb|bin)(\.gz)?$/i;

/** A file to be read, or a path that could not be looked at. */
export type SourceFile = { readonly path: string } | { readonly path: string; readonly fault: string };

/** Standard input among the paths. */
export const STANDARD_INPUT = '-';

/** The files that paths stand for: files as they are, folders with all readable files below them in order of their names. */
export async function* findSourceFiles(paths: readonly string[]): AsyncGenerator<SourceFile> {
  for (const path of paths) {
    if (path === STANDARD_INPUT) yield { path };
    else yield* expand(path);
  }
}

async function* expand(path: string): AsyncGenerator<SourceFile> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => error);
  if (found instanceof Error) yield { path, fault: found.code === 'ENOENT' ? 'does not exist' : `cannot be read (${found.code ?? found.message})` };
  else if (found.isDirectory()) yield* walk(path);
  else yield { path };
}

async function* walk(folder: string): AsyncGenerator<SourceFile> {
  const names: { readonly name: string; readonly isFolder: boolean }[] = [];
  try {
    for await (const entry of await opendir(folder)) names.push({ name: entry.name, isFolder: entry.isDirectory() });
  } catch (error) {
    yield { path: folder, fault: `cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})` };
  }
  for (const { name, isFolder } of names.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (isFolder) yield* walk(join(folder, name));
    else if (READABLE.test(name)) yield { path: join(folder, name) };
  }
}

/**
 * The documents of one file; gzip is undone, whatever the name says.
 *
 * @throws ORRERY_VALIDATION or ORRERY_LIMIT when the file, from some point on, cannot be cut into documents
 */
export async function* readDocuments(path: string): AsyncGenerator<SourceDocument> {
  const label = path === STANDARD_INPUT ? 'standard input' : path;
  const chunks = decompressed(path === STANDARD_INPUT ? process.stdin : createReadStream(path, { highWaterMark: 256 * 1024 }));
  try {
    if (PROTOBUF.test(path)) yield { bytes: await readAll(chunks), origin: label, isProtobuf: true };
    else if (LINES.test(path)) for await (const { number, line } of splitLines(chunks)) yield { bytes: line, origin: `${label}:${number}`, isProtobuf: false };
    else yield* numbered(splitDocuments(chunks), label);
  } catch (cause) {
    if (cause instanceof OrreryError) throw cause;
    throw new OrreryError('ORRERY_VALIDATION', `cannot be read (${(cause as NodeJS.ErrnoException).code ?? String(cause)})`, { cause });
  }
}

async function* numbered(documents: AsyncIterable<Buffer>, label: string): AsyncGenerator<SourceDocument> {
  let number = 0;
  for await (const bytes of documents) {
    number += 1;
    yield { bytes, origin: number === 1 ? label : `${label} (document ${number})`, isProtobuf: false };
  }
}

async function* decompressed(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const iterator = source[Symbol.asyncIterator]();
  const first = await iterator.next();
  if (first.done) return;
  const rest = resume(first.value, iterator);
  const isGzip = first.value[0] === 0x1f && first.value[1] === 0x8b;
  if (!isGzip) {
    yield* rest;
    return;
  }
  const gunzip = createGunzip();
  const { Readable } = await import('node:stream');
  yield* Readable.from(rest, { objectMode: false }).on('error', (error) => gunzip.destroy(error)).pipe(gunzip) as AsyncIterable<Buffer>;
}

async function* resume(first: Buffer, iterator: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
}

async function readAll(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    parts.push(chunk);
    bytes += chunk.length;
    if (bytes > LARGEST_DOCUMENT_BYTES) throw new OrreryError('ORRERY_LIMIT', `is larger than ${LARGEST_DOCUMENT_BYTES / 1024 / 1024} MiB`);
  }
  return Buffer.concat(parts);
}

/** How many files paths stand for; undefined when standard input is among them. */
export async function countFiles(paths: readonly string[]): Promise<number | undefined> {
  if (paths.includes(STANDARD_INPUT)) return undefined;
  let count = 0;
  for await (const {} of findSourceFiles(paths)) count += 1;
  return count;
}
