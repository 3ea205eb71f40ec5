import { messageOf, isOrreryError } from '@orrery/errors';
import type { OutgoingRecord } from '@orrery/event-log';
import { bucketOf, ensureBuckets, rememberTenant, type Database, type Transaction } from '@orrery/persistence';
import type { Logger } from '@orrery/telemetry';
import type { DecisionRecord } from '../experiments/index.js';
import { decidedRecord } from '../outgoing-records.js';
import type { SchedulerMetrics } from '../scheduler.metrics.js';
import type { Decision } from './decision.js';
import { addDecisions } from './decision.repository.js';

export interface LedgerWriterOptions {
  readonly database: Database;
  /** Notes decisions for experiments, in the transaction of the ledger. */
  readonly recorder: { recordDecisions(transaction: Transaction, tenantId: string, decisions: readonly DecisionRecord[]): Promise<void> };
  readonly outbox: { write(transaction: Transaction, records: readonly OutgoingRecord[]): Promise<void> };
  readonly metrics: SchedulerMetrics;
  readonly logger: Logger;
  readonly now: () => number;
}

interface Waiting {
  readonly tenantId: string;
  readonly decision: Decision;
  readonly record: DecisionRecord;
}

/** Whoever asks in line waits for an answer, not for a disk: what was decided is written a moment later, many at once. */
const gatherMs = 150;
/** Encoding more at once would keep whoever asks meanwhile waiting for milliseconds. */
const atOnce = 32;
const mostWaiting = 5000;
const retryMs = 1000;

/**
 * Writes what was decided into the ledger and the outbox. What is decided in the last 200 ms before the process is killed is not in it; while
 * the database is away, decisions wait, up to a bound beyond which they are counted and not kept.
 */
export class LedgerWriter {
  private waiting: Waiting[] = [];
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(private readonly options: LedgerWriterOptions) {}

  add(tenantId: string, decision: Decision, record: DecisionRecord): void {
    if (this.waiting.length >= mostWaiting) this.options.metrics.countUnwritten(1);
    else this.waiting.push({ tenantId, decision, record });
    this.schedule(gatherMs);
  }

  /** Writes all that waits. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    await (this.writing = this.writing.then(() => this.writeAll()));
  }

  /** What waits is written before the process ends, if the database lets it. */
  async stop(): Promise<void> {
    await this.flush();
    clearTimeout(this.timer);
    if (this.waiting.length > 0) this.options.metrics.countUnwritten(this.waiting.length);
  }

  private schedule(afterMs: number): void {
    if (this.timer !== undefined || this.waiting.length === 0) return;
    this.timer = setTimeout(() => void this.flush(), afterMs);
    this.timer.unref();
  }

  private async writeAll(): Promise<void> {
    while (this.waiting.length > 0) {
      const portion = this.waiting.slice(0, atOnce);
      const isAway = await this.write(portion);
      if (isAway) return this.schedule(retryMs);
      this.waiting = this.waiting.slice(portion.length);
    }
  }

  /** Says whether to try again later. */
  private async write(portion: readonly Waiting[]): Promise<boolean> {
    const { database, outbox, recorder, metrics, logger, now } = this.options;
    const tenants = [...new Set(portion.map(({ tenantId }) => tenantId))].sort();
    try {
      await database.transaction(async (transaction) => {
        // What a crash of the database takes is no more than one of this process would.
        await transaction.query('set local synchronous_commit = off');
        const bucket = bucketOf(now(), now());
        await ensureBuckets(transaction, ['decision'], [bucket]);
        for (const tenantId of tenants) {
          const waiting = portion.filter((one) => one.tenantId === tenantId);
          const own = waiting.map(({ decision }) => decision);
          await database.actAs(transaction, tenantId);
          await rememberTenant(transaction, tenantId);
          await addDecisions(transaction, tenantId, bucket, own);
          await recorder.recordDecisions(transaction, tenantId, waiting.map(({ record }) => record));
          await outbox.write(transaction, own.map((decision) => decidedRecord(tenantId, decision)));
        }
      });
      return false;
    } catch (error) {
      if (isOrreryError(error) && error.retriable) return true;
      metrics.countUnwritten(portion.length);
      logger.error({ error: messageOf(error), decisions: portion.length }, 'decisions cannot be written into the ledger');
      return false;
    }
  }
}
