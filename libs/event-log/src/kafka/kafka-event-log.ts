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
import { KafkaAdmin } from './kafka-admin.js';
import { KafkaAppender } from './kafka-appender.js';
import type { KafkaConnectionOptions } from './kafka-client.js';
import { KafkaConsumer } from './kafka-consumer.js';
import { KafkaReader } from './kafka-reader.js';
import { KafkaTopics, type TopicBounds } from './kafka-topics.js';

export interface KafkaEventLogOptions extends KafkaConnectionOptions {
  /** Stands before every topic and group on the broker. @default '' */
  readonly topicPrefix?: string;
  /** Of topics that are created; -1 takes the broker's default. @default -1 */
  readonly replicationFactor?: number;
  /** @default 'none' */
  readonly compression?: 'none' | 'gzip';
  readonly timing?: Partial<ConsumerTiming>;
}

/** The event log on Apache Kafka, through kafkajs. */
export class KafkaEventLog implements EventLog {
  readonly #admin: KafkaAdmin;
  readonly #topics: KafkaTopics;
  readonly #appender: KafkaAppender;
  readonly #reader: KafkaReader;
  readonly #tracing: LogTracing;
  readonly #metrics = new LogMetrics();
  readonly #timing: ConsumerTiming;
  readonly #warn: LogWarning;
  readonly #consumers = new Set<LogConsumer>();

  constructor(private readonly options: KafkaEventLogOptions) {
    const { topicPrefix = '', clientId = 'orrery', replicationFactor = -1, compression = 'none', timing, onWarning } = options;
    this.#timing = { ...defaultConsumerTiming, ...timing };
    this.#warn = onWarning ?? (() => undefined);
    this.#admin = new KafkaAdmin(options);
    this.#topics = new KafkaTopics(this.#admin, topicPrefix, replicationFactor);
    this.#appender = new KafkaAppender(options, this.#topics, compression);
    this.#reader = new KafkaReader(options, (topic) => this.#topics.brokerName(topic));
    this.#tracing = new LogTracing('kafka', clientId);
  }

  ensureTopics(topics: readonly TopicDefinition[]): Promise<void> {
    return this.#topics.ensure(topics);
  }

  async append(records: readonly OutgoingRecord[]): Promise<void> {
    if (records.length === 0) return;
    records.forEach(assertRecordSize);
    await this.#tracing.append(records, (traced) => this.#appender.append(traced));
  }

  async subscribe<Value>(subscription: Subscription<Value>): Promise<LogConsumer> {
    const resolved = resolveSubscription(subscription);
    const { groupId, topics, onBreakerOpen } = resolved;
    for (const topic of topics) await this.#topics.partitionCount(topic);
    await this.#topics.ensure(topics.map(deadLetterTopicOf));
    const breaker = new Breaker();
    const consumer: KafkaConsumer<Value> = new KafkaConsumer(resolved, {
      ...{ connection: this.options, topics: this.#topics, timing: this.#timing, warn: this.#warn },
      status: new ConsumerStatus((reason) => onBreakerOpen?.(reason)),
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
    consumer.start();
    return consumer;
  }

  async lag(groupId: string, topics: readonly string[]): Promise<readonly PartitionLag[]> {
    const lags = await Promise.all(
      topics.map(async (topic) => {
        const [bounds, committed] = await Promise.all([this.#topics.bounds(topic), this.#topics.committed(groupId, topic)]);
        return bounds.map(({ partition, start, end }) => {
          const position = committed.get(partition) ?? start;
          return { topic, partition, position, end, lag: end > position ? end - position : 0n };
        });
      }),
    );
    return lags.flat();
  }

  async read({ topic, partition }: TopicPartition, fromOffset: bigint, limit: number): Promise<readonly LogRecord[]> {
    const bounds = (await this.#topics.bounds(topic)).find((one) => one.partition === partition);
    return bounds === undefined ? [] : this.#reader.read(bounds, fromOffset, limit);
  }

  async offsets(topic: string): Promise<readonly TopicBounds[]> {
    return (await this.topics()).includes(topic) ? this.#topics.bounds(topic) : [];
  }

  topics(): Promise<readonly string[]> {
    return this.#topics.list();
  }

  async ping(): Promise<void> {
    await this.#admin.use('reaching Kafka', (admin) => admin.describeCluster());
  }

  async close(): Promise<void> {
    await Promise.all([...this.#consumers].map((consumer) => consumer.stop()));
    await Promise.all([this.#appender.close(), this.#reader.close(), this.#admin.close()]);
  }
}
