import type { Consumer, ConsumerGroupJoinEvent } from 'kafkajs';
import type { ConsumerStatus } from '../consume/consumer-status.js';
import type { PartitionProcessor } from '../consume/partition-processor.js';
import type { TopicPartition } from '../event-log.js';
import { KafkaPartition } from './kafka-partition.js';
import type { KafkaTopics } from './kafka-topics.js';

export interface AssignmentParts<Value> {
  readonly topics: KafkaTopics;
  readonly status: ConsumerStatus;
  processorFor(at: TopicPartition): PartitionProcessor<Value>;
  /** Whether new partitions are held until someone resumes the consumer. */
  isPaused(): boolean;
}

/** The partitions that a session has at the moment; the generation counts how often that changed. */
export class KafkaAssignment<Value> {
  readonly #partitions = new Map<string, KafkaPartition<Value>>();
  #generation = 0;

  constructor(
    private readonly consumer: Consumer,
    private readonly parts: AssignmentParts<Value>,
  ) {}

  get generation(): number {
    return this.#generation;
  }

  get partitions(): readonly KafkaPartition<Value>[] {
    return [...this.#partitions.values()];
  }

  find({ topic, partition }: TopicPartition): KafkaPartition<Value> | undefined {
    return this.#partitions.get(`${topic}/${partition}`);
  }

  findOnBroker(brokerTopic: string, partition: number): KafkaPartition<Value> | undefined {
    return this.find({ topic: this.parts.topics.ownName(brokerTopic), partition });
  }

  /**
   * Takes over a new assignment, before kafkajs fetches again. Everything is held until it is known where to begin; a partition
   * that stays keeps its processor, which knows what it dead-lettered already.
   */
  replace(memberAssignment: ConsumerGroupJoinEvent['payload']['memberAssignment']): void {
    this.#generation += 1;
    const assigned = new Set<KafkaPartition<Value>>();
    for (const [brokerTopic, numbers] of Object.entries(memberAssignment)) {
      for (const number of numbers) {
        const partition = this.findOnBroker(brokerTopic, Number(number)) ?? this.#add(brokerTopic, Number(number));
        partition.hold('locating');
        assigned.add(partition);
      }
    }
    for (const partition of this.partitions) if (!assigned.has(partition)) this.#drop(partition);
  }

  clear(): void {
    this.#generation += 1;
    for (const partition of this.partitions) this.#drop(partition);
  }

  #add(brokerTopic: string, number: number): KafkaPartition<Value> {
    const at = { topic: this.parts.topics.ownName(brokerTopic), partition: number };
    const fetched = [{ topic: brokerTopic, partitions: [number] }];
    const partition = new KafkaPartition(at, brokerTopic, this.parts.processorFor(at), {
      pause: () => this.consumer.pause(fetched),
      // Dropped ones may still come to the end of a hold.
      resume: () => {
        if (this.#partitions.has(partition.name)) this.consumer.resume(fetched);
      },
    });
    this.#partitions.set(partition.name, partition);
    if (this.parts.isPaused()) partition.hold('paused');
    return partition;
  }

  #drop(partition: KafkaPartition<Value>): void {
    partition.drop();
    this.parts.status.recovered(partition.name);
    this.#partitions.delete(partition.name);
  }
}
