import { OrreryError } from '@orrery/errors';
import type { Kafka } from 'kafkajs';
import KafkaBatch, { type PartitionData } from 'kafkajs/src/consumer/batch.js';
import { withDeadline } from '../concurrency/deadline.js';
import type { LogRecord, TopicPartition } from '../event-log.js';
import { answerLimitMs, kafkaClient, kafkaError, type KafkaConnectionOptions } from './kafka-client.js';
import { fromKafkaMessage } from './kafka-record.js';
import type { TopicBounds } from './kafka-topics.js';

const fetchBytes = 8 * 1024 * 1024;

/** The inside of kafkajs as far as it is used here. */
interface Cluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  addTargetTopic(topic: string): Promise<void>;
  refreshMetadata(): Promise<void>;
  findLeaderForPartitions(topic: string, partitions: readonly number[]): Readonly<Record<string, readonly number[]>>;
  findBroker(node: { nodeId: string }): Promise<Broker>;
}

interface Broker {
  fetch(request: object): Promise<{ readonly responses: readonly { readonly partitions: readonly PartitionData[] }[] }>;
}

/**
 * Reads single partitions outside any group. A throw-away consumer group would do the same through the public interface, but
 * costs the three seconds that a broker waits for further members, at each read.
 */
export class KafkaReader {
  #cluster: Promise<Cluster> | undefined;

  constructor(
    private readonly connection: KafkaConnectionOptions,
    private readonly brokerName: (topic: string) => string,
  ) {}

  /** Up to `limit` records from an offset on; fewer only where the partition ends. */
  async read(bounds: TopicBounds, fromOffset: bigint, limit: number): Promise<readonly LogRecord[]> {
    const records: LogRecord[] = [];
    let offset = fromOffset < bounds.start ? bounds.start : fromOffset;
    while (offset < bounds.end && records.length < limit) {
      const batch = await this.#fetch(bounds, offset);
      for (const message of batch.messages.slice(0, limit - records.length)) records.push(fromKafkaMessage(bounds, message));
      // Nothing but what transactions left behind, up to there.
      if (batch.isEmptyIncludingFiltered()) break;
      offset = BigInt(batch.lastOffset()) + 1n;
    }
    return records;
  }

  async close(): Promise<void> {
    if (this.#cluster !== undefined) await discard(this.#cluster);
  }

  async #fetch(at: TopicPartition, offset: bigint): Promise<KafkaBatch> {
    const what = `reading ${at.topic}/${at.partition}`;
    const opening = (this.#cluster ??= this.#open());
    try {
      return await withDeadline(opening.then((cluster) => this.#fetchFrom(cluster, at, offset)), answerLimitMs, what);
    } catch (error) {
      // Also after another leader was elected: the next read asks for the metadata anew.
      if (this.#cluster === opening) this.#cluster = undefined;
      void discard(opening);
      throw kafkaError(what, error);
    }
  }

  async #fetchFrom(cluster: Cluster, { topic, partition }: TopicPartition, offset: bigint): Promise<KafkaBatch> {
    const name = this.brokerName(topic);
    await cluster.addTargetTopic(name);
    const [nodeId] = Object.keys(cluster.findLeaderForPartitions(name, [partition]));
    if (nodeId === undefined) throw new OrreryError('ORRERY_DEPENDENCY', `${topic}/${partition} has no leader`);
    const broker = await cluster.findBroker({ nodeId });
    const wanted = { partition, fetchOffset: offset.toString(), maxBytes: fetchBytes };
    const { responses } = await broker.fetch({ maxWaitTime: 100, minBytes: 1, maxBytes: fetchBytes, topics: [{ topic: name, partitions: [wanted] }] });
    const data = responses[0]?.partitions[0];
    if (data === undefined) throw new OrreryError('ORRERY_DEPENDENCY', `${topic}/${partition} was not answered`);
    return new KafkaBatch(name, offset.toString(), data);
  }

  async #open(): Promise<Cluster> {
    const cluster = clusterOf(kafkaClient(this.connection));
    await cluster.connect();
    await cluster.refreshMetadata();
    return cluster;
  }
}

/** kafkajs makes its cluster connections behind a private symbol. */
function clusterOf(kafka: Kafka): Cluster {
  const symbol = Object.getOwnPropertySymbols(kafka).find(({ description }) => description === 'private:Kafka:createCluster');
  const create = symbol === undefined ? undefined : (kafka as unknown as Record<symbol, (options: object) => Cluster>)[symbol];
  if (create === undefined) throw new OrreryError('ORRERY_CONFIG', 'this kafkajs cannot read outside a group: expected version 2.2.4');
  return create({ allowAutoTopicCreation: false, metadataMaxAge: 300_000 });
}

async function discard(opening: Promise<Cluster>): Promise<void> {
  await opening.then((cluster) => cluster.disconnect()).catch(() => undefined);
}
