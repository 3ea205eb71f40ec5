import { messageOf } from '@orrery/errors';
import type { Database } from '@orrery/persistence';
import type { Logger } from '@orrery/telemetry';
import type { AlertDeliverer } from './alert-deliverer.js';
import type { AlertPlanner } from './alert-planner.js';
import { claimDue, type ClaimedItem } from './alert-queue.repository.js';
import type { AlertMetrics } from './alert.metrics.js';

export interface AlertDispatcherOptions {
  readonly database: Database;
  readonly planner: AlertPlanner;
  readonly deliverer: AlertDeliverer;
  readonly metrics: AlertMetrics;
  readonly logger: Logger;
  readonly now: () => number;
  /** Items worked on at one time. */
  readonly concurrency: number;
  /** How long an item is one dispatcher's; longer than any attempt takes. @default 60_000 */
  readonly leaseMs?: number;
  /** How often the queue is looked at when there is nothing to do. @default 500 */
  readonly pollMs?: number;
}

/**
 * Works off the queue of alerts: any number of them can run, each item is one dispatcher's at a time, and what a killed one had in hand
 * another takes when its claim has run out.
 */
export class AlertDispatcher {
  private readonly inHand = new Map<Promise<void>, string>();
  private loop: Promise<void> | undefined;
  private isStopping = false;
  private lastFault: string | undefined;
  private wake: () => void = () => undefined;

  constructor(private readonly options: AlertDispatcherOptions) {}

  start(): void {
    this.loop ??= this.run();
  }

  /** Takes nothing new and waits for what is in hand. */
  async stop(): Promise<void> {
    this.isStopping = true;
    this.wake();
    await this.loop;
    await Promise.all(this.inHand.keys());
  }

  /** Why the queue cannot be read at present; undefined while it can. */
  fault(): string | undefined {
    return this.lastFault;
  }

  private async run(): Promise<void> {
    const { concurrency, pollMs = 500 } = this.options;
    while (!this.isStopping) {
      const isMore = this.inHand.size < concurrency && (await this.takeMore());
      if (!isMore && !this.isStopping) await this.rest(pollMs);
    }
  }

  /** Waits for a while, or until a place is free. */
  private async rest(pollMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, pollMs);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private async takeMore(): Promise<boolean> {
    const { database, now, concurrency, leaseMs = 60_000, logger } = this.options;
    try {
      const limit = Math.min(concurrency - this.inHand.size, this.share);
      const request = { nowMs: now(), limit, leaseMs, busyTenants: this.busyTenants() };
      const items = await database.transaction((transaction) => claimDue(transaction, request));
      this.lastFault = undefined;
      for (const item of items) this.take(item);
      return items.length > 0;
    } catch (error) {
      if (this.lastFault === undefined) logger.warn({ error: messageOf(error) }, 'the queue of alerts cannot be read; it is tried again');
      this.lastFault = messageOf(error);
      return false;
    }
  }

  /** Half of the places, which is also the most that is taken at once: so one tenant never has them all. */
  private get share(): number {
    return Math.ceil(this.options.concurrency / 2);
  }

  /** Tenants that have their share: their slow receivers must not hold up everyone. */
  private busyTenants(): readonly string[] {
    const counts = new Map<string, number>();
    for (const tenantId of this.inHand.values()) counts.set(tenantId, (counts.get(tenantId) ?? 0) + 1);
    return [...counts].filter(([, count]) => count >= this.share).map(([tenantId]) => tenantId);
  }

  private take(item: ClaimedItem): void {
    const work = this.workOff(item).finally(() => {
      this.inHand.delete(work);
      this.wake();
    });
    this.inHand.set(work, item.tenantId);
  }

  /** Never rejects: an item that fails stays claimed until its claim runs out, and comes again then. */
  private async workOff(item: ClaimedItem): Promise<void> {
    const { planner, deliverer, metrics, logger } = this.options;
    try {
      if (item.kind === 'notice') await planner.plan(item);
      else if (item.kind === 'delivery') await deliverer.attempt(item);
      else await deliverer.forget(item);
    } catch (error) {
      metrics.countFault();
      logger.warn({ error: messageOf(error), kind: item.kind, subject_id: item.subjectId }, 'an alert could not be worked off; it comes again');
    }
  }
}
