import { OrreryError } from '@orrery/errors';

const lengthBytes = 4;

/** Byte arrays one after the other, each after its length. */
export function framed(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + lengthBytes + part.length, 0));
  const view = new DataView(whole.buffer);
  let at = 0;
  for (const part of parts) {
    view.setUint32(at, part.length);
    whole.set(part, at + lengthBytes);
    at += lengthBytes + part.length;
  }
  return whole;
}

/** What {@link framed} put together. @throws ORRERY_VALIDATION when the bytes end within a part. */
export function unframed(bytes: Uint8Array): readonly Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + lengthBytes <= bytes.length ? at + lengthBytes + view.getUint32(at) : Number.POSITIVE_INFINITY;
    if (end > bytes.length) throw new OrreryError('ORRERY_VALIDATION', `framed bytes end at ${bytes.length}, within the part from byte ${at}`);
    parts.push(bytes.subarray(at + lengthBytes, end));
    at = end;
  }
  return parts;
}
