import { OrreryError } from '@orrery/errors';
import { CompressionTypes, type Message, type Producer, type TopicMessages } from 'kafkajs';
import { withDeadline } from '../concurrency/deadline.js';
import type { OutgoingRecord } from '../event-log.js';
import { carriedBytes } from '../record/carried-bytes.js';
import { partitionOfKey } from '../record/key-partition.js';
import { recordSizeBytes } from '../record/record-size.js';
import { answerLimitMs, kafkaClient, kafkaError, type KafkaConnectionOptions } from './kafka-client.js';
import { toKafkaMessage } from './kafka-record.js';
import type { KafkaTopics } from './kafka-topics.js';

/** kafkajs sends all messages for a partition as one record batch, which the broker's default limits to 1 MiB. */
const maxPartitionBytes = 900_000;
const perMessageBytes = 32;

/** The messages of one request, by topic as the broker calls it. */
type Request = Map<string, Message[]>;

/**
 * Sends records and waits until all replicas in sync have them (acks=all).
 *
 * Not idempotent: kafkajs calls its idempotent producer experimental, and it allows one request in flight. Repeats after a
 * failure are part of the contract instead; consumers tell them by their content or position.
 */
export class KafkaAppender {
  #producer: Promise<Producer> | undefined;
  #isClosed = false;
  #nextSpread = Math.floor(Math.random() * 1_000);

  constructor(
    private readonly connection: KafkaConnectionOptions,
    private readonly topics: KafkaTopics,
    private readonly compression: 'none' | 'gzip',
  ) {}

  async append(records: readonly OutgoingRecord[]): Promise<void> {
    if (this.#isClosed) throw new OrreryError('ORRERY_DEPENDENCY', 'the event log is closed');
    const requests = await this.#requestsOf(records);
    const opening = (this.#producer ??= this.#open());
    try {
      for (const request of requests) await withDeadline(opening.then((producer) => this.#send(producer, request)), answerLimitMs, 'appending to Kafka');
    } catch (error) {
      // With its connections go the requests that may still be on their way: none arrives behind what is appended next.
      if (this.#producer === opening) this.#producer = undefined;
      void discard(opening);
      this.topics.forget();
      throw kafkaError('appending to Kafka', error);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#producer !== undefined) await discard(this.#producer);
  }

  async #send(producer: Producer, request: Request): Promise<void> {
    const topicMessages: TopicMessages[] = [...request].map(([topic, messages]) => ({ topic, messages }));
    const compression = this.compression === 'gzip' ? CompressionTypes.GZIP : CompressionTypes.None;
    await producer.sendBatch({ acks: -1, timeout: answerLimitMs, compression, topicMessages });
  }

  /** Spreads records over as few requests as the size of a partition's batch allows; each partition's order stays. */
  async #requestsOf(records: readonly OutgoingRecord[]): Promise<readonly Request[]> {
    const requests: Request[] = [];
    const filled = new Map<string, { request: number; sizeBytes: number }>();
    for (const record of records) {
      const partition = await this.#partitionOf(record);
      const sizeBytes = recordSizeBytes(record) + perMessageBytes;
      const place = filled.get(`${partition} ${record.topic}`) ?? { request: 0, sizeBytes: 0 };
      if (place.sizeBytes > 0 && place.sizeBytes + sizeBytes > maxPartitionBytes) {
        place.request += 1;
        place.sizeBytes = 0;
      }
      place.sizeBytes += sizeBytes;
      filled.set(`${partition} ${record.topic}`, place);
      const request = (requests[place.request] ??= new Map());
      const name = this.topics.brokerName(record.topic);
      const messages = request.get(name) ?? [];
      messages.push(toKafkaMessage(record, partition));
      request.set(name, messages);
    }
    return requests;
  }

  async #partitionOf({ topic, key }: OutgoingRecord): Promise<number> {
    const count = await this.topics.partitionCount(topic);
    return key === null ? (this.#nextSpread += 1) % count : partitionOfKey(carriedBytes(key), count);
  }

  async #open(): Promise<Producer> {
    const producer = kafkaClient(this.connection).producer({
      allowAutoTopicCreation: false,
      createPartitioner: () => ({ message }) => message.partition ?? 0,
    });
    await producer.connect();
    return producer;
  }
}

async function discard(opening: Promise<Producer>): Promise<void> {
  await opening.then((producer) => producer.disconnect()).catch(() => undefined);
}
