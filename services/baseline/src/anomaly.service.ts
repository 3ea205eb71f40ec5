import { OrreryError } from '@orrery/errors';
import { findRowsByIndex, type Database, type Transaction } from '@orrery/persistence';
import { alertableAnomaly, isMuted } from './alert-changes.js';
import type { AlertSource } from './alerts/index.js';
import type { AnomalyWriter } from './anomaly-writer.js';
import { fold, raisedThreshold, type Anomaly, type AnomalyAction } from './domain/index.js';
import { countAnomalies, findAnomalies, findAnomaly, listAnomalies, lockAnomaly, type AnomalyCount, type AnomalyFilter } from './storage/anomaly.repository.js';
import type { Place } from './storage/baseline.repository.js';
import { loadCauseSettings, saveCauseSetting } from './storage/cause-setting.repository.js';
import { countObservations } from './storage/tally.repository.js';

export interface PersonsAction {
  readonly action: AnomalyAction;
  readonly by: string;
  readonly note?: string | undefined;
  /** Of a mute. */
  readonly untilMs?: number | undefined;
}

export interface AnomalyStatistics {
  readonly counts: readonly AnomalyCount[];
  readonly observations: number;
}

/** Shows anomalies, and does what people say of them. */
export class AnomalyService {
  constructor(
    private readonly database: Database,
    private readonly writer: AnomalyWriter,
    private readonly now: () => number,
  ) {}

  list(tenantId: string, filter: AnomalyFilter, after: Place | undefined, limit: number): Promise<readonly Anomaly[]> {
    return this.read(tenantId, (transaction) => listAnomalies(transaction, filter, after, limit));
  }

  /** @throws ORRERY_NOT_FOUND when the tenant has no such anomaly. */
  find(tenantId: string, anomalyId: string): Promise<Anomaly> {
    return this.read(tenantId, async (transaction) => existing(anomalyId, await findAnomaly(transaction, tenantId, anomalyId)));
  }

  /** Counts since a moment. */
  statistics(tenantId: string, sinceMs: number): Promise<AnomalyStatistics> {
    return this.read(tenantId, async (transaction) => ({
      counts: await countAnomalies(transaction, tenantId, sinceMs),
      observations: await countObservations(transaction, tenantId, sinceMs),
    }));
  }

  /**
   * Lets a person acknowledge, resolve or mute an anomaly, or call it a false alarm, which also widens the bounds of its cause on that
   * subject. The same again changes nothing.
   *
   * @throws ORRERY_NOT_FOUND when the tenant has no such anomaly.
   */
  act(tenantId: string, anomalyId: string, { action, by, note, untilMs }: PersonsAction): Promise<Anomaly> {
    return this.read(tenantId, async (transaction) => {
      const before = existing(anomalyId, await lockAnomaly(transaction, tenantId, anomalyId));
      if (action === 'false_positive' && before.resolution?.kind === 'false_positive') return before;
      const optional = Object.fromEntries(Object.entries({ note, untilMs }).filter(([, value]) => value !== undefined));
      const after = fold(before, { kind: 'action', action, atMs: this.now(), by, ...optional }) ?? before;
      if (after === before) return before;
      await this.remember(transaction, tenantId, after, action);
      await this.writer.write(transaction, tenantId, [{ before, after, heardAtMs: null, runIds: [] }]);
      return after;
    });
  }

  /** What outlives the episode: mutes, and bounds that were too narrow. */
  private async remember(transaction: Transaction, tenantId: string, { subjectKeyId, cause, mutedUntilMs }: Anomaly, action: AnomalyAction): Promise<void> {
    if (action !== 'mute' && action !== 'false_positive') return;
    const setting = (await loadCauseSettings(transaction, tenantId, [subjectKeyId])).of(subjectKeyId, cause);
    const changed = action === 'mute' ? { mutedUntilMs } : { threshold: raisedThreshold(setting.threshold) };
    await saveCauseSetting(transaction, tenantId, { ...setting, ...changed });
  }

  private read<Result>(tenantId: string, work: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    return this.database.forTenant(tenantId, async (transaction) => {
      await findRowsByIndex(transaction);
      return await work(transaction);
    });
  }
}

/** Tells alerts which anomalies people still have to hear of. */
export function alertSource(now: () => number): AlertSource {
  return {
    stillOpen: async (transaction, anomalyIds) =>
      (await findAnomalies(transaction, anomalyIds)).filter((anomaly) => anomaly.status === 'open' && !isMuted(anomaly, now())).map(alertableAnomaly),
  };
}

function existing(anomalyId: string, anomaly: Anomaly | null): Anomaly {
  if (anomaly !== null) return anomaly;
  throw new OrreryError('ORRERY_NOT_FOUND', `there is no anomaly ${anomalyId}`, { details: { anomaly_id: anomalyId } });
}
