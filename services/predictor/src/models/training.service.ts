import { OrreryError } from '@orrery/errors';
import { rememberTenant, type Database } from '@orrery/persistence';
import type { Promotion } from './domain/model-kind.js';
import { slotOf, type SlotWords } from './model-slot.js';
import type { ModelMetrics } from './model.metrics.js';
import { dropFromQueue } from './training-queue.repository.js';
import { addTraining, endTraining, findTraining, listTrainings, type Training, type TrainingFilter, type TrainingPlace } from './training.repository.js';

export interface TrainingServiceOptions {
  readonly database: Database;
  readonly metrics: ModelMetrics;
  readonly now: () => number;
  /** Called when there is something to do. */
  readonly wake: () => void;
}

export interface TrainingWish {
  readonly slot: SlotWords;
  readonly seed: number;
  readonly promote: Promotion;
  readonly requestedBy: string;
}

/** The trainings of tenants: asked for, looked at, cancelled. */
export class TrainingService {
  constructor(private readonly options: TrainingServiceOptions) {}

  /** Puts a training in the queue. @throws ORRERY_CONFLICT when one of the same model waits or runs already. */
  async request(tenantId: string, { slot: words, ...wish }: TrainingWish): Promise<Training> {
    const { database, now, wake } = this.options;
    const training = await database.forTenant(tenantId, async (transaction) => {
      const { kind, scope, workflow } = await slotOf(transaction, words);
      await rememberTenant(transaction, tenantId);
      return await addTraining(transaction, tenantId, { kind, scope, workflow, ...wish }, now());
    });
    wake();
    return training;
  }

  async list(tenantId: string, filter: TrainingFilter, after: TrainingPlace | undefined, limit: number): Promise<readonly Training[]> {
    return await this.options.database.forTenant(tenantId, (transaction) => listTrainings(transaction, filter, after, limit));
  }

  /** @throws ORRERY_NOT_FOUND */
  async find(tenantId: string, trainingId: string): Promise<Training> {
    return await this.options.database.forTenant(tenantId, (transaction) => findTraining(transaction, trainingId));
  }

  /**
   * Ends a training that waits or runs; the process that has it notices within a second.
   *
   * @throws ORRERY_NOT_FOUND, or ORRERY_CONFLICT when it was over before.
   */
  async cancel(tenantId: string, trainingId: string): Promise<void> {
    const { database, metrics, now } = this.options;
    const cancelled = await database.forTenant(tenantId, async (transaction) => {
      const { status } = await findTraining(transaction, trainingId);
      // The queue first, as whoever trains does, so that neither waits for the other.
      await dropFromQueue(transaction, trainingId);
      const ended = await endTraining(transaction, trainingId, { status: 'cancelled', message: 'cancelled by hand' }, now());
      if (ended === undefined) throw new OrreryError('ORRERY_CONFLICT', `training ${trainingId} is over: ${status}`, { details: { trainingId, status } });
      return ended;
    });
    metrics.countTraining(cancelled.kind, 'cancelled', now() - (cancelled.startedAtMs ?? now()));
  }
}
