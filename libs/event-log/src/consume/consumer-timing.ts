import { defaultRetryTiming, type RetryTiming } from './backoff.js';

/** How patient a consumer is; the defaults suit production, specs shorten them. */
export interface ConsumerTiming {
  readonly retry: RetryTiming;
  /** A consumer that was not heard of for so long loses its partitions. @default 10000 */
  readonly sessionTimeoutMs: number;
  /** @default 2000 */
  readonly heartbeatMs: number;
  /** How many partitions of one consumer are worked on at the same time. @default 4 */
  readonly maxConcurrentPartitions: number;
}

export const defaultConsumerTiming: ConsumerTiming = {
  retry: defaultRetryTiming,
  sessionTimeoutMs: 10_000,
  heartbeatMs: 2_000,
  maxConcurrentPartitions: 4,
};
