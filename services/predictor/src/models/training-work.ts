import { isOrreryError, messageOf, OrreryError } from '@orrery/errors';
import type { TrainingProgress } from '../domain/boosted/index.js';
import { readExamples, type ExamplePlace } from './example-pages.js';
import { openArtifact } from './model-artifact.js';
import { findChampion, readArtifact } from './model.repository.js';
import { publishModel } from './publish-model.js';
import { finishClaim, keepClaim, releaseClaim, type ClaimedTraining } from './training-queue.repository.js';
import type { TrainingRunnerOptions } from './training-runner.js';
import { endTraining, noteProgress, requeueTraining, type Training, type TrainingEnd } from './training.repository.js';
import { TrainingThread } from './training/training-thread.js';
import type { TrainingJob, TrainingResult } from './training/training-job.js';

const pageRows = 1000;

/** What serves when a training begins. */
interface Present {
  /** Null for none. */
  readonly version: number | null;
  /** The model to beat; one that is damaged is none. */
  readonly champion: TrainingJob['champion'];
}

/** One training in the hands of this process. */
export class TrainingWork {
  private thread: TrainingThread | undefined;
  private isAbandoned = false;
  private isTaken = false;
  private readProgress: TrainingProgress | null = null;
  private readonly startedAtMs = performance.now();

  constructor(
    private readonly claim: ClaimedTraining,
    private readonly training: Training,
    private readonly options: TrainingRunnerOptions,
  ) {}

  /** Trains and publishes; a failure of the training is its result. Rejects only when the database is away. */
  async run(): Promise<void> {
    const heartbeat = this.beat();
    try {
      const present = await this.present();
      const result = await this.train(present.champion);
      await this.publish(result, present.version);
    } catch (error) {
      await this.fail(error);
    } finally {
      clearInterval(heartbeat);
      await this.thread?.close();
    }
  }

  /** Gives the training back, so that another process can have it. */
  async abandon(): Promise<void> {
    this.isAbandoned = true;
    await this.thread?.close();
  }

  private async train(champion: TrainingJob['champion']): Promise<TrainingResult> {
    const { kind, seed } = this.training;
    if (this.isAbandoned) throw new OrreryError('ORRERY_CONFLICT', 'the training was stopped before it began');
    this.thread = new TrainingThread({ kind, seed, champion, networks: this.options.networks });
    await this.feed(this.thread);
    this.thread.train();
    return await this.thread.result;
  }

  /** Sends the newest examples to the thread, page by page: no transaction lasts long, and the service is never busy with them for long. */
  private async feed(thread: TrainingThread): Promise<void> {
    const { database, rowLimit } = this.options;
    let [rowCount, place]: [number, ExamplePlace | undefined] = [0, undefined];
    do {
      if (this.isAbandoned || this.isTaken) throw new OrreryError('ORRERY_CONFLICT', 'the training was stopped while it read its examples');
      const page = await database.forTenant(this.claim.tenantId, (transaction) => readExamples(transaction, this.training, place, Math.min(pageRows, rowLimit - rowCount)));
      thread.addRows(page.rows);
      rowCount += page.rows.length;
      this.readProgress = { phase: 'reading', share: 0, words: `${rowCount} examples` };
      place = page.next;
    } while (place !== undefined && rowCount < rowLimit);
  }

  private async present(): Promise<Present> {
    const { database, logger } = this.options;
    return await database.forTenant(this.claim.tenantId, async (transaction) => {
      const serving = await findChampion(transaction, this.training);
      const stored = serving === undefined ? undefined : await readArtifact(transaction, this.training, serving.version);
      if (stored === undefined) return { version: null, champion: null };
      try {
        openArtifact(this.training.kind, stored);
        return { version: stored.version, champion: { version: stored.version, artifact: stored.artifact } };
      } catch (error) {
        logger.warn({ training_id: this.claim.trainingId, reason: messageOf(error) }, 'the model that serves is damaged: the new one is not held against it');
        return { version: stored.version, champion: null };
      }
    });
  }

  private async publish(result: TrainingResult, comparedWith: number | null): Promise<void> {
    const { database, metrics, logger, registry, now } = this.options;
    const { tenantId, trainingId } = this.claim;
    const published = await database.forTenant(tenantId, async (transaction) => {
      if (!(await finishClaim(transaction, this.claim))) return undefined;
      const model = await publishModel(transaction, tenantId, { training: this.training, result, comparedWith }, now());
      await endTraining(transaction, trainingId, { status: 'succeeded', message: model.message, modelVersion: model.version }, now());
      return model;
    });
    if (published === undefined) return;
    registry.forget(tenantId);
    if (result.runtime !== undefined) metrics.noteRuntime(result.runtime);
    this.count('succeeded');
    if (published.isPromoted) metrics.countPromotion(this.training.kind, 'rule');
    logger.info({ training_id: trainingId, kind: this.training.kind, version: published.version, is_promoted: published.isPromoted }, 'a model was trained');
  }

  private async fail(error: unknown): Promise<void> {
    if (this.isAbandoned) return await this.giveBack();
    if (this.isTaken) return;
    // The database's own faults are not the training's: it goes back into the queue, and the loop waits.
    if (isOrreryError(error) && error.code === 'ORRERY_DEPENDENCY') {
      await this.giveBack();
      throw error;
    }
    await this.end({ status: 'failed', message: messageOf(error) });
  }

  private async giveBack(): Promise<void> {
    await this.options.database.forTenant(this.claim.tenantId, async (transaction) => {
      if (await releaseClaim(transaction, this.claim)) await requeueTraining(transaction, this.claim.trainingId);
    });
  }

  private async end(end: TrainingEnd): Promise<void> {
    const { database, logger, now } = this.options;
    const { tenantId, trainingId } = this.claim;
    const isOurs = await database.forTenant(tenantId, async (transaction) => {
      if (!(await finishClaim(transaction, this.claim))) return false;
      await endTraining(transaction, trainingId, end, now());
      return true;
    });
    if (!isOurs) return;
    this.count(end.status);
    logger.warn({ training_id: trainingId, kind: this.training.kind, reason: end.message }, 'a training failed');
  }

  private count(status: string): void {
    this.options.metrics.countTraining(this.training.kind, status, performance.now() - this.startedAtMs);
  }

  private beat(): NodeJS.Timeout {
    let isBeating = false;
    return setInterval(() => {
      if (isBeating) return;
      isBeating = true;
      this.sayAlive()
        .catch((error: unknown) => this.options.logger.warn({ training_id: this.claim.trainingId, error: messageOf(error) }, 'a training cannot say that it lives'))
        .finally(() => (isBeating = false));
    }, this.options.timing?.heartbeatMs ?? 1000);
  }

  private async sayAlive(): Promise<void> {
    const { database, now, timing = {} } = this.options;
    const { tenantId, trainingId } = this.claim;
    const progress = this.thread?.progress ?? this.readProgress;
    const isOurs = await database.forTenant(tenantId, async (transaction) => {
      if (!(await keepClaim(transaction, this.claim, timing.leaseMs ?? 30_000))) return false;
      await noteProgress(transaction, trainingId, progress, now());
      return true;
    });
    if (isOurs) return;
    // Cancelled, or counted as lost: whatever comes of it is nobody's.
    this.isTaken = true;
    this.thread?.stop();
  }
}
