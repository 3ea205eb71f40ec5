import type { Transaction } from '@orrery/persistence';
import type { AlertableAnomaly } from './domain/alertable-anomaly.js';

/** Where alerts learn how anomalies stand now; the owner of the anomalies implements it. */
export interface AlertSource {
  /**
   * Those of the tenant's anomalies that people still need to be told of: open, not acknowledged, not muted. The transaction acts as
   * the tenant.
   */
  stillOpen(transaction: Transaction, anomalyIds: readonly string[]): Promise<readonly AlertableAnomaly[]>;
}
