import type { TopicDefinition } from '@orrery/contracts';

/**
 * Header values as text. What is not text is carried, without loss: bytes that are not UTF-8 or hold NUL as `base64:` and their
 * base64, the values of a repeated header as `list:` and a JSON array. Binary keys of foreign producers are carried the same way.
 */
export type LogHeaders = Readonly<Record<string, string>>;

export interface OutgoingRecord {
  readonly topic: string;
  /** Records of one key keep their order; null spreads them. */
  readonly key: string | null;
  readonly value: Uint8Array | null;
  readonly headers?: LogHeaders;
}

export interface LogRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly key: string | null;
  readonly value: Uint8Array | null;
  readonly headers: LogHeaders;
  readonly timestampMs: number;
}

/** Consecutive records of one partition; offsets in [firstOffset, nextOffset) are done when the handler resolves. */
export interface LogBatch<Value> {
  readonly topic: string;
  readonly partition: number;
  /** The group's position; the `nextOffset` of the batch before, also where the log has a hole. */
  readonly firstOffset: bigint;
  readonly nextOffset: bigint;
  /** The decoded records; those that could not be decoded are in the dead letters already and missing here. */
  readonly records: readonly DecodedRecord<Value>[];
}

export interface DecodedRecord<Value> {
  readonly value: Value;
  readonly record: LogRecord;
}

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** Offsets in [firstOffset, nextOffset). */
export interface OffsetRange {
  readonly firstOffset: bigint;
  readonly nextOffset: bigint;
}

/**
 * The consumer's own memory of how far it is, kept in the same transaction as what it derives. It only ever moves from where it is
 * past what was done: where it exists, the commits of the log say nothing any more.
 */
export interface PositionStore {
  /** The next offset to process, or null when the group never began. */
  load(groupId: string, at: TopicPartition): Promise<bigint | null>;
  /**
   * Moves past records that went to the dead letters; an empty range says where a group without a position begins.
   *
   * @throws ORRERY_CONFLICT when the position is not where the range begins.
   */
  skip(groupId: string, at: TopicPartition, range: OffsetRange): Promise<void>;
  /** Moves to an offset, also back; `LogConsumer.seek` needs it. */
  reset?(groupId: string, at: TopicPartition, nextOffset: bigint): Promise<void>;
}

export interface Subscription<Value> {
  readonly groupId: string;
  readonly topics: readonly string[];
  /** Throws (any error) when the record is not what the topic promises: it goes to the dead letters and the rest goes on. */
  readonly decode: (record: LogRecord) => Value;
  /**
   * Resolves when the batch is done for good. Throws retriable (or a driver's error that says the other side is away): the
   * partition is paused and the batch tried again with backoff, for as long as it takes. Throws another `OrreryError`: the batch
   * is halved until the record at fault is alone and dead-lettered. Throws anything else: three tries, then halved. With
   * `positions` it has moved the position to `nextOffset` when it resolves; whenever the position turns out to be elsewhere, the
   * consumer goes on there.
   */
  readonly handle: (batch: LogBatch<Value>) => Promise<void>;
  readonly positions?: PositionStore;
  /** Where to start when no position is known. @default 'earliest' */
  readonly from?: 'earliest' | 'latest';
  /** @default 1000 */
  readonly maxBatchRecords?: number;
  /** A single larger record still makes a batch. @default 8 MiB */
  readonly maxBatchBytes?: number;
  /**
   * Batches of one partition begin at least so far apart while few records wait: a batch costs about the same for one as for fifty, and
   * others who share the processor pay for it too. On Kafka the broker gathers, for as long as it likes. @default 50
   */
  readonly gatherMs?: number;
  /** Called once when the breaker opens: too much is bad to go on (1,000 in a row, or more than half of 5,000). */
  readonly onBreakerOpen?: (reason: string) => void;
}

/** `broken` stays until `stop`: the consumer keeps its partitions, so that no neighbour repeats what broke it. */
export type ConsumerState = 'starting' | 'running' | 'retrying' | 'stopped' | 'broken';

export interface LogConsumer {
  state(): ConsumerState;
  /** Why the consumer is retrying or broken. */
  reason(): string | undefined;
  assignments(): readonly TopicPartition[];
  pause(): void;
  resume(): void;
  /**
   * Starts again at an offset of a partition that this consumer has (replay).
   *
   * @throws ORRERY_CONFLICT when the partition is not this consumer's.
   * @throws ORRERY_CONFIG when the subscription's positions cannot be moved back.
   */
  seek(at: TopicPartition, offset: bigint): Promise<void>;
  /** Finishes the batch in hand, commits and leaves the group. */
  stop(): Promise<void>;
}

export interface PartitionLag extends TopicPartition {
  /** The next offset the group will process. */
  readonly position: bigint;
  /** The offset that the next record will get. */
  readonly end: bigint;
  readonly lag: bigint;
}

/** A durable, partitioned, replayable log; the two adapters behind it keep one contract suite. */
export interface EventLog {
  /** Creates what is missing; existing topics keep their partitions. */
  ensureTopics(topics: readonly TopicDefinition[]): Promise<void>;
  /**
   * Resolves once every record is durable (acks=all on Kafka, committed on PostgreSQL).
   *
   * @throws ORRERY_DEPENDENCY when the log is down or full; then none or some of the records may be in it.
   * @throws ORRERY_NOT_FOUND when a topic does not exist, ORRERY_LIMIT when a record is larger than 4 MiB; then none is in it.
   */
  append(records: readonly OutgoingRecord[]): Promise<void>;
  /**
   * Joins the group; all members of a group must subscribe to the same topics. Missing dead-letter topics are made.
   *
   * @throws ORRERY_NOT_FOUND when a topic does not exist, ORRERY_DEPENDENCY when the log is down.
   */
  subscribe<Value>(subscription: Subscription<Value>): Promise<LogConsumer>;
  lag(groupId: string, topics: readonly string[]): Promise<readonly PartitionLag[]>;
  /** Reads up to `limit` records from an offset on, outside any group; for inspection and replay. */
  read(at: TopicPartition, fromOffset: bigint, limit: number): Promise<readonly LogRecord[]>;
  /** First and next offset of every partition of a topic; empty when there is no such topic. */
  offsets(topic: string): Promise<readonly (TopicPartition & { readonly start: bigint; readonly end: bigint })[]>;
  topics(): Promise<readonly string[]>;
  /** Resolves when the log answers. @throws ORRERY_DEPENDENCY when it does not. */
  ping(): Promise<void>;
  /** Stops all consumers gracefully and closes connections. */
  close(): Promise<void>;
}
