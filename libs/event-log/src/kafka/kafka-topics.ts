import { setTimeout as sleep } from 'node:timers/promises';
import type { TopicDefinition } from '@orrery/contracts';
import { isOrreryError, OrreryError } from '@orrery/errors';
import type { ITopicConfig } from 'kafkajs';
import type { TopicPartition } from '../event-log.js';
import { maxRecordBytes } from '../record/record-size.js';
import type { KafkaAdmin } from './kafka-admin.js';

const createLimitMs = 30_000;
const knownPollMs = 50;
const leaderAttempts = 8;
const leaderlessErrors: ReadonlySet<string> = new Set(['NOT_LEADER_FOR_PARTITION', 'LEADER_NOT_AVAILABLE', 'UNKNOWN_TOPIC_OR_PARTITION']);
/** A record of the largest size, with room for headers and framing. */
const maxMessageBytes = maxRecordBytes + 1024 * 1024;

export interface TopicBounds extends TopicPartition {
  readonly start: bigint;
  readonly end: bigint;
}

/** The topics of a broker under the names their users know; on the broker the prefix stands before them. */
export class KafkaTopics {
  readonly #partitionCounts = new Map<string, number>();

  constructor(
    private readonly admin: KafkaAdmin,
    private readonly prefix: string,
    /** -1 takes the broker's default. */
    private readonly replicationFactor: number,
  ) {}

  brokerName(topic: string): string {
    return this.prefix + topic;
  }

  /** The name without the prefix. */
  ownName(brokerName: string): string {
    return brokerName.slice(this.prefix.length);
  }

  /** Creates what is missing; what exists is left as it is, whoever made it. */
  async ensure(topics: readonly TopicDefinition[]): Promise<void> {
    const missing = await this.#missing(topics);
    if (missing.length === 0) return;
    // Waiting for leaders, kafkajs would fail at brokers that have not heard of the topic yet.
    const request = { topics: missing.map((topic) => this.#configOf(topic)), timeout: createLimitMs, waitForLeaders: false };
    try {
      await this.admin.use('creating topics', (admin) => admin.createTopics(request), createLimitMs);
    } catch (error) {
      // Another process that starts now may have been quicker with some of them.
      if ((await this.#missing(topics)).length > 0) throw error;
    }
    await this.#untilKnown(topics);
  }

  /** How many partitions a topic has. @throws ORRERY_NOT_FOUND when there is no such topic. */
  async partitionCount(topic: string): Promise<number> {
    const count = this.#partitionCounts.get(topic) ?? (await this.#load(topic));
    if (count === 0) throw new OrreryError('ORRERY_NOT_FOUND', `topic ${topic} does not exist`, { details: { topic } });
    return count;
  }

  /** Forgets what it knows: the broker says otherwise. */
  forget(): void {
    this.#partitionCounts.clear();
  }

  async list(): Promise<readonly string[]> {
    const names = await this.admin.use('listing topics', (admin) => admin.listTopics());
    return names
      .filter((name) => name.startsWith(this.prefix) && !name.startsWith('__'))
      .map((name) => this.ownName(name))
      .sort();
  }

  /** First and next offset of every partition, in their order. @throws ORRERY_NOT_FOUND when there is no such topic. */
  async bounds(topic: string): Promise<readonly TopicBounds[]> {
    await this.partitionCount(topic);
    const offsets = await this.#onceLed(() => this.admin.use(`reading the ends of ${topic}`, (admin) => admin.fetchTopicOffsets(this.brokerName(topic))));
    return offsets
      .map(({ partition, low, high }) => ({ topic, partition, start: BigInt(low), end: BigInt(high) }))
      .sort((one, other) => one.partition - other.partition);
  }

  /** Committed offsets of a group by partition; partitions without one are missing. */
  async committed(groupId: string, topic: string): Promise<ReadonlyMap<number, bigint>> {
    const request = { groupId: this.brokerName(groupId), topics: [this.brokerName(topic)] };
    const [answer] = await this.admin.use(`reading the position of group ${groupId}`, (admin) => admin.fetchOffsets(request));
    const known = (answer?.partitions ?? []).filter(({ offset }) => BigInt(offset) >= 0n);
    return new Map(known.map(({ partition, offset }) => [partition, BigInt(offset)]));
  }

  async #missing(topics: readonly TopicDefinition[]): Promise<readonly TopicDefinition[]> {
    const existing = new Set(await this.list());
    return topics.filter(({ name }) => !existing.has(name));
  }

  /** A partition that was made this moment, or whose leader is gone, gets one shortly. */
  async #onceLed<Result>(ask: () => Promise<Result>): Promise<Result> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await ask();
      } catch (error) {
        const cause = isOrreryError(error) ? String(error.details['kafka']) : '';
        if (attempt === leaderAttempts || !leaderlessErrors.has(cause)) throw error;
        await sleep(knownPollMs * attempt);
      }
    }
  }

  /** The controller has made them; brokers hear of it a moment later. */
  async #untilKnown(topics: readonly TopicDefinition[]): Promise<void> {
    const deadline = performance.now() + createLimitMs;
    for (let missing = await this.#missing(topics); missing.length > 0; missing = await this.#missing(topics)) {
      const names = missing.map(({ name }) => name).join(', ');
      if (performance.now() > deadline) throw new OrreryError('ORRERY_DEPENDENCY', `creating topics failed: ${createLimitMs} ms later the broker does not know ${names}`);
      await sleep(knownPollMs);
    }
  }

  async #load(topic: string): Promise<number> {
    // Asked of the list: metadata of a topic that does not exist is an error that the client retries for seconds.
    if (!(await this.list()).includes(topic)) return 0;
    const metadata = await this.admin.use(`reading topic ${topic}`, (admin) => admin.fetchTopicMetadata({ topics: [this.brokerName(topic)] }));
    const count = metadata.topics[0]?.partitions.length ?? 0;
    if (count > 0) this.#partitionCounts.set(topic, count);
    return count;
  }

  #configOf({ name, partitions, retentionMs, cleanupPolicy }: TopicDefinition): ITopicConfig {
    return {
      topic: this.brokerName(name),
      numPartitions: partitions,
      replicationFactor: this.replicationFactor,
      configEntries: [
        { name: 'cleanup.policy', value: cleanupPolicy },
        { name: cleanupPolicy === 'compact' ? 'delete.retention.ms' : 'retention.ms', value: String(retentionMs) },
        { name: 'max.message.bytes', value: String(maxMessageBytes) },
      ],
    };
  }
}
