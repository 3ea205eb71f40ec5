import { OrreryError } from '@orrery/errors';
import { checksum } from '../gbdt/checksum.js';

const lengthBytes = 4;

/** Byte arrays one after the other, each after its length, and a checksum over all. */
export function framed(parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + lengthBytes + part.length, 0);
  const whole = new Uint8Array(length + lengthBytes);
  const view = new DataView(whole.buffer);
  let at = 0;
  for (const part of parts) {
    view.setUint32(at, part.length);
    whole.set(part, at + lengthBytes);
    at += lengthBytes + part.length;
  }
  view.setUint32(length, checksum(whole.subarray(0, length)));
  return whole;
}

/** What {@link framed} put together. @throws ORRERY_VALIDATION when the bytes were cut or changed. */
export function unframed(bytes: Uint8Array): readonly Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = bytes.length - lengthBytes;
  if (end < 0 || view.getUint32(end) !== checksum(bytes.subarray(0, end))) throw damaged(`of ${bytes.length} bytes the checksum differs`);
  const parts: Uint8Array[] = [];
  for (let at = 0; at < end; ) {
    const partEnd = at + lengthBytes <= end ? at + lengthBytes + view.getUint32(at) : Number.POSITIVE_INFINITY;
    if (partEnd > end) throw damaged(`they end within the part from byte ${at}`);
    parts.push(bytes.subarray(at + lengthBytes, partEnd));
    at = partEnd;
  }
  return parts;
}

function damaged(why: string): OrreryError {
  return new OrreryError('ORRERY_VALIDATION', `framed bytes cannot be read: ${why}`);
}
