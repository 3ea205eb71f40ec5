// The parts of kafkajs 2.2.4 that its public interface does not show.

/** Reads outside a group. */
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

/** The requests of one connection that were sent or wait to be sent. */
declare module 'kafkajs/src/network/requestQueue/index.js' {
  class RequestQueue {
    constructor(options: { readonly maxInFlightRequests: number; readonly requestTimeout: number; readonly enforceRequestTimeout: boolean; readonly clientId: string; readonly broker: string; readonly logger: object });
    readonly pending: readonly object[];
    readonly throttleCheckTimeoutId: NodeJS.Timeout | null;
    push(request: { readonly entry: { readonly correlationId: number }; readonly expectResponse: boolean; readonly sendRequest: () => void }): void;
    fulfillRequest(answer: { readonly correlationId: number; readonly payload: Buffer; readonly size: number }): void;
    maybeThrottle(throttleMs: number): void;
    scheduleCheckPendingRequests(): void;
    destroy(): void;
  }

  export default RequestQueue;
}
