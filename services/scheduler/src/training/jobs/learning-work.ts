import { isOrreryError, messageOf } from '@orrery/errors';
import type { PolicyName } from '../../policies/policy-store.js';
import { JobThread } from '../learning/job-thread.js';
import type { EvaluationResult, LearningResult, TrainingResult } from '../learning/learning-job.js';
import { learningJobOf } from './learning-job-of.js';
import { endJob, noteProgress, requeueJob, type JobEnd, type StoredJob } from './learning-job.repository.js';
import { finishClaim, keepClaim, releaseClaim, type ClaimedJob } from './learning-queue.repository.js';
import type { LearningRunnerOptions } from './learning-runner.js';

/** One job in the hands of this process. */
export class LearningWork {
  private thread: JobThread | undefined;
  private isAbandoned = false;
  private isTaken = false;

  constructor(
    private readonly claim: ClaimedJob,
    private readonly stored: StoredJob,
    private readonly options: LearningRunnerOptions,
  ) {}

  /** Carries it out and keeps what comes of it; a failure of the job is its result. Rejects only when the database is away. */
  async run(): Promise<void> {
    const heartbeat = this.beat();
    try {
      const { database, shipped, workerCount, niceness } = this.options;
      const job = await database.forTenant(this.claim.tenantId, (transaction) => learningJobOf(transaction, this.stored, shipped()));
      if (!this.isAbandoned && !this.isTaken) this.thread = new JobThread({ job, workerCount, niceness });
      const result = await this.thread?.result;
      if (result !== undefined) await this.keep(result);
      else await this.fail(undefined);
    } catch (error) {
      await this.fail(error);
    } finally {
      clearInterval(heartbeat);
      await this.thread?.close();
    }
  }

  /** Gives the job back, so that another process can have it. */
  async abandon(): Promise<void> {
    this.isAbandoned = true;
    await this.thread?.close();
  }

  private async keep(result: LearningResult): Promise<void> {
    if (result.kind === 'evaluation') return await this.end(evaluationEnd(result));
    const { database, publisher, timing = {} } = this.options;
    // Whoever was told meanwhile that it is cancelled shall not see it serve.
    const isOurs = await database.transaction((transaction) => keepClaim(transaction, this.claim, timing.leaseMs ?? 30_000));
    if (!isOurs) return;
    const policy = result.isPublished ? await publisher.publish(this.claim.tenantId, { artifact: result.artifact, card: result.card, serves: result.serves }) : undefined;
    await this.end(trainingEnd(result, policy));
  }

  private async fail(error: unknown): Promise<void> {
    if (this.isAbandoned) return await this.giveBack('it goes on when the service does');
    if (this.isTaken) return;
    // The database's own faults are not the job's: it goes back into the queue, and the loop waits.
    if (isOrreryError(error) && error.code === 'ORRERY_DEPENDENCY') {
      await this.giveBack('the database was away; it is begun anew');
      throw error;
    }
    await this.end({ status: 'failed', message: messageOf(error) });
  }

  private async giveBack(message: string): Promise<void> {
    await this.options.database.forTenant(this.claim.tenantId, async (transaction) => {
      if (await releaseClaim(transaction, this.claim)) await requeueJob(transaction, this.claim.jobId, message);
    });
  }

  private async end(end: JobEnd): Promise<void> {
    const { database, logger, now } = this.options;
    const isOurs = await database.forTenant(this.claim.tenantId, async (transaction) => {
      if (!(await finishClaim(transaction, this.claim))) return false;
      await endJob(transaction, this.claim.jobId, end, now());
      return true;
    });
    if (!isOurs) return;
    const details = { job_id: this.claim.jobId, kind: this.stored.kind, status: end.status, reason: end.message };
    if (end.status === 'failed') logger.warn(details, 'a training or evaluation of policies failed');
    else logger.info(details, 'a training or evaluation of policies is done');
  }

  private beat(): NodeJS.Timeout {
    let isBeating = false;
    return setInterval(() => {
      if (isBeating) return;
      isBeating = true;
      this.sayAlive()
        .catch((error: unknown) => this.options.logger.warn({ job_id: this.claim.jobId, error: messageOf(error) }, 'a training of policies cannot say that it lives'))
        .finally(() => (isBeating = false));
    }, this.options.timing?.heartbeatMs ?? 1000);
  }

  private async sayAlive(): Promise<void> {
    const { database, now, timing = {} } = this.options;
    const { tenantId, jobId } = this.claim;
    const isOurs = await database.forTenant(tenantId, async (transaction) => {
      if (!(await keepClaim(transaction, this.claim, timing.leaseMs ?? 30_000))) return false;
      await noteProgress(transaction, jobId, this.thread?.progress ?? null, now());
      return true;
    });
    if (isOurs) return;
    // Cancelled, or given to another: whatever comes of it is nobody's.
    this.isTaken = true;
    await this.thread?.close();
  }
}

function evaluationEnd(result: EvaluationResult): JobEnd {
  const words = result.scenarios.map(({ words: scenario, workload, sequences, figures }) => `${figures.length} policies on ${workload}, ${scenario}, ${sequences} sequences`);
  return { status: 'succeeded', message: words.join('; '), result };
}

function trainingEnd({ kind, card, isPublished, serves }: TrainingResult, policy: PolicyName | undefined): JobEnd {
  const result = { kind, card, isPublished, serves };
  const reasons = result.card.decision.reasons.join('; ');
  if (policy === undefined) return { status: 'refused', message: `not published: ${reasons}`, result };
  const place = result.serves ? 'serves now' : 'is published and waits';
  return { status: 'succeeded', message: `${policy.name}-${policy.version} ${place}: ${reasons}`, policy, result };
}
