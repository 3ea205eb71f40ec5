import { messageOf } from '@orrery/errors';
import type { Database } from '@orrery/persistence';
import type { Logger } from '@orrery/telemetry';
import type { AutoTraining } from './auto-training.js';
import type { ChampionRegistry } from './champion-registry.js';
import type { NetworkSetting } from './model.config.js';
import type { ModelMetrics } from './model.metrics.js';
import { claimTraining, takeLost, type ClaimedTraining } from './training-queue.repository.js';
import { beginTraining, endTraining } from './training.repository.js';
import { TrainingWork } from './training-work.js';

export interface TrainingRunnerOptions {
  readonly database: Database;
  readonly registry: ChampionRegistry;
  readonly automatic: AutoTraining;
  readonly metrics: ModelMetrics;
  readonly logger: Logger;
  readonly now: () => number;
  /** Examples that a training reads at most. */
  readonly rowLimit: number;
  /** Where networks are trained, if at all. */
  readonly networks: NetworkSetting;
  readonly timing?: TrainingTiming;
}

export interface TrainingTiming {
  /** How long a training is one process's without a word from it. @default 30_000 */
  readonly leaseMs?: number;
  /** How often the queue is looked at when there is nothing to do. @default 1_000 */
  readonly pollMs?: number;
  /** How often a process that trains says that it lives and how far it is. @default 1_000 */
  readonly heartbeatMs?: number;
}

/**
 * Works off the queue of trainings, one at a time. Any number of processes can do so; each training is one's at a time, and what a killed
 * one had in hand is marked as lost.
 */
export class TrainingRunner {
  private loop: Promise<void> | undefined;
  private isStopping = false;
  private work: TrainingWork | undefined;
  private lastFault: string | undefined;
  private wakeUp: () => void = () => undefined;

  constructor(private readonly options: TrainingRunnerOptions) {}

  start(): void {
    this.loop ??= this.run();
  }

  /** Takes nothing new; what is in hand goes back into the queue. */
  async stop(): Promise<void> {
    this.isStopping = true;
    this.wakeUp();
    await this.work?.abandon();
    await this.loop;
  }

  /** Looks at the queue at once. */
  readonly wake = (): void => this.wakeUp();

  /** Why the queue cannot be read at present; undefined while it can. */
  fault(): string | undefined {
    return this.lastFault;
  }

  private async run(): Promise<void> {
    const { metrics, logger, timing = {} } = this.options;
    while (!this.isStopping) {
      try {
        const hasWorked = await this.round();
        this.lastFault = undefined;
        if (hasWorked) continue;
      } catch (error) {
        metrics.countFault();
        if (this.lastFault === undefined) logger.warn({ error: messageOf(error) }, 'the queue of trainings cannot be worked off; it is tried again');
        this.lastFault = messageOf(error);
      }
      if (!this.isStopping) await this.rest(timing.pollMs ?? 1000);
    }
  }

  private async round(): Promise<boolean> {
    const { database, automatic, timing = {} } = this.options;
    await this.markLost();
    const claim = await database.transaction((transaction) => claimTraining(transaction, timing.leaseMs ?? 30_000));
    // Only when nothing waits: what people asked for comes first.
    if (claim === undefined) await automatic.look();
    else await this.take(claim);
    return claim !== undefined;
  }

  private async take(claim: ClaimedTraining): Promise<void> {
    const { database, now } = this.options;
    const training = await database.forTenant(claim.tenantId, (transaction) => beginTraining(transaction, claim.trainingId, now()));
    // Cancelled in between: its row in the queue is gone too.
    if (training === undefined) return;
    this.work = new TrainingWork(claim, training, this.options);
    try {
      if (this.isStopping) await this.work.abandon();
      await this.work.run();
    } finally {
      this.work = undefined;
    }
  }

  private async markLost(): Promise<void> {
    const { database, metrics, logger, now } = this.options;
    const lost = await database.transaction(async (transaction) => {
      const found = await takeLost(transaction);
      const ended = [];
      for (const { tenantId, trainingId } of found) {
        await database.actAs(transaction, tenantId);
        ended.push(await endTraining(transaction, trainingId, { status: 'lost', message: 'the process that trained it is gone; it can be started again' }, now()));
      }
      return ended.flatMap((training) => training ?? []);
    });
    for (const { kind, trainingId, startedAtMs } of lost) {
      metrics.countTraining(kind, 'lost', now() - (startedAtMs ?? now()));
      logger.warn({ training_id: trainingId, kind }, 'a training was lost with the process that had it');
    }
  }

  private async rest(pollMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, pollMs);
      this.wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
