import { OrreryError } from '@orrery/errors';

/** One source event may have this many bytes. */
export const largestEventBytes = 1024 * 1024;
/** One batch may have this many; each costs a record, however small it is. */
export const mostEventsInBatch = 10_000;
/** Arrays and objects may nest this deep. */
export const deepestJson = 100;

/** @throws ORRERY_LIMIT (413) when an event is larger than {@link largestEventBytes}. */
export function refuseLarge(body: Uint8Array): void {
  if (body.byteLength <= largestEventBytes) return;
  const details = { httpStatus: 413, sizeBytes: body.byteLength, limitBytes: largestEventBytes };
  throw new OrreryError('ORRERY_LIMIT', `an event has ${body.byteLength} bytes; at most ${largestEventBytes} are taken`, { retriable: false, details });
}

/** @throws ORRERY_LIMIT (413) when a batch has more than {@link mostEventsInBatch}. */
export function refuseMany(count: number): void {
  if (count <= mostEventsInBatch) return;
  const details = { httpStatus: 413, count, limit: mostEventsInBatch };
  throw new OrreryError('ORRERY_LIMIT', `the batch has ${count} events; at most ${mostEventsInBatch} are taken: send it in smaller parts`, { retriable: false, details });
}

/** @throws ORRERY_VALIDATION when JSON nests deeper than {@link deepestJson}. */
export function refuseDeep(depth: number): void {
  if (depth > deepestJson) throw new OrreryError('ORRERY_VALIDATION', `the JSON nests ${depth} levels deep; at most ${deepestJson} are taken`);
}
