import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { messageOf } from '@orrery/errors';
import type { Logger } from '@orrery/telemetry';
import type { Housekeeping } from './housekeeping.js';
import type { SchedulerMetrics } from './scheduler.metrics.js';

export interface SweeperOptions {
  readonly housekeeping: Housekeeping;
  readonly metrics: SchedulerMetrics;
  readonly logger: Logger;
}

const housekeepingMs = 10 * 60_000;

/** Keeps house every ten minutes. */
export class Sweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private inHand: Promise<void> | undefined;
  private isStopping = false;

  constructor(private readonly options: SweeperOptions) {}

  // Nest calls it once for the application and once for each of its microservices.
  onApplicationBootstrap(): void {
    this.timer ??= setInterval(() => this.round(), housekeepingMs).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    clearInterval(this.timer);
    await this.inHand;
  }

  /** A round that is still at work when the next is due takes its place. */
  private round(): void {
    this.inHand ??= this.sweep().finally(() => (this.inHand = undefined));
  }

  private async sweep(): Promise<void> {
    const { housekeeping, metrics, logger } = this.options;
    try {
      await housekeeping.sweep(() => this.isStopping);
    } catch (error) {
      metrics.countSweepFault();
      logger.warn({ error: messageOf(error) }, 'a round of housekeeping failed; the next one tries again');
    }
  }
}
