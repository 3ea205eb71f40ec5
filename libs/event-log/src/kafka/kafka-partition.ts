import type { PartitionProcessor } from '../consume/partition-processor.js';
import type { TopicPartition } from '../event-log.js';

/** Why a partition is not fetched at the moment. */
export type Hold = 'locating' | 'retry' | 'paused' | 'seek' | 'checking' | 'broken';

/** One assigned partition: where it is, what holds it, and what is in hand. */
export class KafkaPartition<Value> {
  /** `topic/partition`, as in messages and the status. */
  readonly name: string;
  /** The next offset to process; known once it is located. */
  position = 0n;
  end = 0n;
  readonly #holds = new Set<Hold>();
  #working: Promise<void> = Promise.resolve();
  #retryTimer: NodeJS.Timeout | undefined;
  #quietTimer: NodeJS.Timeout | undefined;

  constructor(
    readonly at: TopicPartition,
    readonly brokerTopic: string,
    readonly processor: PartitionProcessor<Value>,
    private readonly fetching: { pause(): void; resume(): void },
  ) {
    this.name = `${at.topic}/${at.partition}`;
  }

  get isHeld(): boolean {
    return this.#holds.size > 0;
  }

  get lag(): bigint {
    return this.end > this.position ? this.end - this.position : 0n;
  }

  hold(reason: Hold): void {
    this.#holds.add(reason);
    this.fetching.pause();
  }

  release(reason: Hold): void {
    if (reason === 'retry') clearTimeout(this.#retryTimer);
    if (this.#holds.delete(reason) && !this.isHeld) this.fetching.resume();
  }

  /** Holds for a while: other partitions go on, and the group hears from this consumer as always. */
  holdForRetry(delayMs: number): void {
    this.hold('retry');
    clearTimeout(this.#retryTimer);
    this.#retryTimer = setTimeout(() => this.release('retry'), delayMs);
  }

  /** Calls back once, unless work on the partition comes before. */
  whenQuiet(quietMs: number, callBack: () => void): void {
    clearTimeout(this.#quietTimer);
    this.#quietTimer = setTimeout(callBack, quietMs);
  }

  /** Runs work on the partition; `idle` waits for it. */
  async work(task: () => Promise<void>): Promise<void> {
    clearTimeout(this.#quietTimer);
    const working = task();
    this.#working = working.catch(() => undefined);
    await working;
  }

  idle(): Promise<void> {
    return this.#working;
  }

  drop(): void {
    clearTimeout(this.#retryTimer);
    clearTimeout(this.#quietTimer);
  }
}
