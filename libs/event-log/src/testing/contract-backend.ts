import type { ConsumerTiming } from '../consume/consumer-timing.js';
import type { EventLog } from '../event-log.js';

/** What an adapter gives to be put through the contract. */
export interface ContractBackend {
  /** A log on the running backend; each call is as good as another process. */
  open(timing?: Partial<ConsumerTiming>): EventLog;
  /** A log whose backend does not answer. */
  openUnreachable(): EventLog;
  /** The spans that ended since the last call; undefined when the run records none. */
  takeSpans?: () => readonly RecordedSpan[];
  stop(): Promise<void>;
}

export interface RecordedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  /** Span ids. */
  readonly links: readonly string[];
}

/** Short waits, so that failures and rebalances are over within a spec's time. */
export const quickTiming: Partial<ConsumerTiming> = {
  retry: { baseMs: 20, maxMs: 200 },
  sessionTimeoutMs: 6_000,
  heartbeatMs: 300,
};
