import type { Database, Transaction } from '@orrery/persistence';
import { findDelivery, forgetDelivery, recordProgress, type Delivery, type DeliveryProgress } from './alert-delivery.repository.js';
import { addNotices } from './alert-notice.repository.js';
import { expiryOf, obstacleOf } from './alert-planner.js';
import { enqueue, finish, postpone, type ClaimedItem } from './alert-queue.repository.js';
import { findRoute } from './alert-route.repository.js';
import type { AlertSender, SendResult } from './alert-sender.js';
import type { AlertMetrics } from './alert.metrics.js';
import { gravest } from './domain/alertable-anomaly.js';
import type { AlertRoute } from './domain/alert-route.js';
import { delayAfter } from './domain/backoff.js';
import { groupKeyOf, heldUntil } from './domain/routing.js';

export interface AlertDelivererOptions {
  readonly database: Database;
  readonly sender: AlertSender;
  readonly metrics: AlertMetrics;
  readonly maxAttempts: number;
  readonly now: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
}

/** Makes one attempt at a delivery and writes down what it came to. */
export class AlertDeliverer {
  constructor(private readonly options: AlertDelivererOptions) {}

  async attempt(item: ClaimedItem): Promise<void> {
    const found = await this.options.database.forTenant(item.tenantId, (transaction) => this.prepare(transaction, item));
    if (found === undefined) return;
    const { delivery, route } = found;
    const startedAt = performance.now();
    const result = await this.options.sender.send({ ...delivery, tenantId: item.tenantId, isTest: false }, route.target);
    this.options.metrics.countAttempt(delivery.targetKind, result.outcome, performance.now() - startedAt);
    await this.options.database.forTenant(item.tenantId, (transaction) => this.record(transaction, item, found, result));
  }

  /** Drops a delivery whose time to be looked at is over. */
  async forget(item: ClaimedItem): Promise<void> {
    await this.options.database.forTenant(item.tenantId, async (transaction) => {
      if (await finish(transaction, item)) await forgetDelivery(transaction, item.subjectId);
    });
  }

  /** The delivery and its route, when an attempt is to be made now. */
  private async prepare(transaction: Transaction, item: ClaimedItem): Promise<Attempt | undefined> {
    const delivery = await findDelivery(transaction, item.subjectId);
    if (delivery === undefined || delivery.status !== 'pending') {
      await finish(transaction, item);
      return undefined;
    }
    const route = await findRoute(transaction, delivery.routeId);
    const obstacle = obstacleOf(route);
    if (route === undefined || obstacle !== null) {
      await this.end(transaction, item, delivery, { status: 'cancelled', isAttempt: false, httpStatus: null, error: obstacle });
      return undefined;
    }
    const nowMs = this.options.now();
    const untilMs = heldUntil(route.quiet_hours, gravest(delivery.alerts), nowMs);
    if (untilMs === null) return { delivery, route };
    await wait(transaction, item, delivery, { nowMs, untilMs });
    return undefined;
  }

  private async record(transaction: Transaction, item: ClaimedItem, { delivery, route }: Attempt, result: SendResult): Promise<void> {
    const { now, random, maxAttempts } = this.options;
    if (result.outcome === 'delivered') {
      const isOurs = await this.end(transaction, item, delivery, { status: 'delivered', isAttempt: true, httpStatus: result.httpStatus, error: null });
      if (isOurs) await remind(transaction, item.tenantId, { delivery, route }, now());
      return;
    }
    const attempts = delivery.attemptCount + 1;
    if (result.isFinal || attempts >= maxAttempts) {
      const error = result.isFinal ? result.reason : `${result.reason}; given up after ${attempts} attempts`;
      await this.end(transaction, item, delivery, { status: 'failed', isAttempt: true, httpStatus: result.httpStatus, error });
      return;
    }
    const nowMs = now();
    await wait(transaction, item, delivery, { nowMs, untilMs: nowMs + delayAfter(attempts, random(), result.askedMs), failure: result });
  }

  /** Whether the item was still ours to end. */
  private async end(transaction: Transaction, item: ClaimedItem, delivery: Delivery, progress: Omit<DeliveryProgress, 'atMs' | 'nextAttemptAtMs'>): Promise<boolean> {
    const nowMs = this.options.now();
    if (!(await finish(transaction, item))) return false;
    await recordProgress(transaction, delivery.deliveryId, { ...progress, atMs: nowMs, nextAttemptAtMs: null });
    await enqueue(transaction, [expiryOf(item.tenantId, delivery.deliveryId, nowMs)]);
    this.options.metrics.countEnd(delivery.targetKind, progress.status);
    return true;
  }
}

interface Attempt {
  readonly delivery: Delivery;
  readonly route: AlertRoute;
}

interface Waiting {
  readonly nowMs: number;
  readonly untilMs: number;
  /** Absent when no attempt was made. */
  readonly failure?: Extract<SendResult, { outcome: 'failed' }>;
}

async function wait(transaction: Transaction, item: ClaimedItem, delivery: Delivery, { nowMs, untilMs, failure }: Waiting): Promise<void> {
  if (!(await postpone(transaction, item, untilMs))) return;
  await recordProgress(transaction, delivery.deliveryId, {
    status: 'pending',
    atMs: nowMs,
    isAttempt: failure !== undefined,
    httpStatus: failure?.httpStatus ?? delivery.lastHttpStatus,
    error: failure?.reason ?? delivery.lastError,
    nextAttemptAtMs: untilMs,
  });
}

/** Sees to it that what is still open after a while is told again. */
async function remind(transaction: Transaction, tenantId: string, { delivery, route }: Attempt, nowMs: number): Promise<void> {
  const { repeat_after_s: repeatAfterS } = route;
  if (repeatAfterS === null) return;
  const dueAtMs = nowMs + repeatAfterS * 1000;
  const open = delivery.alerts.filter(({ kind }) => kind !== 'resolved');
  const notices = await addNotices(
    transaction,
    tenantId,
    open.map(({ anomaly }) => ({ routeId: route.route_id, groupKey: groupKeyOf(route.group_by, anomaly), alert: { kind: 'reminder', anomaly }, dueAtMs })),
  );
  await enqueue(transaction, notices.map(({ noticeId }) => ({ tenantId, kind: 'notice', subjectId: noticeId, dueAtMs })));
}
