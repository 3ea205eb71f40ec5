import { deadLetterTopicOf, type TopicDefinition } from '@orrery/contracts';
import { Breaker } from '../consume/breaker.js';
import { ConsumerStatus } from '../consume/consumer-status.js';
import { defaultConsumerTiming, type ConsumerTiming } from '../consume/consumer-timing.js';
import { PartitionProcessor } from '../consume/partition-processor.js';
import { resolveSubscription } from '../consume/resolved-subscription.js';
import type { EventLog, LogConsumer, LogRecord, OutgoingRecord, PartitionLag, Subscription, TopicPartition } from '../event-log.js';
import type { LogWarning } from '../log-warning.js';
import { assertRecordSize } from '../record/record-size.js';
import { LogMetrics } from '../telemetry/log-metrics.js';
import { LogTracing } from '../telemetry/log-tracing.js';
import { ChangeListener } from './change-listener.js';
import { GroupStore } from './group-store.js';
import { LogDatabase } from './log-database.js';
import { LogJanitor } from './log-janitor.js';
import { PostgresConsumer } from './postgres-consumer.js';
import { RecordAppender } from './record-appender.js';
import { RecordReader } from './record-reader.js';
import { TopicRegistry } from './topic-registry.js';

const readLimitBytes = 32 * 1024 * 1024;

export interface PostgresEventLogOptions {
  readonly url: string;
  /** The log's own schema. @default 'event_log' */
  readonly schema?: string;
  /** Taken when the server has it. @default 'orrery_app' */
  readonly role?: string;
  /** Stands before every topic and group in the tables. @default '' */
  readonly topicPrefix?: string;
  /** @default 'orrery' */
  readonly clientId?: string;
  /** Connections, beside one that listens. @default 8 */
  readonly poolSize?: number;
  readonly timing?: Partial<ConsumerTiming>;
  readonly onWarning?: LogWarning;
}

/** The event log as tables of a PostgreSQL database. */
export class PostgresEventLog implements EventLog {
  readonly #database: LogDatabase;
  readonly #topics: TopicRegistry;
  readonly #appender: RecordAppender;
  readonly #reader: RecordReader;
  readonly #groups: GroupStore;
  readonly #listener: ChangeListener;
  readonly #janitor: LogJanitor;
  readonly #tracing: LogTracing;
  readonly #metrics = new LogMetrics();
  readonly #timing: ConsumerTiming;
  readonly #prefix: string;
  readonly #warn: LogWarning;
  readonly #consumers = new Set<LogConsumer>();

  constructor(options: PostgresEventLogOptions) {
    const { schema = 'event_log', topicPrefix = '', clientId = 'orrery', poolSize = 8, timing, onWarning } = options;
    this.#prefix = topicPrefix;
    this.#timing = { ...defaultConsumerTiming, ...timing };
    this.#warn = onWarning ?? (() => undefined);
    this.#database = new LogDatabase({ ...options, schema, poolSize, applicationName: `${clientId} log` });
    this.#topics = new TopicRegistry(this.#database, topicPrefix);
    this.#appender = new RecordAppender(this.#database, this.#topics);
    this.#reader = new RecordReader(this.#database);
    this.#groups = new GroupStore(this.#database);
    this.#listener = new ChangeListener(this.#database);
    this.#janitor = new LogJanitor(this.#database, this.#warn);
    this.#tracing = new LogTracing('postgresql', clientId);
  }

  async ensureTopics(topics: readonly TopicDefinition[]): Promise<void> {
    await this.#topics.ensure(topics);
    this.#janitor.start();
  }

  async append(records: readonly OutgoingRecord[]): Promise<void> {
    if (records.length === 0) return;
    records.forEach(assertRecordSize);
    await this.#tracing.append(records, (traced) => this.#appender.append(traced));
  }

  async subscribe<Value>(subscription: Subscription<Value>): Promise<LogConsumer> {
    const resolved = resolveSubscription(subscription);
    const { groupId, topics, onBreakerOpen } = resolved;
    const partitions = (await Promise.all(topics.map((topic) => this.#topics.partitionsOf(topic)))).flat();
    await this.#topics.ensure(await this.#missing(topics.map(deadLetterTopicOf)));
    this.#janitor.start();
    const breaker = new Breaker();
    const consumer: PostgresConsumer<Value> = new PostgresConsumer(resolved, {
      ...{ store: this.#groups, reader: this.#reader, listener: this.#listener, timing: this.#timing, warn: this.#warn, partitions },
      status: new ConsumerStatus((reason) => onBreakerOpen?.(reason)),
      stored: { groupId: this.#prefix + groupId, topics: topics.map((topic) => this.#topics.storedName(topic)) },
      processorFor: (at) =>
        new PartitionProcessor(at, resolved, {
          ...{ breaker, tracing: this.#tracing, metrics: this.#metrics, timing: this.#timing.retry, random: Math.random },
          appendDeadLetters: (records) => this.#appender.append(records),
        }),
      onStopped: () => {
        stopReporting();
        this.#consumers.delete(consumer);
      },
    });
    const stopReporting = this.#metrics.observeLag(groupId, () => consumer.lags());
    this.#consumers.add(consumer);
    await consumer.start();
    return consumer;
  }

  async lag(groupId: string, topics: readonly string[]): Promise<readonly PartitionLag[]> {
    const partitions = (await Promise.all(topics.map((topic) => this.#topics.partitionsOf(topic)))).flat();
    const bounds = await this.#reader.bounds(partitions);
    const positions = await this.#groups.positions(this.#prefix + groupId, partitions.map(({ partitionId }) => partitionId));
    return bounds.map(({ topic, partition, partitionId, start, end }) => {
      const position = positions.get(partitionId) ?? start;
      return { topic, partition, position, end, lag: end > position ? end - position : 0n };
    });
  }

  async read({ topic, partition }: TopicPartition, fromOffset: bigint, limit: number): Promise<readonly LogRecord[]> {
    const at = (await this.#topics.partitionsOf(topic)).find((known) => known.partition === partition);
    return at === undefined ? [] : this.#reader.page(at, fromOffset, { records: limit, bytes: readLimitBytes });
  }

  async offsets(topic: string): Promise<readonly (TopicPartition & { readonly start: bigint; readonly end: bigint })[]> {
    const bounds = await this.#reader.bounds(await this.#topics.findPartitions(topic));
    return bounds.map(({ partition, start, end }) => ({ topic, partition, start, end }));
  }

  topics(): Promise<readonly string[]> {
    return this.#topics.list();
  }

  async ping(): Promise<void> {
    await this.#database.query('reaching the log', { name: 'log_ping', text: 'select 1' }, []);
  }

  /** Removes what the topics no longer keep; runs by itself once a minute. Resolves with the number of records removed. */
  enforceRetention(): Promise<number> {
    return this.#janitor.enforce();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#consumers].map((consumer) => consumer.stop()));
    await this.#janitor.stop();
    await this.#listener.close();
    await this.#database.close();
  }

  async #missing(topics: readonly TopicDefinition[]): Promise<readonly TopicDefinition[]> {
    const known = await Promise.all(topics.map(({ name }) => this.#topics.findPartitions(name)));
    return topics.filter((_, index) => known[index]?.length === 0);
  }
}
