import { randomUUID } from 'node:crypto';
import type { Database, Transaction } from '@orrery/persistence';
import { addDelivery } from './alert-delivery.repository.js';
import { dropNotices, groupOf, lockNotices, moveNotices, type WaitingNotice } from './alert-notice.repository.js';
import { enqueue, finish, type ClaimedItem } from './alert-queue.repository.js';
import { findRoute } from './alert-route.repository.js';
import type { AlertSource } from './alert-source.js';
import type { AlertRoute } from './domain/alert-route.js';
import { foldAlerts, heldGroup, heldUntil } from './domain/routing.js';
import { mostSlackAlerts } from './domain/slack-payload.js';
import { storableAnomaly } from './domain/storable-anomaly.js';

/** More go into a further message. */
const mostAlerts = { webhook: 100, email: 100, slack: mostSlackAlerts } as const;

export interface AlertPlannerOptions {
  readonly database: Database;
  readonly source: AlertSource;
  readonly now: () => number;
}

interface Group {
  readonly tenantId: string;
  readonly routeId: string;
  readonly groupKey: string;
}

/** Turns notices whose time has come into messages, or holds them back until the end of quiet hours. */
export class AlertPlanner {
  constructor(private readonly options: AlertPlannerOptions) {}

  /** Handles the group of the notice that an item is about. All of it is one transaction, which an early end undoes. */
  async plan(item: ClaimedItem): Promise<void> {
    const { tenantId } = item;
    await this.options.database.forTenant(tenantId, async (transaction) => {
      if (!(await finish(transaction, item))) return;
      const group = await groupOf(transaction, item.subjectId);
      if (group !== undefined) await this.planGroup(transaction, { tenantId, ...group });
    });
  }

  private async planGroup(transaction: Transaction, group: Group): Promise<void> {
    const nowMs = this.options.now();
    const route = await findRoute(transaction, group.routeId);
    const most = mostAlerts[route?.target.kind ?? 'webhook'];
    const locked = await lockNotices(transaction, group, nowMs, most + 1);
    const rest = locked[most];
    if (rest !== undefined) await enqueue(transaction, [{ tenantId: group.tenantId, kind: 'notice', subjectId: rest.noticeId, dueAtMs: nowMs }]);
    const notices = await this.withoutSettled(transaction, locked.slice(0, most));
    const { urgent, held, untilMs } = parted(notices, route, nowMs);
    if (held.length > 0) await hold(transaction, group.tenantId, held, untilMs);
    if (urgent.length > 0) await this.compose(transaction, group, route, urgent);
  }

  /** Drops reminders of what is not open any more, and brings the others up to date. */
  private async withoutSettled(transaction: Transaction, notices: readonly WaitingNotice[]): Promise<readonly WaitingNotice[]> {
    const reminders = notices.filter(({ alert }) => alert.kind === 'reminder');
    if (reminders.length === 0) return notices;
    const open = await this.options.source.stillOpen(transaction, reminders.map(({ alert }) => alert.anomaly.anomaly_id));
    const anomalies = new Map(open.map((anomaly) => [anomaly.anomaly_id, storableAnomaly(anomaly)]));
    const isSettled = ({ alert }: WaitingNotice) => alert.kind === 'reminder' && !anomalies.has(alert.anomaly.anomaly_id);
    await dropNotices(transaction, notices.filter(isSettled).map(({ noticeId }) => noticeId));
    return notices
      .filter((notice) => !isSettled(notice))
      .map((notice) => (notice.alert.kind === 'reminder' ? { ...notice, alert: { kind: 'reminder', anomaly: anomalies.get(notice.alert.anomaly.anomaly_id) ?? notice.alert.anomaly } } : notice));
  }

  private async compose(transaction: Transaction, { tenantId, routeId }: Group, route: AlertRoute | undefined, notices: readonly WaitingNotice[]): Promise<void> {
    const nowMs = this.options.now();
    const deliveryId = randomUUID();
    const obstacle = obstacleOf(route);
    await addDelivery(transaction, tenantId, {
      deliveryId,
      routeId,
      routeName: route?.name ?? routeId,
      targetKind: route?.target.kind ?? 'unknown',
      status: obstacle === null ? 'pending' : 'cancelled',
      alerts: foldAlerts(notices.map(({ alert }) => alert)),
      createdAtMs: nowMs,
      lastError: obstacle,
    });
    await dropNotices(transaction, notices.map(({ noticeId }) => noticeId));
    await enqueue(transaction, [obstacle === null ? { tenantId, kind: 'delivery', subjectId: deliveryId, dueAtMs: nowMs } : expiryOf(tenantId, deliveryId, nowMs)]);
  }
}

const retentionMs = 30 * 24 * 60 * 60 * 1000;

/** A delivery that is over can be looked at for 30 days. */
export function expiryOf(tenantId: string, deliveryId: string, nowMs: number) {
  return { tenantId, kind: 'expiry', subjectId: deliveryId, dueAtMs: nowMs + retentionMs } as const;
}

/** Why nothing is sent through a route; null when nothing speaks against it. */
export function obstacleOf(route: AlertRoute | undefined): string | null {
  if (route === undefined) return 'the route was deleted before the alert was sent';
  return route.is_enabled ? null : 'the route was disabled before the alert was sent';
}

interface Parted {
  readonly urgent: readonly WaitingNotice[];
  readonly held: readonly WaitingNotice[];
  readonly untilMs: number;
}

function parted(notices: readonly WaitingNotice[], route: AlertRoute | undefined, nowMs: number): Parted {
  const quietHours = obstacleOf(route) === null ? (route?.quiet_hours ?? null) : null;
  const untilMs = heldUntil(quietHours, 'warning', nowMs);
  if (untilMs === null) return { urgent: notices, held: [], untilMs: nowMs };
  const isUrgent = ({ alert }: WaitingNotice) => heldUntil(quietHours, alert.anomaly.severity, nowMs) === null;
  return { urgent: notices.filter(isUrgent), held: notices.filter((notice) => !isUrgent(notice)), untilMs };
}

async function hold(transaction: Transaction, tenantId: string, held: readonly WaitingNotice[], untilMs: number): Promise<void> {
  const noticeIds = held.map(({ noticeId }) => noticeId);
  await moveNotices(transaction, noticeIds, heldGroup);
  const [subjectId] = noticeIds;
  if (subjectId !== undefined) await enqueue(transaction, [{ tenantId, kind: 'notice', subjectId, dueAtMs: untilMs }]);
}
