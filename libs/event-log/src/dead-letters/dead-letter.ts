import { deadLetterTopicOf } from '@orrery/contracts';
import { isOrreryError, messageOf } from '@orrery/errors';
import type { LogHeaders, LogRecord, OutgoingRecord, TopicPartition } from '../event-log.js';
import { carriedBytes, carryBytes } from '../record/carried-bytes.js';
import type { DeadLetterReason } from '../telemetry/log-metrics.js';
import { deadLetterHeaderNames, deadLetterHeaders as names } from './dead-letter-headers.js';

const maxMessageLength = 1_000;

/** What was wrong with a record, and for whom. */
export interface Fault {
  readonly groupId: string;
  readonly reason: DeadLetterReason;
  readonly error: unknown;
}

/**
 * A record of a dead-letter topic, read back. After a crash or a takeover one original can be there twice: topic, partition, offset
 * and group of the original tell.
 */
export interface DeadLetter {
  /** Where the dead letter itself lies. */
  readonly at: TopicPartition & { readonly offset: bigint };
  readonly original: TopicPartition & {
    readonly offset: bigint;
    readonly timestampMs: number;
    readonly key: string | null;
    readonly value: Uint8Array | null;
    readonly headers: LogHeaders;
  };
  readonly groupId: string;
  readonly reason: string;
  readonly errorCode: string;
  readonly errorName: string;
  readonly errorMessage: string;
}

/** Makes the dead letter of a record: its key, value and headers as they were, and the cause in further headers. */
export function toDeadLetter(record: LogRecord, { groupId, reason, error }: Fault): OutgoingRecord {
  return {
    topic: deadLetterTopicOf(record.topic).name,
    key: record.key,
    value: record.value,
    headers: {
      ...record.headers,
      [names.originalTopic]: record.topic,
      [names.originalPartition]: carryInt32(record.partition),
      [names.originalOffset]: carryInt64(record.offset),
      [names.originalTimestamp]: carryInt64(BigInt(Math.trunc(record.timestampMs))),
      [names.consumerGroup]: groupId,
      [names.exceptionName]: error instanceof Error ? error.name : typeof error,
      [names.exceptionMessage]: messageOf(error).slice(0, maxMessageLength),
      [names.errorCode]: isOrreryError(error) ? error.code : 'UNKNOWN',
      [names.reason]: reason,
    },
  };
}

/** Reads a dead letter back; null when the record is none (someone else wrote it). */
export function fromDeadLetter(record: LogRecord): DeadLetter | null {
  const { headers } = record;
  const topic = headers[names.originalTopic];
  const partition = readInt(headers[names.originalPartition]);
  const offset = readInt(headers[names.originalOffset]);
  if (topic === undefined || partition === null || offset === null) return null;
  const kept = Object.entries(headers).filter(([name]) => !deadLetterHeaderNames.has(name));
  return {
    at: { topic: record.topic, partition: record.partition, offset: record.offset },
    original: {
      topic,
      partition: Number(partition),
      offset,
      timestampMs: Number(readInt(headers[names.originalTimestamp]) ?? 0n),
      key: record.key,
      value: record.value,
      headers: Object.fromEntries(kept),
    },
    groupId: headers[names.consumerGroup] ?? '',
    reason: headers[names.reason] ?? 'unknown',
    errorCode: headers[names.errorCode] ?? 'UNKNOWN',
    errorName: headers[names.exceptionName] ?? '',
    errorMessage: headers[names.exceptionMessage] ?? '',
  };
}

function carryInt32(value: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return carryBytes(bytes);
}

function carryInt64(value: bigint): string {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return carryBytes(bytes);
}

function readInt(text: string | undefined): bigint | null {
  if (text === undefined) return null;
  const bytes = carriedBytes(text);
  if (bytes.length === 4) return BigInt(bytes.readInt32BE());
  return bytes.length === 8 ? bytes.readBigInt64BE() : null;
}
