import { dropPartitionsOlderThan, findRowsByIndex, knownTenants, monthOf, type Database, type Transaction } from '@orrery/persistence';
import type { Logger } from '@orrery/telemetry';
import type { AnomalyWriter, Outbox } from './anomaly-writer.js';
import type { BaselineConfig } from './baseline.config.js';
import { lapsesAfterMs } from './domain/index.js';
import { AnomalyBoard } from './learning/anomaly-board.js';
import { forgottenStateRecord } from './outgoing-records.js';
import { dropAnomaliesBefore, lockUnheardAnomalies } from './storage/anomaly.repository.js';
import { removeStaleBaselines } from './storage/baseline.repository.js';
import { CauseSettings } from './storage/cause-setting.repository.js';
import { dropRunsBefore } from './storage/running-run.repository.js';
import { removeStaleSeries } from './storage/series.repository.js';
import { dropTallies } from './storage/tally.repository.js';

const dayMs = 24 * 3_600_000;

/** Longer than the topics keep facts: as long as a fact can be read again, it is known to have been learned. */
const seenFactDays = 35;

/** As long as the domain lets a baseline stand that nothing is learned of. */
const staleDays = 90;

const atOnce = 500;

export interface HousekeepingOptions {
  readonly database: Database;
  readonly anomalies: AnomalyWriter;
  readonly outbox: Outbox;
  readonly config: Pick<BaselineConfig, 'ORRERY_BASELINE_OBSERVATION_DAYS' | 'ORRERY_BASELINE_HISTORY_DAYS' | 'ORRERY_BASELINE_ANOMALY_DAYS'>;
  readonly logger: Logger;
  readonly now: () => number;
}

/** Closes what nobody hears of any more, and drops what is older than was asked for. Ages go by the log's clock, so an import is not old. */
export class Housekeeping {
  constructor(private readonly options: HousekeepingOptions) {}

  /** Goes through everything once, in small portions; stops early when told. */
  async sweep(isStopping: () => boolean): Promise<void> {
    const { database, config, now } = this.options;
    const nowMs = now();
    const portions: readonly ((transaction: Transaction, tenantId: string) => Promise<number>)[] = [
      (transaction, tenantId) => this.lapseAnomalies(transaction, tenantId, nowMs),
      (transaction, tenantId) => this.forgetBaselines(transaction, tenantId, nowMs),
      (transaction, tenantId) => removeStaleSeries(transaction, tenantId, nowMs - staleDays * dayMs, atOnce),
      (transaction, tenantId) => dropAnomaliesBefore(transaction, tenantId, nowMs - config.ORRERY_BASELINE_ANOMALY_DAYS * dayMs, atOnce),
      async (transaction, tenantId) => {
        await dropRunsBefore(transaction, tenantId, nowMs - seenFactDays * dayMs);
        await dropTallies(transaction, tenantId, nowMs - config.ORRERY_BASELINE_HISTORY_DAYS * dayMs);
        return 0;
      },
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

  private async lapseAnomalies(transaction: Transaction, tenantId: string, nowMs: number): Promise<number> {
    const unheard = await lockUnheardAnomalies(transaction, tenantId, nowMs - lapsesAfterMs, atOnce);
    const board = new AnomalyBoard(unheard, new CauseSettings([]));
    for (const anomaly of unheard) board.tell(anomaly, { kind: 'lapsed', atMs: nowMs });
    await this.options.anomalies.write(transaction, tenantId, board.changes());
    return unheard.length;
  }

  private async forgetBaselines(transaction: Transaction, tenantId: string, nowMs: number): Promise<number> {
    const keyIds = await removeStaleBaselines(transaction, tenantId, nowMs - staleDays * dayMs, atOnce);
    await this.options.outbox.write(transaction, keyIds.map((keyId) => forgottenStateRecord(tenantId, keyId)));
    return keyIds.length;
  }

  /** A month is dropped when its last day is old enough. */
  private async dropMonths(nowMs: number): Promise<void> {
    const { database, config, logger } = this.options;
    const days = { seen_fact: seenFactDays, observation: config.ORRERY_BASELINE_OBSERVATION_DAYS, baseline_history: config.ORRERY_BASELINE_HISTORY_DAYS };
    for (const [table, kept] of Object.entries(days)) {
      const dropped = await database.transaction((transaction) => dropPartitionsOlderThan(transaction, table, monthOf(nowMs - kept * dayMs)));
      if (dropped.length > 0) logger.info({ dropped }, 'months were dropped');
    }
  }
}
