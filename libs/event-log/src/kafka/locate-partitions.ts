import type { ConsumerStatus } from '../consume/consumer-status.js';
import type { ResolvedSubscription } from '../consume/resolved-subscription.js';
import type { LogWarning } from '../log-warning.js';
import type { KafkaPartition } from './kafka-partition.js';
import type { KafkaTopics, TopicBounds } from './kafka-topics.js';

export interface LocatedPartition<Value> {
  readonly partition: KafkaPartition<Value>;
  readonly position: bigint;
  /** Where the log begins. */
  readonly start: bigint;
  /** A group that starts at the end must find the same end again after a restart. */
  readonly mustCommit: boolean;
}

interface Knowledge<Value> {
  readonly subscription: ResolvedSubscription<Value>;
  readonly topics: KafkaTopics;
  readonly status: ConsumerStatus;
  readonly warn: LogWarning;
}

/** Finds out where each partition goes on: a consumer that has a memory of its own does not ask the log. */
export async function locatePartitions<Value>(partitions: readonly KafkaPartition<Value>[], knowledge: Knowledge<Value>): Promise<readonly LocatedPartition<Value>[]> {
  const { subscription, topics } = knowledge;
  const located: LocatedPartition<Value>[] = [];
  for (const topic of new Set(partitions.map(({ at }) => at.topic))) {
    const [bounds, committed] = await Promise.all([topics.bounds(topic), topics.committed(subscription.groupId, topic)]);
    for (const partition of partitions.filter(({ at }) => at.topic === topic)) {
      const bound = bounds.find((one) => one.partition === partition.at.partition);
      if (bound === undefined) continue;
      const found = await locate(partition, { bound, committed: committed.get(partition.at.partition) ?? null }, knowledge);
      if (found !== null) located.push(found);
    }
  }
  return located;
}

async function locate<Value>(
  partition: KafkaPartition<Value>,
  { bound, committed }: { readonly bound: TopicBounds; readonly committed: bigint | null },
  { subscription, status, warn }: Knowledge<Value>,
): Promise<LocatedPartition<Value> | null> {
  const { positions, groupId, from } = subscription;
  const { start, end } = bound;
  const remembered = positions === undefined ? committed : await positions.load(groupId, partition.at);
  const position = remembered ?? (from === 'latest' ? end : start);
  partition.end = end;
  if (position > end) {
    const { topic, partition: number } = partition.at;
    status.broken(`group ${groupId} is at ${position} of ${topic}/${number}, which ends at ${end}: was the log replaced? Reset the group's positions`);
    return null;
  }
  if (remembered === null) await positions?.skip(groupId, partition.at, { firstOffset: position, nextOffset: position });
  if (position < start && position > 0n) {
    warn('records were removed by retention before the group processed them', { groupId, ...partition.at, position, start });
  }
  return { partition, position, start, mustCommit: remembered === null && from === 'latest' };
}
