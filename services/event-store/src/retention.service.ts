import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { messageOf } from '@orrery/errors';
import { dropPartitionsOlderThan, knownTenants, monthOf, type Database } from '@orrery/persistence';
import type { Logger } from '@orrery/telemetry';
import { dropChangesBefore } from './storage/change-feed.js';
import { forgetReplayedBefore } from './storage/replayed-dead-letters.js';
import { dropRunsBefore } from './storage/retention.repository.js';

/** How long a client may be away and still be told all it missed. */
export const feedRetentionMs = 60 * 60 * 1000;

const dayMs = 24 * 60 * 60 * 1000;
/** Longer than the log keeps dead letters. */
const deadLetterMs = 60 * dayMs;
const intervalMs = 10 * 60 * 1000;
const changesAtOnce = 5000;
const runsAtOnce = 200;
const partitionedTables = ['record', 'execution_event', 'message', 'sample'];

export interface RetentionOptions {
  readonly database: Database;
  /** 0 keeps runs for ever. */
  readonly retentionDays: number;
  readonly logger: Logger;
  readonly now: () => number;
}

/** Drops what is older than was asked for: large tables by whole months, which costs nothing, the rest in small portions. */
export class RetentionService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private sweeping: Promise<void> = Promise.resolve();
  private isStopping = false;

  constructor(private readonly options: RetentionOptions) {}

  // Nest calls it once for the application and once for each of its microservices.
  onApplicationBootstrap(): void {
    this.timer ??= setInterval(() => {
      this.sweeping = this.sweep().catch((error: unknown) => {
        this.options.logger.warn({ error: messageOf(error) }, 'old data could not be dropped; the next round tries again');
      });
    }, intervalMs).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    clearInterval(this.timer);
    await this.sweeping;
  }

  /** Goes through everything once. */
  async sweep(): Promise<void> {
    const { database, retentionDays, now } = this.options;
    const tenants = await database.transaction(knownTenants);
    await this.eachTenant(tenants, changesAtOnce, (tenantId) =>
      database.forTenant(tenantId, (transaction) => dropChangesBefore(transaction, (now() - feedRetentionMs) * 1000, changesAtOnce)),
    );
    for (const tenantId of tenants) await database.forTenant(tenantId, (transaction) => forgetReplayedBefore(transaction, (now() - deadLetterMs) * 1000));
    if (retentionDays === 0) return;
    // A month is dropped when its last day is old enough.
    const firstKept = monthOf(now() - retentionDays * dayMs);
    await this.eachTenant(tenants, runsAtOnce, (tenantId) => database.forTenant(tenantId, (transaction) => dropRunsBefore(transaction, firstKept, runsAtOnce)));
    for (const table of partitionedTables) {
      const dropped = await database.transaction((transaction) => dropPartitionsOlderThan(transaction, table, firstKept));
      if (dropped.length > 0) this.options.logger.info({ dropped }, 'months were dropped');
    }
  }

  /** Repeats the work for each tenant until it did less than a full portion. */
  private async eachTenant(tenants: readonly string[], portion: number, work: (tenantId: string) => Promise<number>): Promise<void> {
    for (const tenantId of tenants) {
      while (!this.isStopping && (await work(tenantId)) === portion);
    }
  }
}
