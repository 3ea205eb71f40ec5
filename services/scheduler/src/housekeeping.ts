import { dropPartitionsOlderThan, findRowsByIndex, knownTenants, monthOf, type Database, type Transaction } from '@orrery/persistence';
import type { Logger } from '@orrery/telemetry';
import { removeStaleEstimates } from './estimates/estimate.repository.js';
import { removeStaleRuns } from './estimates/finished-run.repository.js';
import type { SchedulerConfig } from './scheduler.config.js';

const dayMs = 24 * 3_600_000;

/** Longer than the topics keep facts: as long as a fact can be read again, it is known to have been learned. */
const seenFactDays = 35;
/** A task or run that nothing was heard of for so long is forgotten. */
const staleDays = 180;
const atOnce = 500;

export interface HousekeepingOptions {
  readonly database: Database;
  readonly config: Pick<SchedulerConfig, 'ORRERY_SCHEDULER_LEDGER_DAYS'>;
  readonly logger: Logger;
  readonly now: () => number;
}

/** Forgets what is older than was asked for. Ages go by the log's clock, so an import is not old. */
export class Housekeeping {
  constructor(private readonly options: HousekeepingOptions) {}

  /** Goes through everything once, in small portions; stops early when told. */
  async sweep(isStopping: () => boolean): Promise<void> {
    const { database, now } = this.options;
    const nowMs = now();
    const portions: readonly ((transaction: Transaction, tenantId: string) => Promise<number>)[] = [
      (transaction, tenantId) => removeStaleEstimates(transaction, tenantId, nowMs - staleDays * dayMs, atOnce),
      (transaction, tenantId) => removeStaleRuns(transaction, tenantId, nowMs - staleDays * dayMs, atOnce),
    ];
    for (const tenantId of await database.transaction(knownTenants)) {
      for (const portion of portions) {
        const work = async (transaction: Transaction) => {
          await findRowsByIndex(transaction);
          return await portion(transaction, tenantId);
        };
        while (!isStopping() && (await database.forTenant(tenantId, work)) === atOnce);
      }
    }
    await this.dropMonths(nowMs);
  }

  /** A month is dropped when its last day is old enough. */
  private async dropMonths(nowMs: number): Promise<void> {
    const { database, config, logger } = this.options;
    const days = { seen_fact: seenFactDays, decision: config.ORRERY_SCHEDULER_LEDGER_DAYS };
    for (const [table, kept] of Object.entries(days)) {
      const dropped = await database.transaction((transaction) => dropPartitionsOlderThan(transaction, table, monthOf(nowMs - kept * dayMs)));
      if (dropped.length > 0) logger.info({ dropped }, 'months were dropped');
    }
  }
}
