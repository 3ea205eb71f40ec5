import type { Provider, Type } from '@nestjs/common';
import type { OpenApiFragment } from '@orrery/http';
import type { Database } from '@orrery/persistence';
import type { Logger } from '@orrery/telemetry';
import { AutoTraining } from './auto-training.js';
import { ChampionRegistry } from './champion-registry.js';
import { modelOpenApi } from './model-openapi.js';
import type { NetworkSetting, PredictorModelConfig } from './model.config.js';
import { ModelMetrics } from './model.metrics.js';
import { ModelService } from './model.service.js';
import { ModelsController } from './models.controller.js';
import { TrainingRunner, type TrainingTiming } from './training-runner.js';
import { TrainingService } from './training.service.js';
import { TrainingsController } from './trainings.controller.js';

export interface ModelOptions {
  readonly config: PredictorModelConfig;
  /** The schema `predictor` with its migrations. */
  readonly database: Database;
  readonly logger: Logger;
  /** @default Date.now */
  readonly now?: () => number;
  readonly timing?: TrainingTiming & {
    /** How long what serves is taken for granted. @default 5_000 */
    readonly championMs?: number;
    /** How often it is looked whether a training is due. @default 300_000 */
    readonly automaticMs?: number;
  };
}

/** What a Nest module takes over, the models that serve, and the trainings, which it starts and stops. */
export interface ModelParts {
  readonly controllers: readonly Type[];
  readonly providers: readonly Provider[];
  readonly registry: ChampionRegistry;
  readonly openApi: OpenApiFragment;
  readonly metrics: ModelMetrics;
  /** Finds out whether the runtime that was named works here. @throws ORRERY_CONFIG when it does not: then the service must not start. */
  checkRuntime(): Promise<void>;
  start(): void;
  /** A training in hand goes back into the queue. */
  stop(): Promise<void>;
  /** Why trainings do not get on at present; undefined while they do. For the health of the service. */
  fault(): string | undefined;
  /** What is wrong with models that should serve; the service answers without them, so it is no reason to take it out of service. */
  damage(): string | undefined;
  /** What networks are computed on, in words; undefined while none was. */
  runtimeInUse(): string | undefined;
}

/**
 * Builds models and trainings on a service's database.
 *
 * @example
 * const models = modelParts({ config, database, logger });
 * return { module, controllers: [...models.controllers], providers: [...models.providers] };
 */
export function modelParts({ config, database, logger, now = Date.now, timing = {} }: ModelOptions): ModelParts {
  const metrics = new ModelMetrics();
  const { championMs, automaticMs, ...runnerTiming } = timing;
  const registry = new ChampionRegistry({ database, metrics, logger, ...(championMs === undefined ? {} : { ttlMs: championMs }) });
  const automatic = new AutoTraining({ database, config, logger, now, ...(automaticMs === undefined ? {} : { everyMs: automaticMs }) });
  const runner = new TrainingRunner({ database, registry, automatic, metrics, logger, now, rowLimit: config.ORRERY_PREDICTOR_TRAINING_ROWS, networks: config.ORRERY_PREDICTOR_RUNTIME, timing: runnerTiming });
  return {
    controllers: [ModelsController, TrainingsController],
    providers: [
      { provide: ModelService, useValue: new ModelService({ database, registry, metrics, now }) },
      { provide: TrainingService, useValue: new TrainingService({ database, metrics, now, wake: runner.wake }) },
    ],
    registry,
    openApi: modelOpenApi,
    metrics,
    checkRuntime: () => checkRuntime(config.ORRERY_PREDICTOR_RUNTIME, metrics),
    start: () => runner.start(),
    stop: () => runner.stop(),
    fault: () => runner.fault(),
    damage: () => registry.fault(),
    runtimeInUse: () => metrics.runtimeInUse(),
  };
}

/** Asked only of a runtime that was named: `auto` always finds one, and is told of when it has trained something. */
async function checkRuntime(setting: NetworkSetting, metrics: ModelMetrics): Promise<void> {
  if (setting === 'auto' || setting === 'off') return;
  const { selectRuntimeInWorker } = await import('../runtime/index.js');
  metrics.noteRuntime(await selectRuntimeInWorker(setting));
}
