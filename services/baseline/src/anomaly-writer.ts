import type { OutgoingRecord } from '@orrery/event-log';
import type { Transaction } from '@orrery/persistence';
import { alertChangeOf } from './alert-changes.js';
import { enqueueAlerts } from './alerts/index.js';
import type { Anomaly } from './domain/index.js';
import type { AnomalyChange } from './learning/anomaly-board.js';
import { anomalyRecord } from './outgoing-records.js';
import { saveAnomalies } from './storage/anomaly.repository.js';

/** Takes records that the log gets once the transaction is committed. */
export interface Outbox {
  write(transaction: Transaction, records: readonly OutgoingRecord[]): Promise<void>;
}

/** Stores what became of anomalies, tells the log of what is worth it, and notes whom to alert. */
export class AnomalyWriter {
  constructor(
    private readonly outbox: Outbox,
    private readonly now: () => number,
  ) {}

  async write(transaction: Transaction, tenantId: string, changes: readonly AnomalyChange[]): Promise<void> {
    if (changes.length === 0) return;
    await saveAnomalies(transaction, tenantId, changes.map(({ after, heardAtMs, runIds }) => ({ anomaly: after, heardAtMs, runIds })));
    await this.outbox.write(transaction, changes.filter(isWorthTelling).map(({ after }) => anomalyRecord(tenantId, after)));
    const nowMs = this.now();
    const alerts = changes.flatMap((change) => alertChangeOf(change, nowMs) ?? []);
    await enqueueAlerts(transaction, tenantId, alerts, nowMs);
  }
}

/** New, changed in what people see, or seen twice as often as when it was last told. */
function isWorthTelling({ before, after }: AnomalyChange): boolean {
  if (before === null || before.status !== after.status || before.severity !== after.severity) return true;
  return before.mutedUntilMs !== after.mutedUntilMs || before.resolution?.kind !== after.resolution?.kind || magnitude(before) !== magnitude(after);
}

function magnitude({ count }: Anomaly): number {
  return Math.floor(Math.log2(count));
}
