import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { messageOf } from '@orrery/errors';
import type { Logger } from '@orrery/telemetry';
import type { BaselineMetrics } from './baseline.metrics.js';
import type { ClockSweep } from './clock-sweep.js';
import type { Housekeeping } from './housekeeping.js';

export interface SweeperOptions {
  readonly clock: ClockSweep;
  readonly housekeeping: Housekeeping;
  readonly metrics: BaselineMetrics;
  readonly logger: Logger;
  /** @default 1000 */
  readonly clockMs?: number;
}

const housekeepingMs = 10 * 60_000;

/** Portions of one round of the clock: what is left over comes in the next. */
const mostPortions = 20;

/** Lets the clock tick: what is overdue each second, housekeeping every ten minutes. */
export class Sweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly timers: NodeJS.Timeout[] = [];
  private readonly inHand = new Map<string, Promise<void>>();
  private isStopping = false;

  constructor(private readonly options: SweeperOptions) {}

  // Nest calls it once for the application and once for each of its microservices.
  onApplicationBootstrap(): void {
    if (this.timers.length > 0) return;
    this.every(this.options.clockMs ?? 1000, 'clock', () => this.sweepClock());
    this.every(housekeepingMs, 'housekeeping', () => this.options.housekeeping.sweep(() => this.isStopping));
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    for (const timer of this.timers) clearInterval(timer);
    await Promise.all(this.inHand.values());
  }

  private async sweepClock(): Promise<void> {
    for (let portion = 0; portion < mostPortions && !this.isStopping; portion++) {
      if (!(await this.options.clock.sweep())) return;
    }
  }

  /** A round that is still at work when the next is due takes its place. */
  private every(intervalMs: number, name: string, work: () => Promise<void>): void {
    const round = () => {
      if (this.isStopping || this.inHand.has(name)) return;
      const running = this.guarded(name, work).finally(() => this.inHand.delete(name));
      this.inHand.set(name, running);
    };
    this.timers.push(setInterval(round, intervalMs).unref());
  }

  private async guarded(name: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.options.metrics.countSweepFault();
      this.options.logger.warn({ error: messageOf(error), round: name }, 'a round of the clock failed; the next one tries again');
    }
  }
}
