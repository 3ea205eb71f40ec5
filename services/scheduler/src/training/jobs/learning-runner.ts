import { messageOf } from '@orrery/errors';
import type { Database } from '@orrery/persistence';
import type { Logger } from '@orrery/telemetry';
import type { PolicyPublisher } from '../../policies/policy-store.js';
import { beginJob, endJob, findAttempt, requeueJob } from './learning-job.repository.js';
import { claimJob, dropFromQueue, freeLost, type ClaimedJob } from './learning-queue.repository.js';
import { LearningWork } from './learning-work.js';
import type { ShippedArtifact } from './rivals.js';

export interface LearningRunnerOptions {
  readonly database: Database;
  readonly publisher: PolicyPublisher;
  /** Policies that come with the product. */
  readonly shipped: () => readonly ShippedArtifact[];
  readonly logger: Logger;
  readonly now: () => number;
  /** Threads that run episodes. */
  readonly workerCount: number;
  /** How much those give way to everything else, 0 to 19. */
  readonly niceness: number;
  readonly timing?: LearningTiming;
}

export interface LearningTiming {
  /** How long a job is one process's without a word from it. @default 30_000 */
  readonly leaseMs?: number;
  /** How often the queue is looked at when there is nothing to do. @default 1_000 */
  readonly pollMs?: number;
  /** How often a process that works says that it lives and how far it is. @default 1_000 */
  readonly heartbeatMs?: number;
}

/** A job whose process was lost so often is not begun again: it may be what killed it. */
const mostAttempts = 3;

/**
 * Works off the queue of trainings and evaluations, one at a time over all processes. What a process that was killed had in hand is begun anew: the
 * same seed gives the same policy.
 */
export class LearningRunner {
  private loop: Promise<void> | undefined;
  private isStopping = false;
  private work: LearningWork | undefined;
  private lastFault: string | undefined;
  private wakeUp: () => void = () => undefined;

  constructor(private readonly options: LearningRunnerOptions) {}

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
    const { logger, timing = {} } = this.options;
    while (!this.isStopping) {
      try {
        const hasWorked = await this.round();
        this.lastFault = undefined;
        if (hasWorked) continue;
      } catch (error) {
        if (this.lastFault === undefined) logger.warn({ error: messageOf(error) }, 'the queue of policy trainings cannot be worked off; it is tried again');
        this.lastFault = messageOf(error);
      }
      if (!this.isStopping) await this.rest(timing.pollMs ?? 1000);
    }
  }

  private async round(): Promise<boolean> {
    const { database, timing = {} } = this.options;
    await this.takeUpLost();
    const claim = await database.transaction((transaction) => claimJob(transaction, timing.leaseMs ?? 30_000));
    if (claim !== undefined) await this.take(claim);
    return claim !== undefined;
  }

  private async take(claim: ClaimedJob): Promise<void> {
    const { database, now } = this.options;
    const job = await database.forTenant(claim.tenantId, (transaction) => beginJob(transaction, claim.jobId, now()));
    // Cancelled in between: its row in the queue is gone too.
    if (job === undefined) return;
    this.work = new LearningWork(claim, job, this.options);
    try {
      if (this.isStopping) await this.work.abandon();
      await this.work.run();
    } finally {
      this.work = undefined;
    }
  }

  private async takeUpLost(): Promise<void> {
    const { database, logger, now } = this.options;
    await database.transaction(async (transaction) => {
      for (const { jobId, tenantId } of await freeLost(transaction)) {
        await database.actAs(transaction, tenantId);
        const attempt = await findAttempt(transaction, jobId);
        if (attempt < mostAttempts) {
          await requeueJob(transaction, jobId, 'the process that had it is gone; it is begun anew');
        } else {
          await dropFromQueue(transaction, jobId);
          await endJob(transaction, jobId, { status: 'interrupted', message: `the process that had it was lost ${attempt} times; ask for it again, with fewer generations or smaller jobs` }, now());
        }
        logger.warn({ job_id: jobId, attempt }, 'a training or evaluation of policies was lost with the process that had it');
      }
    });
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
