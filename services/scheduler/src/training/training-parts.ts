import type { Provider, Type } from '@nestjs/common';
import type { OpenApiFragment } from '@orrery/http';
import type { Database } from '@orrery/persistence';
import type { Logger } from '@orrery/telemetry';
import type { PolicyPublisher } from '../policies/policy-store.js';
import { LearningJobService } from './jobs/learning-job.service.js';
import { LearningRunner, type LearningTiming } from './jobs/learning-runner.js';
import { ScheduleEvaluationsController, ScheduleTrainingsController, ScheduleWorkloadsController } from './jobs/learning.controllers.js';
import type { ShippedArtifact } from './jobs/rivals.js';
import { trainingOpenApi } from './training-openapi.js';

export interface TrainingPartsOptions {
  /** The schema `scheduler` with its migrations. */
  readonly database: Database;
  readonly publisher: PolicyPublisher;
  readonly logger: Logger;
  /** @default Date.now */
  readonly now?: () => number;
  /** Policies that come with the product, the one that serves by itself first: what is trained has to beat it. @default none */
  readonly shipped?: () => readonly ShippedArtifact[];
  /** Threads that run episodes. @default 2 */
  readonly workerCount?: number;
  /** How much those give way to everything else, 0 to 19. @default 10 */
  readonly niceness?: number;
  readonly timing?: LearningTiming;
}

/** What a Nest module takes over, and the work on the queue, which it starts and stops. */
export interface TrainingParts {
  readonly controllers: readonly Type[];
  readonly providers: readonly Provider[];
  readonly openApi: OpenApiFragment;
  start(): void;
  /** A job in hand goes back into the queue. */
  stop(): Promise<void>;
  /** Why trainings do not get on at present; undefined while they do. For the health of the service. */
  fault(): string | undefined;
}

/**
 * Builds trainings, evaluations and uploaded jobs on a service's database.
 *
 * @example
 * const training = trainingParts({ database, publisher: policies.registry, logger });
 * return { module, controllers: [...training.controllers], providers: [...training.providers] };
 */
export function trainingParts({ database, publisher, logger, now = Date.now, shipped = () => [], workerCount = 2, niceness = 10, timing = {} }: TrainingPartsOptions): TrainingParts {
  const runner = new LearningRunner({ database, publisher, shipped, logger, now, workerCount, niceness, timing });
  return {
    controllers: [ScheduleTrainingsController, ScheduleEvaluationsController, ScheduleWorkloadsController],
    providers: [{ provide: LearningJobService, useValue: new LearningJobService({ database, now, wake: runner.wake }) }],
    openApi: trainingOpenApi,
    start: () => runner.start(),
    stop: () => runner.stop(),
    fault: () => runner.fault(),
  };
}
