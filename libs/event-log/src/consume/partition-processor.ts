import { isOrreryError, messageOf } from '@orrery/errors';
import { toDeadLetter } from '../dead-letters/dead-letter.js';
import type { DecodedRecord, LogBatch, LogRecord, OutgoingRecord, TopicPartition } from '../event-log.js';
import type { DeadLetterReason, LogMetrics } from '../telemetry/log-metrics.js';
import type { LogTracing } from '../telemetry/log-tracing.js';
import { backoffMs, type RetryTiming } from './backoff.js';
import type { Breaker } from './breaker.js';
import { failureKindOf } from './failure-kind.js';
import type { ResolvedSubscription } from './resolved-subscription.js';

const unknownFailureTries = 3;

/** Consecutive records as an adapter read them; offsets in [firstOffset, nextOffset) that are missing were removed. */
export interface Page {
  readonly firstOffset: bigint;
  readonly nextOffset: bigint;
  readonly records: readonly LogRecord[];
}

/** What became of a page; everything before `nextOffset` is done for good and can be committed. */
export type PageOutcome =
  | { readonly kind: 'done'; readonly nextOffset: bigint }
  /** The rest of the page must come again after `delayMs`. */
  | { readonly kind: 'retry'; readonly nextOffset: bigint; readonly delayMs: number; readonly reason: string }
  /** The position was moved elsewhere; the consumer goes on there. */
  | { readonly kind: 'moved'; readonly nextOffset: bigint }
  | { readonly kind: 'broken'; readonly nextOffset: bigint; readonly reason: string };

export interface ProcessorTools {
  readonly breaker: Breaker;
  readonly appendDeadLetters: (records: readonly OutgoingRecord[]) => Promise<void>;
  readonly timing: RetryTiming;
  readonly tracing: LogTracing;
  readonly metrics: LogMetrics;
  /** In [0, 1). */
  readonly random: () => number;
}

interface Range<Value> {
  readonly firstOffset: bigint;
  readonly nextOffset: bigint;
  readonly records: readonly DecodedRecord<Value>[];
}

type Stop = Exclude<PageOutcome, { kind: 'done' }>;

/** Takes the pages of one partition through decode, handler and failure policy, one page at a time; knows of no adapter. */
export class PartitionProcessor<Value> {
  /** Failed tries since something last went well. */
  #failures = 0;
  #unknownFailures = 0;
  /** Undecodable records below are in the dead letters already: a page that comes again must not add them again. */
  #buriedBelow = 0n;
  #lastBuried = -1n;
  #pageStart = 0n;
  #progress = 0n;

  constructor(
    private readonly at: TopicPartition,
    private readonly subscription: ResolvedSubscription<Value>,
    private readonly tools: ProcessorTools,
  ) {}

  async process(page: Page): Promise<PageOutcome> {
    this.#pageStart = page.firstOffset;
    this.#progress = page.firstOffset;
    const stop = await this.#run(page);
    if (this.#progress > page.firstOffset) this.#unknownFailures = 0;
    if (stop !== undefined) return stop;
    this.#failures = 0;
    const { reason } = this.tools.breaker;
    return reason === undefined ? { kind: 'done', nextOffset: page.nextOffset } : { kind: 'broken', nextOffset: page.nextOffset, reason };
  }

  /** Forgets what it knows of records that came before: the consumer was sent elsewhere. */
  restart(): void {
    this.#failures = 0;
    this.#unknownFailures = 0;
    this.#buriedBelow = 0n;
    this.#lastBuried = -1n;
  }

  async #run(page: Page): Promise<Stop | undefined> {
    const records: DecodedRecord<Value>[] = [];
    try {
      await this.#decode(page, records);
      if (records.length === 0) {
        await this.#skip(page.nextOffset);
        return undefined;
      }
    } catch (error) {
      return this.#retry(error);
    }
    return this.#handle({ ...page, records });
  }

  async #decode(page: Page, decoded: DecodedRecord<Value>[]): Promise<void> {
    const faults: { record: LogRecord; error: unknown }[] = [];
    for (const record of page.records) {
      try {
        decoded.push({ value: this.subscription.decode(record), record });
      } catch (error) {
        faults.push({ record, error });
      }
    }
    const fresh = faults.filter(({ record }) => record.offset >= this.#buriedBelow);
    await this.#bury('undecodable', fresh);
    if (fresh.length > 0) this.#buriedBelow = page.nextOffset;
  }

  /** Handles a range, halving it around a fault; undefined when all of it is done. */
  async #handle(range: Range<Value>, isHalf = false): Promise<Stop | undefined> {
    try {
      await this.#attempt(range);
      this.#progress = range.nextOffset;
      return undefined;
    } catch (error) {
      return this.#recover(range, error, isHalf);
    }
  }

  async #recover(range: Range<Value>, error: unknown, isHalf: boolean): Promise<Stop | undefined> {
    const kind = failureKindOf(error);
    if (kind === 'retriable') return this.#retry(error);
    try {
      const moved = await this.#movedPosition(range, error);
      if (moved !== null) return { kind: 'moved', nextOffset: moved };
      if (kind === 'unknown' && !isHalf && this.#unknownFailures < unknownFailureTries) {
        this.#unknownFailures += 1;
        return this.#retry(error);
      }
      const [only, second] = range.records;
      if (only !== undefined && second === undefined) return await this.#giveUp(only.record, range.nextOffset, error);
    } catch (failure) {
      return this.#retry(failure);
    }
    const [left, right] = halvesOf(range);
    return (await this.#handle(left, true)) ?? (await this.#handle(right, true));
  }

  async #attempt(range: Range<Value>): Promise<void> {
    const { groupId, handle } = this.subscription;
    const batch: LogBatch<Value> = { topic: this.at.topic, partition: this.at.partition, ...range };
    const startedAt = performance.now();
    let outcome: 'done' | 'failed' = 'failed';
    try {
      await this.tools.tracing.process(groupId, batch, async () => handle(batch));
      outcome = 'done';
      this.tools.breaker.recordGood(batch.records.length);
    } finally {
      this.tools.metrics.recordBatch({ group: groupId, topic: batch.topic, outcome }, performance.now() - startedAt);
    }
  }

  /** A conflict means that the batch is done, or that this consumer was fenced, when the position is no longer where it began. */
  async #movedPosition(range: Range<Value>, error: unknown): Promise<bigint | null> {
    const { positions, groupId } = this.subscription;
    if (positions === undefined || !isOrreryError(error) || error.code !== 'ORRERY_CONFLICT') return null;
    const position = await positions.load(groupId, this.at);
    return position === range.firstOffset ? null : position;
  }

  async #giveUp(record: LogRecord, nextOffset: bigint, error: unknown): Promise<Stop | undefined> {
    if (record.offset !== this.#lastBuried) await this.#bury('unprocessable', [{ record, error }]);
    this.#lastBuried = record.offset;
    await this.#skip(nextOffset);
    const { reason } = this.tools.breaker;
    return reason === undefined ? undefined : { kind: 'broken', nextOffset, reason };
  }

  async #bury(reason: DeadLetterReason, faults: readonly { record: LogRecord; error: unknown }[]): Promise<void> {
    if (faults.length === 0) return;
    const { groupId } = this.subscription;
    await this.tools.appendDeadLetters(faults.map(({ record, error }) => toDeadLetter(record, { groupId, reason, error })));
    this.tools.metrics.countDeadLetters(this.at.topic, reason, faults.length);
    for (let i = 0; i < faults.length; i += 1) this.tools.breaker.recordBad();
  }

  async #skip(nextOffset: bigint): Promise<void> {
    await this.subscription.positions?.skip(this.subscription.groupId, this.at, nextOffset);
    this.#progress = nextOffset;
  }

  #retry(error: unknown): Stop {
    this.#failures = this.#progress > this.#pageStart ? 1 : this.#failures + 1;
    const delayMs = backoffMs(this.tools.timing, this.#failures, this.tools.random());
    return { kind: 'retry', nextOffset: this.#progress, delayMs, reason: `${this.at.topic}/${this.at.partition}: ${messageOf(error)}` };
  }
}

function halvesOf<Value>({ firstOffset, nextOffset, records }: Range<Value>): [Range<Value>, Range<Value>] {
  const middle = Math.ceil(records.length / 2);
  const border = records[middle]?.record.offset ?? nextOffset;
  return [
    { firstOffset, nextOffset: border, records: records.slice(0, middle) },
    { firstOffset: border, nextOffset, records: records.slice(middle) },
  ];
}
