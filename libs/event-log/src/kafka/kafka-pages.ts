import type { KafkaMessage } from 'kafkajs';
import type { Page } from '../consume/partition-processor.js';
import type { ResolvedSubscription } from '../consume/resolved-subscription.js';
import { fromKafkaMessage } from './kafka-record.js';
import type { KafkaPartition } from './kafka-partition.js';

/** Cuts what was fetched into pages of the subscription's size; each begins at the position that the one before left. */
export function* pagesOf<Value>(messages: readonly KafkaMessage[], partition: KafkaPartition<Value>, limit: ResolvedSubscription<Value>): Generator<Page> {
  let page: KafkaMessage[] = [];
  let sizeBytes = 0;
  for (const message of messages) {
    if (BigInt(message.offset) < partition.position) continue;
    const isFull = page.length >= limit.maxBatchRecords || sizeBytes >= limit.maxBatchBytes;
    if (isFull) {
      yield toPage(page, partition);
      page = [];
      sizeBytes = 0;
    }
    page.push(message);
    sizeBytes += message.value?.byteLength ?? 0;
  }
  if (page.length > 0) yield toPage(page, partition);
}

function toPage<Value>(messages: readonly KafkaMessage[], { position, at }: KafkaPartition<Value>): Page {
  const records = messages.map((message) => fromKafkaMessage(at, message));
  return { firstOffset: position, nextOffset: (records.at(-1)?.offset ?? position - 1n) + 1n, records };
}
