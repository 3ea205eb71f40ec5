import type { IHeaders, KafkaMessage, Message } from 'kafkajs';
import type { LogHeaders, LogRecord, OutgoingRecord, TopicPartition } from '../event-log.js';
import { carriedBytes, carriedValues, carryBytes, carryRepeated } from '../record/carried-bytes.js';

const noHeaders: LogHeaders = Object.freeze({});

/** A message as kafkajs gives it, as a record of the port. */
export function fromKafkaMessage({ topic, partition }: TopicPartition, message: KafkaMessage): LogRecord {
  return {
    topic,
    partition,
    offset: BigInt(message.offset),
    key: message.key === null ? null : carryBytes(message.key),
    value: message.value,
    headers: fromKafkaHeaders(message.headers),
    timestampMs: Number(message.timestamp),
  };
}

/** A record as kafkajs takes it, for a partition that was chosen already. */
export function toKafkaMessage({ key, value, headers }: OutgoingRecord, partition: number): Message {
  return {
    key: key === null ? null : carriedBytes(key),
    value: value === null ? null : Buffer.from(value.buffer, value.byteOffset, value.byteLength),
    partition,
    ...(headers === undefined ? {} : { headers: toKafkaHeaders(headers) }),
  };
}

function fromKafkaHeaders(headers: IHeaders | undefined): LogHeaders {
  let carried: Record<string, string> | undefined;
  for (const name in headers) {
    const value = headers[name];
    if (value === undefined) continue;
    carried ??= {};
    carried[name] = Array.isArray(value) ? carryRepeated(value.map(carryHeader)) : carryHeader(value);
  }
  return carried ?? noHeaders;
}

/** A header without a value is null on the wire; the port has no null and takes it for empty. */
function carryHeader(value: Buffer | string | null): string {
  return typeof value === 'string' || value === null ? (value ?? '') : carryBytes(value);
}

function toKafkaHeaders(headers: LogHeaders): IHeaders {
  const bytes: IHeaders = {};
  for (const [name, text] of Object.entries(headers)) {
    const values = carriedValues(text).map(carriedBytes);
    bytes[name] = values.length === 1 ? values[0] : values;
  }
  return bytes;
}
