import { messageOf } from '@orrery/errors';
import type { Database } from '@orrery/persistence';
import type { Logger } from '@orrery/telemetry';
import type { ArmsInForce } from './arms-in-force.js';
import { experimentTenants } from './experiment.repository.js';
import type { Judge } from './judge-experiments.js';
import { sweepOutcomes } from './outcome.repository.js';
import type { ReplayWindows } from './replay-windows.js';

export interface WatchOptions {
  readonly database: Database;
  readonly arms: ArmsInForce;
  readonly judge: Judge;
  readonly windows: ReplayWindows;
  readonly now: () => number;
  readonly logger: Logger;
  /** How often experiments are looked at. @default 5_000 */
  readonly everyMs?: number;
}

const dayMs = 86_400_000;
const hourMs = 3_600_000;
/** How long outcomes are kept. */
const keptMs = 180 * dayMs;

/** Looks after experiments: any number of processes can do so, each change is made by one of them, and all take it up within a few seconds. */
export class ExperimentWatch {
  private loop: Promise<void> | undefined;
  private isStopping = false;
  private wake: () => void = () => undefined;
  private lastFault: string | undefined;
  private sweptMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: WatchOptions) {}

  start(): void {
    this.loop ??= this.run();
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    this.wake();
    await this.loop;
  }

  /** Why experiments cannot be looked after at present; undefined while they can. */
  fault(): string | undefined {
    return this.lastFault;
  }

  /** Looks at all tenants once. */
  async look(): Promise<void> {
    const { database, now } = this.options;
    const tenants = await database.transaction(experimentTenants);
    const sweeps = now() - this.sweptMs >= hourMs;
    for (const tenantId of tenants) {
      await this.lookAt(tenantId);
      if (sweeps) await database.forTenant(tenantId, (transaction) => sweepOutcomes(transaction, tenantId, { undecidedBeforeMs: now() - dayMs, beforeMs: now() - keptMs }));
    }
    if (sweeps) this.sweptMs = now();
  }

  private async lookAt(tenantId: string): Promise<void> {
    const { arms, windows, judge } = this.options;
    // The breaker first: an experiment whose policy it stops is rolled back in the same look.
    await windows.look(tenantId);
    await judge.look(tenantId);
    await arms.refresh(tenantId);
  }

  private async run(): Promise<void> {
    const { logger, everyMs = 5000 } = this.options;
    while (!this.isStopping) {
      try {
        await this.look();
        this.lastFault = undefined;
      } catch (error) {
        if (this.lastFault === undefined) logger.warn({ error: messageOf(error) }, 'experiments cannot be looked after; it is tried again');
        this.lastFault = messageOf(error);
      }
      if (!this.isStopping) await this.rest(everyMs);
    }
  }

  private async rest(durationMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, durationMs);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
