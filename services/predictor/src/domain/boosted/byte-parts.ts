import { OrreryError } from '@orrery/errors';

const lengthBytes = 4;

/** Puts byte strings behind one another so that {@link splitParts} finds them again. */
export function joinParts(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + lengthBytes + length, 0));
  const view = new DataView(whole.buffer);
  let at = 0;
  for (const part of parts) {
    view.setUint32(at, part.length);
    whole.set(part, at + lengthBytes);
    at += lengthBytes + part.length;
  }
  return whole;
}

/** @throws ORRERY_VALIDATION when the bytes end early. */
export function splitParts(bytes: Uint8Array): readonly Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = at + lengthBytes <= bytes.length ? view.getUint32(at) : Number.POSITIVE_INFINITY;
    at += lengthBytes;
    if (at + length > bytes.length) throw new OrreryError('ORRERY_VALIDATION', `a stored model of ${bytes.length} bytes ends within one of its parts`);
    parts.push(bytes.subarray(at, at + length));
    at += length;
  }
  return parts;
}
