import { Module, type DynamicModule } from '@nestjs/common';
import { authenticator } from '@orrery/auth';
import { baselineMigrations, BaselineModule, baselineOpenApi, connectBaseline } from '@orrery/baseline';
import { topicCatalogue } from '@orrery/contracts';
import { createEventLog } from '@orrery/event-log';
import { connectEventStore, EventStoreModule, eventStoreMigrations } from '@orrery/event-store';
import { HealthRegistry, startHttpService, type HttpService } from '@orrery/http';
import { IngestModule, ingestOpenApi, signedRoutesOf } from '@orrery/ingest';
import { connectPredictor, predictorMigrations, PredictorModule, predictorOpenApi } from '@orrery/predictor';
import { connectScheduler, schedulerMigrations, SchedulerModule, schedulerOpenApi } from '@orrery/scheduler';
import { openDatabase, type Database, type DatabaseOptions } from '@orrery/persistence';
import { createLogger, type Logger, type Telemetry } from '@orrery/telemetry';
import { banner } from './banner.js';
import { serveConsole } from './console-pages.js';
import { OpenParts } from './open-parts.js';
import { startDatabase } from './start-database.js';
import type { StandaloneConfig } from './standalone.config.js';

@Module({})
class StandaloneModule {
  static register(imports: DynamicModule[]): DynamicModule {
    return { module: StandaloneModule, imports };
  }
}

/** Runs every service in this process, on the embedded backends unless others are configured. */
export async function startStandalone(config: StandaloneConfig, telemetry: Telemetry, stopping: AbortSignal): Promise<{ close(): Promise<void> }> {
  const logger = createLogger('orrery', config.ORRERY_LOG_LEVEL);
  const parts = new OpenParts();
  parts.add(() => telemetry.shutdown());
  try {
    const authenticate = authenticator({ host: config.ORRERY_HOST, apiKeys: config.ORRERY_API_KEYS ?? [], signedRoutes: signedRoutesOf(config) });
    const database = await startDatabase(config, logger);
    parts.add(() => database.stop());
    const service = await startServices(config, database.url, { logger, telemetry, parts, authenticate });
    if (!stopping.aborted) announce(config, { url: service.url, databaseUrl: database.url, dataFolder: database.dataFolder });
    return parts;
  } catch (error) {
    await parts.close();
    throw error;
  }
}

interface Surroundings {
  readonly logger: Logger;
  readonly telemetry: Telemetry;
  readonly parts: OpenParts;
  readonly authenticate: ReturnType<typeof authenticator>;
}

async function startServices(config: StandaloneConfig, databaseUrl: string, { logger, telemetry, parts, authenticate }: Surroundings): Promise<HttpService> {
  const health = new HealthRegistry();
  const schemaOf = (options: Pick<DatabaseOptions, 'schema' | 'migrations'>) => openSchema({ ...options, url: databaseUrl, poolSize: config.ORRERY_DATABASE_POOL_SIZE }, parts);
  const database = await schemaOf({ schema: 'event_store', migrations: eventStoreMigrations });
  const baselineDatabase = await schemaOf({ schema: 'baseline', migrations: baselineMigrations });
  const predictorDatabase = await schemaOf({ schema: 'predictor', migrations: predictorMigrations });
  const schedulerDatabase = await schemaOf({ schema: 'scheduler', migrations: schedulerMigrations });
  const onWarning = (message: string, details: object): void => logger.warn(details, message);
  const backend = { databaseUrl, kafkaBrokers: config.ORRERY_KAFKA_BROKERS, clientId: 'orrery', onWarning };
  const log = createEventLog({ ...backend, topicPrefix: config.ORRERY_TOPIC_PREFIX });
  parts.add(() => log.close());
  const sourceLog = createEventLog(backend);
  parts.add(() => sourceLog.close());
  await log.ensureTopics(topicCatalogue);
  const shared = { config, databaseUrl, log, logger, health };
  const authenticateHeaders = ({ headers }: { readonly headers: Parameters<typeof authenticate>[0]['headers'] }) => authenticate({ headers, routeOptions: {} });
  const service = await startHttpService({
    module: StandaloneModule.register([
      IngestModule.register({ config, log, sourceLog, sourceGroupPrefix: config.ORRERY_TOPIC_PREFIX, logger, health }),
      EventStoreModule.register({
        ...{ ...shared, database },
        authenticate: authenticateHeaders,
        openApi: [ingestOpenApi, baselineOpenApi, predictorOpenApi, schedulerOpenApi],
      }),
      BaselineModule.register({ ...shared, database: baselineDatabase }),
      PredictorModule.register({ ...shared, database: predictorDatabase, host: config.ORRERY_HOST, authenticate: authenticateHeaders }),
      SchedulerModule.register({ ...shared, database: schedulerDatabase, host: config.ORRERY_HOST, authenticate: authenticateHeaders }),
    ]),
    host: config.ORRERY_HOST,
    port: config.ORRERY_PORT,
    logger,
    telemetry,
    health,
    authenticate,
    connect: (application) => {
      connectEventStore(application, { ...shared, database });
      connectBaseline(application, { ...shared, database: baselineDatabase });
      connectPredictor(application, { ...shared, database: predictorDatabase });
      connectScheduler(application, { ...shared, database: schedulerDatabase });
    },
    extend: serveConsole,
  });
  parts.add(() => service.close());
  return service;
}

async function openSchema(options: DatabaseOptions, parts: OpenParts): Promise<Database> {
  const database = await openDatabase(options);
  parts.add(() => database.close());
  return database;
}

function announce(config: StandaloneConfig, { url, databaseUrl, dataFolder }: { readonly url: string; readonly databaseUrl: string; readonly dataFolder: string | undefined }): void {
  process.stdout.write(banner({ url, dataFolder, kafkaBrokers: config.ORRERY_KAFKA_BROKERS ?? [] }));
  // A parent that is gone by now is noticed by its closed channel, not here.
  process.send?.({ url, databaseUrl }, undefined, undefined, () => undefined);
}
