import { OrreryError } from '@orrery/errors';
import type { OutgoingRecord } from '../event-log.js';

/** The largest value with its key and headers: leaves room for a 1 MiB event with everything around it. */
export const maxRecordBytes = 4 * 1024 * 1024;

/** Refuses a record that no adapter would take, before any of its batch is sent. @throws ORRERY_LIMIT when it is too large. */
export function assertRecordSize(record: OutgoingRecord): void {
  const sizeBytes = recordSizeBytes(record);
  if (sizeBytes <= maxRecordBytes) return;
  throw new OrreryError('ORRERY_LIMIT', `a record for ${record.topic} has ${sizeBytes} bytes, at most ${maxRecordBytes} are allowed`, {
    retriable: false,
    details: { topic: record.topic, sizeBytes, maxRecordBytes },
  });
}

/** Roughly what a record weighs: value, key and headers as UTF-16 units, which is at most a third too little. */
export function recordSizeBytes(record: Pick<OutgoingRecord, 'key' | 'value' | 'headers'>): number {
  let sizeBytes = (record.value?.byteLength ?? 0) + (record.key?.length ?? 0);
  for (const name in record.headers) sizeBytes += name.length + (record.headers[name]?.length ?? 0);
  return sizeBytes;
}
