import { isOrreryError, messageOf } from '@orrery/errors';
import { toDeadLetter } from '../dead-letters/dead-letter.js';
import type { DecodedRecord, LogBatch, LogRecord, OffsetRange, OutgoingRecord, TopicPartition } from '../event-log.js';
import type { DeadLetterReason, LogMetrics } from '../telemetry/log-metrics.js';
import type { LogTracing } from '../telemetry/log-tracing.js';
import { backoffMs, type RetryTiming } from './backoff.js';
import type { Breaker } from './breaker.js';
import { failureKindOf } from './failure-kind.js';
import type { ResolvedSubscription } from './resolved-subscription.js';

const unknownFailureTries = 3;
const maxRememberedBurials = 5_000;

/** Consecutive records as an adapter read them; offsets in [firstOffset, nextOffset) that are missing were removed. */
export interface Page extends OffsetRange {
  readonly records: readonly LogRecord[];
}

/** What became of a page; everything before `nextOffset` is done for good and can be committed. */
export type PageOutcome =
  | { readonly kind: 'done'; readonly nextOffset: bigint }
  /** What lies behind must come (again) after `delayMs`; `nextOffset` is before the page when the group's own memory is. */
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

interface Range<Value> extends OffsetRange {
  readonly records: readonly DecodedRecord<Value>[];
}

type Stop = Exclude<PageOutcome, { kind: 'done' }>;

interface Fault {
  readonly record: LogRecord;
  readonly error: unknown;
}

/** Takes the pages of one partition through decode, handler and failure policy, one page at a time; knows of no adapter. */
export class PartitionProcessor<Value> {
  /** Failed tries since something last went well. */
  #failures = 0;
  #unknownFailures = 0;
  /** In the dead letters already, the latest of them: records that come again must not be added again. */
  readonly #buried = new Set<bigint>();
  #pageStart = 0n;
  #progress = 0n;
  /** What resolved below was found not to be done. */
  #doubtedBelow = 0n;

  constructor(
    private readonly at: TopicPartition,
    private readonly subscription: ResolvedSubscription<Value>,
    private readonly tools: ProcessorTools,
  ) {}

  async process(page: Page): Promise<PageOutcome> {
    this.#pageStart = page.firstOffset;
    this.#progress = page.firstOffset;
    this.#forgetOldest();
    const stop = await this.#run(page);
    if (this.#progress > page.firstOffset) this.#unknownFailures = 0;
    if (stop !== undefined) return stop;
    if (page.nextOffset > this.#doubtedBelow) this.#trust();
    const { reason } = this.tools.breaker;
    return reason === undefined ? { kind: 'done', nextOffset: page.nextOffset } : { kind: 'broken', nextOffset: page.nextOffset, reason };
  }

  /**
   * Looks whether the group's own memory is where the consumer is; what to do when it is not. Each batch proves that the one before
   * it was done, as positions only move from where they are; nothing proves it of the last.
   */
  async check(position: bigint): Promise<Stop | undefined> {
    const moved = await this.#movedFrom(position);
    if (moved === undefined) this.#trust();
    return moved;
  }

  /** Whether the handler resolved before without having done it, and nothing has shown yet that it does now. */
  get isDoubtful(): boolean {
    return this.#doubtedBelow > 0n;
  }

  /** Forgets what it knows of records that came before: the consumer was sent elsewhere. */
  restart(): void {
    this.#trust();
    this.#unknownFailures = 0;
    this.#buried.clear();
  }

  #trust(): void {
    this.#failures = 0;
    this.#doubtedBelow = 0n;
  }

  #forgetOldest(): void {
    for (const offset of this.#buried) {
      if (this.#buried.size <= maxRememberedBurials) return;
      this.#buried.delete(offset);
    }
  }

  async #run(page: Page): Promise<Stop | undefined> {
    const { records, faults } = this.#decode(page);
    try {
      const moved = await this.#bury('undecodable', faults, page.firstOffset);
      if (moved !== undefined) return moved;
      if (records.length === 0) return await this.#skip(page);
    } catch (error) {
      return this.#retry(error);
    }
    return this.#handle({ ...page, records });
  }

  #decode(page: Page): { readonly records: DecodedRecord<Value>[]; readonly faults: Fault[] } {
    const records: DecodedRecord<Value>[] = [];
    const faults: Fault[] = [];
    for (const record of page.records) {
      try {
        records.push({ value: this.subscription.decode(record), record });
      } catch (error) {
        faults.push({ record, error });
      }
    }
    return { records, faults };
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
      const moved = await this.#movedFrom(range.firstOffset);
      if (moved !== undefined) return moved;
      if (kind === 'unknown' && !isHalf && this.#unknownFailures < unknownFailureTries) {
        this.#unknownFailures += 1;
        return this.#retry(error);
      }
      const [only, second] = range.records;
      if (only !== undefined && second === undefined) return await this.#giveUp(only.record, range, error);
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

  /**
   * Where the group's own memory is, when that is not where the consumer believes: another member was quicker or someone reset it. Back
   * is waited for: a handler that resolves without moving the position would be called in a loop.
   */
  async #movedFrom(believed: bigint): Promise<Stop | undefined> {
    const { positions, groupId } = this.subscription;
    const position = (await positions?.load(groupId, this.at)) ?? null;
    if (position === null || position === believed) return undefined;
    if (position > believed) return { kind: 'moved', nextOffset: position };
    this.#failures += 1;
    this.#doubtedBelow = believed;
    const reason = `group ${groupId} is at ${position} and not at ${believed}: the handler resolved without moving the position, or it was reset`;
    return this.#waiting(position, reason);
  }

  async #giveUp(record: LogRecord, range: OffsetRange, error: unknown): Promise<Stop | undefined> {
    const moved = (await this.#bury('unprocessable', [{ record, error }], range.firstOffset)) ?? (await this.#skip(range));
    if (moved !== undefined) return moved;
    const { reason } = this.tools.breaker;
    return reason === undefined ? undefined : { kind: 'broken', nextOffset: range.nextOffset, reason };
  }

  /** Adds to the dead letters what is not there yet, unless another member did it already, position and all. */
  async #bury(reason: DeadLetterReason, faults: readonly Fault[], firstOffset: bigint): Promise<Stop | undefined> {
    const fresh = faults.filter(({ record }) => !this.#buried.has(record.offset));
    if (fresh.length === 0) return undefined;
    const moved = await this.#movedFrom(firstOffset);
    if (moved !== undefined) return moved;
    const { groupId } = this.subscription;
    await this.tools.appendDeadLetters(fresh.map(({ record, error }) => toDeadLetter(record, { groupId, reason, error })));
    this.tools.metrics.countDeadLetters(this.at.topic, reason, fresh.length);
    for (const { record } of fresh) {
      this.#buried.add(record.offset);
      this.tools.breaker.recordBad();
    }
    return undefined;
  }

  async #skip({ firstOffset, nextOffset }: OffsetRange): Promise<Stop | undefined> {
    const { positions, groupId } = this.subscription;
    try {
      await positions?.skip(groupId, this.at, { firstOffset, nextOffset });
    } catch (error) {
      const moved = isOrreryError(error) && error.code === 'ORRERY_CONFLICT' ? await this.#movedFrom(firstOffset) : undefined;
      if (moved === undefined) throw error;
      return moved;
    }
    this.#progress = nextOffset;
    return undefined;
  }

  #retry(error: unknown): Stop {
    this.#failures = this.#progress > this.#pageStart ? 1 : this.#failures + 1;
    return this.#waiting(this.#progress, messageOf(error));
  }

  #waiting(nextOffset: bigint, why: string): Stop {
    const delayMs = backoffMs(this.tools.timing, this.#failures, this.tools.random());
    return { kind: 'retry', nextOffset, delayMs, reason: `${this.at.topic}/${this.at.partition}: ${why}` };
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
