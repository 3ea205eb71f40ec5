import { messageOf, OrreryError } from '@orrery/errors';
import { backoffMs, type RetryTiming } from '../consume/backoff.js';
import type { ConsumerStatus } from '../consume/consumer-status.js';
import type { Page, PageOutcome, PartitionProcessor } from '../consume/partition-processor.js';
import type { ResolvedSubscription } from '../consume/resolved-subscription.js';
import { Signal } from '../concurrency/signal.js';
import type { Slots } from '../concurrency/slots.js';
import type { PartitionBounds, RecordReader } from './record-reader.js';
import type { KnownPartition } from './topic-registry.js';

/** Pages in a row for one partition before another one has its turn. */
const maxPagesInTurn = 8;
const leasePollMs = 200;
/** When nothing came for so long, the group's own memory is compared. */
const quietMs = 500;

/** A turn for so many is worth its while. */
const enoughRecords = 100n;

/** What a runner needs of the consumer it belongs to. */
export interface RunnerHost {
  readonly status: ConsumerStatus;
  readonly slots: Slots;
  readonly reader: RecordReader;
  readonly retry: RetryTiming;
  /** False while the consumer is paused or broken, or cannot be sure of its lease. */
  mayWork(): boolean;
  /** False when the lease is lost. */
  commit(nextOffset: bigint): Promise<boolean>;
  warn(message: string, details: Readonly<Record<string, unknown>>): void;
}

/** Works on one partition that the consumer holds, strictly in order, until it is told to stop. */
export class PartitionRunner<Value> {
  readonly at: KnownPartition;
  readonly #signal = new Signal();
  readonly #part: string;
  #end: bigint;
  #position: bigint | undefined;
  /** What the log knows; behind the position after a commit that failed. */
  #committed: bigint | null;
  #failures = 0;
  #resumeAtMs = 0;
  #turnBeganAtMs = -Infinity;
  #isStopping = false;
  #isFenced = false;
  /** Something was handled since the group's own memory was last seen to agree. */
  #isUnchecked = false;
  #seek: { readonly offset: bigint; readonly settle: (error?: unknown) => void } | undefined;
  readonly #finished: Promise<void>;

  constructor(
    private readonly subscription: ResolvedSubscription<Value>,
    private readonly processor: PartitionProcessor<Value>,
    private readonly host: RunnerHost,
    { at, committed, end }: { readonly at: KnownPartition; readonly committed: bigint | null; readonly end: bigint },
  ) {
    this.at = at;
    this.#part = `${at.topic}/${at.partition}`;
    this.#committed = committed;
    this.#end = end;
    this.#finished = this.#run();
  }

  get lag(): bigint {
    return this.#position === undefined || this.#position > this.#end ? 0n : this.#end - this.#position;
  }

  /** The log reaches up to here. */
  noteEnd(end: bigint): void {
    if (end <= this.#end) return;
    this.#end = end;
    this.#signal.raise();
  }

  /** Something the runner waits for may have changed. */
  wake(): void {
    this.#signal.raise();
  }

  /** Resolves when the page in hand is done and committed. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#signal.raise();
    await this.#finished;
  }

  /** Goes on at an offset once the page in hand is done. */
  async seek(offset: bigint): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#seek?.settle(new OrreryError('ORRERY_CONFLICT', `another seek of ${this.#part} came before this one was done`));
      this.#seek = { offset, settle: (error) => (error === undefined ? resolve() : reject(error as Error)) };
      if (this.#isStopping) this.#seek.settle(new OrreryError('ORRERY_CONFLICT', `${this.#part} is no longer this consumer's`));
      this.#signal.raise();
    });
  }

  async #run(): Promise<void> {
    while (!this.#isStopping) {
      try {
        await this.#step();
      } catch (error) {
        this.#failures += 1;
        this.#retryLater(backoffMs(this.host.retry, this.#failures, Math.random()), `${this.#part}: ${messageOf(error)}`);
      }
    }
    await this.#commitLeftover();
    this.host.status.recovered(this.#part);
    this.#seek?.settle(new OrreryError('ORRERY_CONFLICT', `${this.#part} is no longer this consumer's`));
  }

  async #step(): Promise<void> {
    const waitMs = this.#resumeAtMs - performance.now();
    if (this.#seek !== undefined) await this.#doSeek(this.#seek);
    else if (waitMs > 0) await this.#signal.wait(waitMs);
    else if (!this.host.mayWork()) await this.#signal.wait(leasePollMs);
    else if (this.#position === undefined) await this.#locate();
    else if (this.#committed !== null && this.#committed < this.#position) await this.#commit(this.#position);
    else if (this.#position >= this.#end) await this.#rest(this.#position);
    else if (this.#gatheringMs() > 0) await this.#signal.wait(this.#gatheringMs());
    else await this.host.slots.use(() => this.#takeTurn());
  }

  /** How long to leave a few records for others to join them; nothing waits when the last turn was longer ago. */
  #gatheringMs(): number {
    return this.lag >= enoughRecords ? 0 : this.#turnBeganAtMs + this.subscription.gatherMs - performance.now();
  }

  /** Waits for records; when none come, makes sure that the last ones are done. */
  async #rest(position: bigint): Promise<void> {
    if (!this.#isUnchecked || this.subscription.positions === undefined) {
      await this.#signal.wait();
      return;
    }
    if (await this.#signal.wait(quietMs)) return;
    const outcome = await this.processor.check(position);
    this.#isUnchecked = false;
    if (outcome === undefined) this.#recovered();
    else await this.#settle(outcome);
  }

  /** Finds out where to begin: a consumer that has a memory of its own does not ask the log. */
  async #locate(): Promise<void> {
    const { positions, groupId, from } = this.subscription;
    const [bounds] = await this.host.reader.bounds([this.at]);
    if (bounds === undefined) throw new OrreryError('ORRERY_DEPENDENCY', 'the partition is gone');
    const remembered = positions === undefined ? this.#committed : await positions.load(groupId, this.at);
    const position = remembered ?? (from === 'latest' ? bounds.end : bounds.start);
    if (position > bounds.end) {
      this.host.status.broken(`group ${groupId} is at ${position} of ${this.#part}, which ends at ${bounds.end}: was the log replaced? Reset the group's positions`);
      return;
    }
    if (remembered === null) await positions?.skip(groupId, this.at, { firstOffset: position, nextOffset: position });
    this.#warnOfGap(position, bounds);
    this.#end = bounds.end;
    this.#position = position;
    this.#recovered();
    // A group that starts at the end must find the same end again after a restart.
    if (remembered === null && from === 'latest') await this.#commit(position);
  }

  #warnOfGap(position: bigint, { start }: PartitionBounds): void {
    if (position >= start || position === 0n) return;
    const { groupId } = this.subscription;
    this.host.warn('records were removed by retention before the group processed them', { groupId, ...this.at, position, start });
  }

  /** Works off what is there, reading the next page while one is handled; at most two pages are in memory. */
  async #takeTurn(): Promise<void> {
    let next: Promise<Page> | undefined;
    this.#turnBeganAtMs = performance.now();
    for (let pages = 1; pages <= maxPagesInTurn; pages += 1) {
      const position = this.#position;
      if (position === undefined || position >= this.#end || !this.#mayGoOn()) break;
      const page = await (next ?? this.#read(position));
      next = undefined;
      const hasMore = page.nextOffset < this.#end && pages < maxPagesInTurn && this.#mayGoOn();
      if (hasMore) {
        next = this.#read(page.nextOffset);
        next.catch(() => undefined);
      }
      const isDone = await this.#settle(await this.processor.process(page));
      if (!isDone) break;
    }
  }

  #mayGoOn(): boolean {
    return !this.#isStopping && this.#seek === undefined && this.host.mayWork();
  }

  async #read(position: bigint): Promise<Page> {
    const end = this.#end;
    const { maxBatchRecords, maxBatchBytes } = this.subscription;
    const records = await this.host.reader.page(this.at, position, { records: maxBatchRecords, bytes: maxBatchBytes });
    // Below an end that was seen, what is not there will not come: it was removed.
    const nextOffset = (records.at(-1)?.offset ?? end - 1n) + 1n;
    return { firstOffset: position, nextOffset, records };
  }

  /** Takes over what became of a page; true when the next one can follow. */
  async #settle(outcome: PageOutcome): Promise<boolean> {
    const hasProgress = outcome.nextOffset !== this.#position;
    this.#isUnchecked = true;
    this.#position = outcome.nextOffset;
    if (outcome.kind === 'retry') this.#retryLater(outcome.delayMs, outcome.reason);
    else if (outcome.kind === 'broken') this.host.status.broken(outcome.reason);
    else if (!this.processor.isDoubtful) this.#recovered();
    if (hasProgress) await this.#commit(outcome.nextOffset);
    return outcome.kind === 'done';
  }

  async #commit(nextOffset: bigint): Promise<void> {
    const isOurs = await this.host.commit(nextOffset);
    if (isOurs) this.#committed = nextOffset;
    else {
      this.#isFenced = true;
      this.#isStopping = true;
    }
  }

  /** A commit that failed before the stop gets one more chance; without it the page comes again, which is allowed. */
  async #commitLeftover(): Promise<void> {
    if (this.#isFenced || this.#position === undefined || this.#committed === null || this.#committed >= this.#position) return;
    await this.host.commit(this.#position).catch(() => false);
  }

  async #doSeek({ offset, settle }: { readonly offset: bigint; readonly settle: (error?: unknown) => void }): Promise<void> {
    this.#seek = undefined;
    try {
      const { positions, groupId } = this.subscription;
      if (positions !== undefined && positions.reset === undefined) {
        throw new OrreryError('ORRERY_CONFIG', `the positions of group ${groupId} cannot be moved back: their store has no reset`);
      }
      await positions?.reset?.(groupId, this.at, offset);
      this.processor.restart();
      this.#position = offset;
      this.#resumeAtMs = 0;
      this.#recovered();
      await this.#commit(offset);
      settle();
    } catch (error) {
      settle(error);
    }
  }

  #retryLater(delayMs: number, reason: string): void {
    this.#resumeAtMs = performance.now() + delayMs;
    this.host.status.retrying(this.#part, reason);
  }

  #recovered(): void {
    this.#failures = 0;
    this.host.status.recovered(this.#part);
  }
}
