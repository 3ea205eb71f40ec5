import { OrreryError } from '@orrery/errors';
import type { ConsumerTiming } from './consume/consumer-timing.js';
import type { EventLog } from './event-log.js';
import { KafkaEventLog } from './kafka/kafka-event-log.js';
import type { LogWarning } from './log-warning.js';
import { PostgresEventLog } from './postgres/postgres-event-log.js';

export interface EventLogOptions {
  /** The database that is the log when there is no Kafka. */
  readonly databaseUrl?: string | undefined;
  /** Bootstrap servers; with any, Kafka is the log. */
  readonly kafkaBrokers?: readonly string[] | undefined;
  /** Stands before every topic and group, so that several installations can share a backend. @default '' */
  readonly topicPrefix?: string | undefined;
  /** Names this process in the backend's own lists. @default 'orrery' */
  readonly clientId?: string | undefined;
  readonly timing?: Partial<ConsumerTiming> | undefined;
  readonly onWarning?: LogWarning | undefined;
}

/**
 * Picks the event log that is configured; it connects at first use.
 *
 * @throws ORRERY_CONFIG when there is neither a broker nor a database.
 * @example const log = createEventLog({ databaseUrl, kafkaBrokers, topicPrefix, clientId: 'baseline' });
 */
export function createEventLog({ databaseUrl, kafkaBrokers = [], ...others }: EventLogOptions): EventLog {
  const options = Object.fromEntries(Object.entries(others).filter(([, value]) => value !== undefined)) as {
    [Name in keyof typeof others]?: Exclude<(typeof others)[Name], undefined>;
  };
  if (kafkaBrokers.length > 0) return new KafkaEventLog({ ...options, brokers: kafkaBrokers });
  if (databaseUrl !== undefined) return new PostgresEventLog({ ...options, url: databaseUrl });
  throw new OrreryError('ORRERY_CONFIG', 'the event log needs either Kafka brokers or a database');
}
