import { Module, type BeforeApplicationShutdown, type DynamicModule, type INestApplication, type OnApplicationBootstrap } from '@nestjs/common';
import { OrreryError } from '@orrery/errors';
import { connectEventLog, OutboxRelay, OutboxWriter, TransactionalPositions, type EventLog, type EventLogServer } from '@orrery/event-log';
import { startGrpcServer, type GrpcServer, type HealthNotice, type HealthRegistry } from '@orrery/http';
import type { Database } from '@orrery/persistence';
import type { Logger } from '@orrery/telemetry';
import { AccuracyController } from './accuracy/accuracy.controller.js';
import { AccuracyService } from './accuracy/accuracy.service.js';
import { AskingService } from './asking/asking.service.js';
import { predictorRoutes } from './asking/grpc-routes.js';
import { LedgerWriter } from './asking/ledger-writer.js';
import { PredictionsController } from './asking/predictions.controller.js';
import { forecastingParts } from './forecasting/index.js';
import { guidanceParts } from './guidance/index.js';
import { Housekeeping } from './housekeeping.js';
import { modelParts, type ModelParts } from './models/index.js';
import { workerTrainer } from './networks/index.js';
import type { PredictorConfig } from './predictor.config.js';
import { learnedTopics, PredictorConsumer } from './predictor.consumer.js';
import { PredictorMetrics } from './predictor.metrics.js';
import { consumerGroup, PredictorService, type ChampionSource } from './predictor.service.js';
import { runningParts } from './running/index.js';
import { Sweeper } from './sweeper.js';

/** Predictions need not be of this second; until then facts gather, so that learning them costs whoever works beside it little. */
const gatherMs = 250;

export interface PredictorModuleOptions {
  readonly config: PredictorConfig;
  /** The schema `predictor` with {@link predictorMigrations}. */
  readonly database: Database;
  /** The same database, for the relay of the outbox, which keeps a connection of its own. */
  readonly databaseUrl: string;
  readonly log: EventLog;
  readonly logger: Logger;
  readonly health: HealthRegistry;
  /** Where gRPC listens. */
  readonly host: string;
  /** Names the tenant of a gRPC call. */
  readonly authenticate: (call: { readonly headers: Readonly<Record<string, string>> }) => string;
  /** @default Date.now */
  readonly now?: () => number;
}

/** What starts and stops with the application beside the sweeper, in the order in which it stops. */
class Workers {
  constructor(
    readonly startGrpc: () => Promise<GrpcServer | undefined>,
    readonly models: ModelParts,
    readonly stopping: readonly { stop(): Promise<void> }[],
    readonly relay: OutboxRelay,
  ) {}
}

@Module({})
export class PredictorModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private grpc: Promise<GrpcServer | undefined> | undefined;
  /** Where gRPC listens, once the application is up; undefined where nobody wants it. */
  grpcPort: number | undefined;

  constructor(private readonly workers: Workers) {}

  static register(options: PredictorModuleOptions): DynamicModule {
    const { config, database, databaseUrl, log, logger, health, now = Date.now } = options;
    const { models, guidance, service, ledger, asking, metrics } = predictorCore({ config, database, logger, now });
    const relay = new OutboxRelay({ url: databaseUrl, schema: database.schema, log, onWarning: (message, details) => logger.warn(details, message) });
    const running = runningParts({ database, champions: models.registry, guidance: guidance.reader, now });
    const trainer = config.ORRERY_PREDICTOR_RUNTIME === 'off' ? undefined : workerTrainer(config.ORRERY_PREDICTOR_RUNTIME);
    const forecasting = forecastingParts({ database, now, trainer, warn: (details, message) => logger.warn(details, message) });
    const parts = [models, guidance, running, forecasting];
    registerHealth(health, { database, relay, models });
    return {
      module: PredictorModule,
      controllers: [PredictorConsumer, PredictionsController, AccuracyController, ...parts.flatMap(({ controllers }) => controllers)],
      providers: [
        { provide: Workers, useValue: new Workers(() => startGrpc(options, asking), models, [models, forecasting, ledger], relay) },
        { provide: PredictorService, useValue: service },
        { provide: AskingService, useValue: asking },
        { provide: AccuracyService, useValue: new AccuracyService(database) },
        { provide: Sweeper, useValue: new Sweeper({ housekeeping: new Housekeeping({ database, config, logger, now }), metrics, logger }) },
        ...parts.flatMap(({ providers }) => providers),
      ],
    };
  }

  // Nest calls it once for the application and once for each of its microservices.
  async onApplicationBootstrap(): Promise<void> {
    if (this.grpc !== undefined) return;
    // A runtime that was named must work before anything else begins.
    this.grpc = this.workers.models.checkRuntime().then(this.workers.startGrpc);
    await this.grpc;
    this.workers.relay.start();
    this.workers.models.start();
    this.grpcPort = (await this.grpc)?.port;
  }

  async beforeApplicationShutdown(): Promise<void> {
    await (await this.grpc)?.close();
    for (const part of this.workers.stopping) await part.stop();
    await this.workers.relay.stop();
  }
}

/** What learns and what answers, on the service's schema; nothing of it runs by itself but the ledger, once something was asked. */
export function predictorCore({ config, database, logger, now }: Pick<PredictorModuleOptions, 'config' | 'database' | 'logger'> & { readonly now: () => number }) {
  const models = modelParts({ config, database, logger, now });
  const { service, outbox, metrics } = predictorServiceOn(database, models.registry, now);
  const guidance = guidanceParts({ database, now });
  const ledger = new LedgerWriter({ database, outbox, metrics, logger, now });
  const asking = new AskingService({ database, champions: models.registry, guidance: guidance.reader, ledger, metrics, now });
  return { models, guidance, service, ledger, asking, metrics };
}

/** The service with the outbox and the positions of its own schema. */
export function predictorServiceOn(database: Database, champions: ChampionSource, now: () => number) {
  const outbox = new OutboxWriter(database.schema);
  const metrics = new PredictorMetrics();
  const service = new PredictorService({ database, positions: new TransactionalPositions(database), outbox, champions, metrics, now });
  return { service, outbox, metrics };
}

/** A hundred questions. */
const largestMessageBytes = 4 * 1024 * 1024;

async function startGrpc({ config, host, logger, authenticate }: PredictorModuleOptions, asking: AskingService): Promise<GrpcServer | undefined> {
  const port = config.ORRERY_PREDICTOR_GRPC_PORT;
  if (port === undefined) return undefined;
  const server = await startGrpcServer({
    ...{ host, port, portSetting: 'ORRERY_PREDICTOR_GRPC_PORT', largestMessageBytes, authenticate },
    routes: predictorRoutes(asking),
    onFailure: (error) => logger.error({ err: error }, 'a gRPC call failed'),
  });
  logger.info({ port: server.port }, 'predictions are answered over gRPC');
  return server;
}

// The names are its own: in one process with others, all share the registry.
function registerHealth(health: HealthRegistry, { database, relay, models }: { readonly database: Database; readonly relay: OutboxRelay; readonly models: ModelParts }): void {
  health.register('predictor database', () => database.ping());
  health.register('predictor outbox', async () => {
    if (relay.state() === 'retrying') throw new OrreryError('ORRERY_DEPENDENCY', relay.reason() ?? 'retrying');
  });
  health.register('predictor trainings', async () => {
    const fault = models.fault();
    if (fault !== undefined) throw new OrreryError('ORRERY_DEPENDENCY', fault);
  });
  // What is wrong with a model is no reason to send nobody here: histories answer.
  health.registerNotice('predictor models', () => noticeOf(models.damage(), true));
  health.registerNotice('predictor runtime', () => noticeOf(models.runtimeInUse(), false));
}

function noticeOf(reason: string | undefined, isDegraded: boolean): HealthNotice | undefined {
  return reason === undefined ? undefined : { isDegraded, reason };
}

/**
 * Lets an application that has the module consume the log too; the consumer's state becomes part of the health.
 *
 * @example startHttpService({ module: PredictorModule.register(options), connect: (application) => connectPredictor(application, options), ... })
 */
export function connectPredictor(
  application: Pick<INestApplication, 'connectMicroservice'>,
  { database, log, logger, health }: Pick<PredictorModuleOptions, 'database' | 'log' | 'logger' | 'health'>,
): EventLogServer {
  const server = connectEventLog(application, {
    log,
    groupId: consumerGroup,
    topics: learnedTopics,
    positions: new TransactionalPositions(database),
    gatherMs,
    onBreakerOpen: (reason) => logger.error({ reason }, 'too many facts cannot be learned: the consumer of predictions has stopped'),
  });
  health.register('predictor consumer', async () => {
    const state = server.consumer?.state();
    if (state === 'broken' || state === 'retrying') throw new OrreryError('ORRERY_DEPENDENCY', `${state}: ${server.consumer?.reason() ?? ''}`);
  });
  return server;
}
