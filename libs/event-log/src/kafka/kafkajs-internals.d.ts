/** The parts of kafkajs 2.2.4 that read outside a group; its public interface reads through consumer groups only. */
declare module 'kafkajs/src/consumer/batch.js' {
  import type { KafkaMessage } from 'kafkajs';

  interface PartitionData {
    readonly partition: number;
    readonly errorCode: number;
    readonly highWatermark: string;
    readonly messages: readonly KafkaMessage[];
    readonly abortedTransactions: readonly object[];
  }

  class Batch {
    constructor(topic: string, fetchedOffset: string, data: PartitionData);
    readonly messages: readonly KafkaMessage[];
    lastOffset(): string;
    isEmptyIncludingFiltered(): boolean;
  }

  export default Batch;
  export type { PartitionData };
}
