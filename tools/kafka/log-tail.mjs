import { open, stat } from 'node:fs/promises';

const TAIL_BYTES = 64 * 1024;
const LINES = 12;
const LINE_LENGTH = 300;
const FAULT = /\b(ERROR|FATAL)\b|Exception|^Caused by|^Error|^Unrecognized|^OpenJDK/;

/** Resolves to the size of a file in bytes; 0 when there is none. */
export async function sizeOf(file) {
  return stat(file).then((found) => found.size, () => 0);
}

/** Resolves to the lines written since `startByte` that name a fault, or else to the last lines. */
export async function faultLines(file, startByte) {
  const size = await sizeOf(file);
  // A rolled file begins anew, so that everything in it was written since.
  const from = Math.max(size < startByte ? 0 : startByte, size - TAIL_BYTES);
  if (size <= from) return [];
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - from), 0, size - from, from);
    const lines = buffer.toString('utf8', 0, bytesRead).trimEnd().split('\n');
    const faults = lines.filter((line) => FAULT.test(line));
    return (faults.length > 0 ? faults.slice(0, LINES) : lines.slice(-LINES)).map((line) => line.slice(0, LINE_LENGTH));
  } finally {
    await handle.close();
  }
}
