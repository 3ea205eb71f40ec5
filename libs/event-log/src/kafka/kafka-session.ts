import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, OrreryError } from '@orrery/errors';
import type { Consumer, EachBatchPayload, OffsetsByTopicPartition } from 'kafkajs';
import { backoffMs } from '../consume/backoff.js';
import type { ConsumerTiming } from '../consume/consumer-timing.js';
import type { PageOutcome } from '../consume/partition-processor.js';
import type { ResolvedSubscription } from '../consume/resolved-subscription.js';
import type { TopicPartition } from '../event-log.js';
import type { LogWarning } from '../log-warning.js';
import { KafkaAssignment, type AssignmentParts } from './kafka-assignment.js';
import { kafkaClient, type KafkaConnectionOptions } from './kafka-client.js';
import { pagesOf } from './kafka-pages.js';
import type { KafkaPartition } from './kafka-partition.js';
import { locatePartitions } from './locate-partitions.js';

const maxWaitMs = 300;
const maxFetchBytes = 4 * 1024 * 1024;
const maxPartitionFetchBytes = 512 * 1024;
const silenceCheckMs = 5_000;
/** A kafkajs consumer that neither fetches nor works for so long has stopped without saying so. */
const maxSilenceMs = 90_000;
const maxJoinWaitMs = 15_000;
/** When nothing came for so long, the group's own memory is compared. */
const quietMs = 500;
/** What the status calls the consumer's hold on the group as a whole. */
export const connectionPart = 'connection';

export interface SessionParts<Value> extends AssignmentParts<Value> {
  readonly connection: KafkaConnectionOptions;
  readonly timing: ConsumerTiming;
  readonly warn: LogWarning;
}

/** One kafkajs consumer from its start until it is stopped or crashes; it never restarts itself. */
export class KafkaSession<Value> {
  readonly #consumer: Consumer;
  readonly #assignment: KafkaAssignment<Value>;
  #hasJoined = false;
  #mustRejoin = false;
  #isStopping = false;
  #joining: Promise<void> = Promise.resolve();
  #working = 0;
  #lastSignMs = performance.now();
  #crash: (error: Error) => void = () => undefined;
  readonly #crashed = new Promise<never>((_, reject) => (this.#crash = reject));

  constructor(
    private readonly subscription: ResolvedSubscription<Value>,
    private readonly parts: SessionParts<Value>,
  ) {
    this.#crashed.catch(() => undefined);
    this.#consumer = consumerFor(subscription, parts);
    this.#assignment = new KafkaAssignment(this.#consumer, parts);
  }

  get partitions(): readonly KafkaPartition<Value>[] {
    return this.#assignment.partitions;
  }

  get hasJoined(): boolean {
    return this.#hasJoined;
  }

  find(at: TopicPartition): KafkaPartition<Value> | undefined {
    return this.#assignment.find(at);
  }

  /** Consumes until the session is stopped. @throws when the consumer crashes. */
  async run(): Promise<void> {
    const { topics, timing } = this.parts;
    this.#listen();
    const silence = setInterval(() => this.#checkSilence(), silenceCheckMs);
    try {
      await this.#consumer.connect();
      // To start at the end is our own business: what is lost to retention must never make kafkajs jump to the end.
      await this.#consumer.subscribe({ topics: this.subscription.topics.map((topic) => topics.brokerName(topic)), fromBeginning: true });
      if (this.#isStopping) return;
      this.#joining = this.#consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: timing.maxConcurrentPartitions,
        eachBatch: (payload) => this.#eachBatch(payload),
      });
      await Promise.race([this.#joining.then(() => this.#crashed), this.#crashed]);
    } finally {
      clearInterval(silence);
      this.#assignment.clear();
      this.parts.status.recovered(connectionPart);
      if (this.#isStopping) await this.#leave();
    }
  }

  /** Lets the batches in hand finish and commit, and leaves the group. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    const joined = this.#joining.catch(() => undefined);
    // kafkajs overhears a stop while it joins, and then runs for ever: it is stopped again when it has joined.
    void joined.then(() => this.#leave());
    await Promise.race([joined, sleep(maxJoinWaitMs, undefined, { ref: false })]);
    await this.#leave();
    this.#crash(new OrreryError('ORRERY_DEPENDENCY', 'the consumer was stopped'));
  }

  /** Moves a partition once its batch in hand is done. */
  async seek(partition: KafkaPartition<Value>, offset: bigint): Promise<void> {
    const { generation } = this.#assignment;
    partition.hold('seek');
    try {
      await partition.idle();
      const { positions, groupId } = this.subscription;
      await positions?.reset?.(groupId, partition.at, offset);
      if (generation !== this.#assignment.generation) throw new OrreryError('ORRERY_CONFLICT', 'the group was rebalanced during the seek; try again');
      partition.processor.restart();
      this.#goTo(partition, offset);
      await this.#commit(partition, offset);
      partition.release('retry');
    } finally {
      partition.release('seek');
    }
  }

  #listen(): void {
    const { CRASH, GROUP_JOIN, FETCH, FETCH_START, HEARTBEAT } = this.#consumer.events;
    const sign = (): void => void (this.#lastSignMs = performance.now());
    this.#consumer.on(CRASH, ({ payload }) => this.#crash(payload.error));
    this.#consumer.on(FETCH, sign);
    this.#consumer.on(FETCH_START, sign);
    this.#consumer.on(HEARTBEAT, sign);
    this.#consumer.on(GROUP_JOIN, ({ payload }) => {
      sign();
      this.#hasJoined = true;
      this.#mustRejoin = false;
      this.#assignment.replace(payload.memberAssignment);
      void this.#locate(this.#assignment.generation);
    });
  }

  async #locate(generation: number): Promise<void> {
    const { status, timing } = this.parts;
    const isOver = (): boolean => generation !== this.#assignment.generation || this.#isStopping;
    for (let failures = 1; !isOver(); failures += 1) {
      try {
        return await this.#locateOnce(isOver);
      } catch (error) {
        status.retrying(connectionPart, messageOf(error));
        await sleep(backoffMs(timing.retry, failures, Math.random()));
      }
    }
  }

  async #locateOnce(isOver: () => boolean): Promise<void> {
    const { status, topics, warn } = this.parts;
    await Promise.all(this.partitions.map((partition) => partition.idle()));
    const located = await locatePartitions(this.partitions, { subscription: this.subscription, topics, status, warn });
    if (isOver()) return;
    for (const { partition, position, start, mustCommit } of located) {
      this.#goTo(partition, position, start);
      if (mustCommit) await this.#commit(partition, position);
      partition.release('locating');
    }
    status.recovered(connectionPart);
    status.started();
  }

  async #eachBatch(payload: EachBatchPayload): Promise<void> {
    const { batch, heartbeat } = payload;
    const partition = this.#assignment.findOnBroker(batch.topic, batch.partition);
    if (partition === undefined || partition.isHeld) return;
    partition.end = BigInt(batch.highWatermark);
    const beat = setInterval(() => void heartbeat().catch(() => (this.#mustRejoin = true)), this.parts.timing.heartbeatMs);
    this.#working += 1;
    try {
      await partition.work(() => this.#workOff(partition, payload));
    } finally {
      clearInterval(beat);
      this.#working -= 1;
      this.#lastSignMs = performance.now();
    }
  }

  async #workOff(partition: KafkaPartition<Value>, payload: EachBatchPayload): Promise<void> {
    const { generation } = this.#assignment;
    for (const page of pagesOf(payload.batch.messages, partition, this.subscription)) {
      if (!payload.isRunning() || payload.isStale() || partition.isHeld || this.#mustRejoin) return;
      const outcome = await partition.processor.process(page);
      // The group went on without this consumer: what it commits now could undo the work of another.
      if (generation !== this.#assignment.generation) return;
      await this.#settle(partition, outcome, payload);
      if (outcome.kind !== 'done') return;
    }
  }

  async #settle(partition: KafkaPartition<Value>, outcome: PageOutcome, { resolveOffset, commitOffsetsIfNecessary }: EachBatchPayload): Promise<void> {
    const { nextOffset } = outcome;
    const hasMoved = nextOffset !== partition.position;
    this.#note(partition, outcome);
    if (outcome.kind === 'moved' || nextOffset < partition.position) this.#goTo(partition, nextOffset);
    else if (hasMoved) resolveOffset((nextOffset - 1n).toString());
    partition.position = nextOffset;
    if (hasMoved) await commitOffsetsIfNecessary(offsetsOf(partition, nextOffset));
    if (this.subscription.positions !== undefined) partition.whenQuiet(quietMs, () => void this.#check(partition));
  }

  #note(partition: KafkaPartition<Value>, outcome: PageOutcome): void {
    const { status } = this.parts;
    if (outcome.kind === 'retry') {
      status.retrying(partition.name, outcome.reason);
      partition.holdForRetry(outcome.delayMs);
    } else if (outcome.kind === 'broken') {
      status.broken(outcome.reason);
      for (const one of this.partitions) one.hold('broken');
    } else if (!partition.processor.isDoubtful) status.recovered(partition.name);
  }

  /** Makes sure that the last records are done: no batch comes that would prove it. */
  async #check(partition: KafkaPartition<Value>): Promise<void> {
    const { generation } = this.#assignment;
    partition.hold('checking');
    try {
      await partition.idle();
      const outcome = await partition.processor.check(partition.position);
      if (generation !== this.#assignment.generation) return;
      if (outcome === undefined) return this.parts.status.recovered(partition.name);
      this.#note(partition, outcome);
      this.#goTo(partition, outcome.nextOffset);
      await this.#commit(partition, outcome.nextOffset);
    } catch {
      // What it asks is away; it asks again.
      if (generation === this.#assignment.generation) partition.whenQuiet(quietMs, () => void this.#check(partition));
    } finally {
      partition.release('checking');
    }
  }

  /** @param fetchOffset where to fetch from, when the log begins behind the position */
  #goTo(partition: KafkaPartition<Value>, position: bigint, fetchOffset = position): void {
    partition.position = position;
    const offset = fetchOffset > position ? fetchOffset : position;
    this.#consumer.seek({ topic: partition.brokerTopic, partition: partition.at.partition, offset: offset.toString() });
  }

  async #commit(partition: KafkaPartition<Value>, offset: bigint): Promise<void> {
    await this.#consumer.commitOffsets([{ topic: partition.brokerTopic, partition: partition.at.partition, offset: offset.toString() }]);
  }

  async #leave(): Promise<void> {
    await this.#consumer.stop().catch(() => undefined);
    await this.#consumer.disconnect().catch(() => undefined);
  }

  #checkSilence(): void {
    const silentMs = performance.now() - this.#lastSignMs;
    if (this.#working > 0 || silentMs < maxSilenceMs) return;
    this.#crash(new OrreryError('ORRERY_DEPENDENCY', `the Kafka client has not fetched for ${Math.round(silentMs / 1000)} s`));
  }
}

function consumerFor<Value>({ groupId, maxBatchBytes }: ResolvedSubscription<Value>, { connection, topics, timing }: SessionParts<Value>): Consumer {
  return kafkaClient(connection).consumer({
    groupId: topics.brokerName(groupId),
    sessionTimeout: timing.sessionTimeoutMs,
    heartbeatInterval: timing.heartbeatMs,
    rebalanceTimeout: 60_000,
    maxWaitTimeInMs: maxWaitMs,
    maxBytes: maxFetchBytes,
    maxBytesPerPartition: Math.min(maxBatchBytes, maxPartitionFetchBytes),
    allowAutoTopicCreation: false,
    // One way back is enough: the consumer's own, with a new client.
    retry: { retries: 5, initialRetryTime: 100, maxRetryTime: 800, restartOnFailure: async () => false },
  });
}

function offsetsOf({ brokerTopic, at }: Pick<KafkaPartition<unknown>, 'brokerTopic' | 'at'>, nextOffset: bigint): OffsetsByTopicPartition {
  return { topics: [{ topic: brokerTopic, partitions: [{ partition: at.partition, offset: nextOffset.toString() }] }] };
}
