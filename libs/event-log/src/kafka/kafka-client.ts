import { isOrreryError, messageOf, OrreryError } from '@orrery/errors';
import { Kafka, logLevel, type KafkaConfig, type LogEntry } from 'kafkajs';
import type { LogWarning } from '../log-warning.js';
import { registerKafkaCodecs } from './kafka-codecs.js';
import { letRequestQueuesRest } from './kafka-request-queue.js';

export interface KafkaConnectionOptions {
  /** `host:port` of some brokers; the others are found through them. */
  readonly brokers: readonly string[];
  /** @default 'orrery' */
  readonly clientId?: string;
  readonly ssl?: KafkaConfig['ssl'];
  readonly sasl?: KafkaConfig['sasl'];
  readonly onWarning?: LogWarning;
}

/** What a caller waits for the log at most before it is told that the log is down. */
export const answerLimitMs = 4_500;

/**
 * A client of its own for each producer, admin and consumer: kafkajs keeps committed offsets of a group in the client, and two
 * consumers of one group would overwrite each other's.
 */
export function kafkaClient({ brokers, clientId = 'orrery', ssl, sasl, onWarning }: KafkaConnectionOptions): Kafka {
  registerKafkaCodecs();
  letRequestQueuesRest();
  return new Kafka({
    brokers: [...brokers],
    clientId,
    connectionTimeout: 2_000,
    requestTimeout: 10_000,
    // Gives up within about 2.5 s: whoever waits is told, and comes again.
    retry: { initialRetryTime: 100, maxRetryTime: 800, retries: 5 },
    logLevel: logLevel.WARN,
    logCreator: () => (entry) => warnOf(entry, onWarning),
    ...(ssl === undefined ? {} : { ssl }),
    ...(sasl === undefined ? {} : { sasl }),
  });
}

/**
 * Says what an error of kafkajs means: ORRERY_LIMIT when the broker finds a record too large, else ORRERY_DEPENDENCY.
 * Errors of our own pass.
 */
export function kafkaError(what: string, error: unknown): OrreryError {
  if (isOrreryError(error)) return error;
  const type = typeOf(error);
  const isTooLarge = type === 'MESSAGE_TOO_LARGE' || type === 'RECORD_LIST_TOO_LARGE';
  const code = isTooLarge ? 'ORRERY_LIMIT' : 'ORRERY_DEPENDENCY';
  return new OrreryError(code, `${what} failed: ${messageOf(error)}`, { retriable: !isTooLarge, cause: error, ...(type === undefined ? {} : { details: { kafka: type } }) });
}

/** The protocol's name of an error, also through the retries that wrapped it. */
function typeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { type, cause } = error as { type?: unknown; cause?: unknown };
  return typeof type === 'string' ? type : typeOf(cause);
}

function warnOf({ namespace, log }: LogEntry, onWarning: LogWarning | undefined): void {
  const told = Object.entries(log).filter(([name]) => !['message', 'timestamp', 'logger', 'stack'].includes(name));
  onWarning?.(`kafkajs ${namespace}: ${log.message}`, Object.fromEntries(told));
}
