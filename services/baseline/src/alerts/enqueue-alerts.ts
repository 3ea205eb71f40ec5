import type { Transaction } from '@orrery/persistence';
import { addNotices } from './alert-notice.repository.js';
import { enqueue } from './alert-queue.repository.js';
import { listRoutes } from './alert-route.repository.js';
import type { AlertChange } from './domain/alertable-anomaly.js';
import { routeChanges } from './domain/routing.js';
import { storableAnomaly } from './domain/storable-anomaly.js';

/**
 * Notes whom to tell of what became of a tenant's anomalies, in the transaction that stores the anomalies: both happen, or neither.
 * The transaction must act as that tenant. Each change is to be given once.
 *
 * @returns how many alerts wait because of it
 * @example await enqueueAlerts(transaction, tenantId, [{ kind: 'opened', anomaly }], Date.now());
 */
export async function enqueueAlerts(transaction: Transaction, tenantId: string, changes: readonly AlertChange[], nowMs: number): Promise<number> {
  if (changes.length === 0) return 0;
  const routed = routeChanges(await listRoutes(transaction), changes, nowMs);
  if (routed.length === 0) return 0;
  const notices = await addNotices(
    transaction,
    tenantId,
    routed.map(({ route, change, groupKey, dueAtMs }) => ({ routeId: route.route_id, groupKey, alert: { kind: change.kind, anomaly: storableAnomaly(change.anomaly) }, dueAtMs })),
  );
  // One item a group: the first that is due takes the others along.
  const firstOfGroup = new Map(notices.toReversed().map((notice) => [`${notice.routeId} ${notice.groupKey}`, notice]));
  await enqueue(
    transaction,
    [...firstOfGroup.values()].map(({ noticeId, dueAtMs }) => ({ tenantId, kind: 'notice', subjectId: noticeId, dueAtMs })),
  );
  return notices.length;
}
