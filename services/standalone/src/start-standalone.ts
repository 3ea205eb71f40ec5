import path from 'node:path';
import { Module, type DynamicModule } from '@nestjs/common';
import { authenticator } from '@orrery/auth';
import { topicCatalogue } from '@orrery/contracts';
import { createEventLog, type EventLog } from '@orrery/event-log';
import { connectEventStore, EventStoreModule, eventStoreMigrations } from '@orrery/event-store';
import { HealthRegistry, startHttpService } from '@orrery/http';
import { IngestModule, signedRoutesOf } from '@orrery/ingest';
import { locateDatabase, openDatabase, type Database } from '@orrery/persistence';
import { createLogger, type Telemetry } from '@orrery/telemetry';
import { banner } from './banner.js';
import { serveConsole } from './console-pages.js';
import type { StandaloneConfig } from './standalone.config.js';

@Module({})
class StandaloneModule {
  static register(imports: DynamicModule[]): DynamicModule {
    return { module: StandaloneModule, imports };
  }
}

/** Runs every service in this process, on the embedded backends unless others are configured. */
export async function startStandalone(config: StandaloneConfig, telemetry: Telemetry): Promise<{ close(): Promise<void> }> {
  const logger = createLogger('orrery', config.ORRERY_LOG_LEVEL);
  const health = new HealthRegistry();
  const authenticate = authenticator({ host: config.ORRERY_HOST, apiKeys: config.ORRERY_API_KEYS ?? [], signedRoutes: signedRoutesOf(config) });
  const { database, databaseUrl, log, sourceLog, close } = await openBackends(config);
  const service = await startHttpService({
    module: StandaloneModule.register([
      IngestModule.register({ config, log, sourceLog, logger, health }),
      EventStoreModule.register({
        config,
        database,
        databaseUrl,
        log,
        logger,
        health,
        authenticate: ({ headers }) => authenticate({ headers, routeOptions: {} }),
      }),
    ]),
    host: config.ORRERY_HOST,
    port: config.ORRERY_PORT,
    logger,
    telemetry,
    health,
    authenticate,
    connect: (application) => connectEventStore(application, { database, log, logger, health }),
    extend: serveConsole,
  });
  process.stdout.write(
    banner({
      url: service.url,
      dataFolder: path.resolve(config.ORRERY_DATA_FOLDER),
      isEmbedded: config.ORRERY_DATABASE_URL === undefined,
      kafkaBrokers: config.ORRERY_KAFKA_BROKERS ?? [],
    }),
  );
  process.send?.({ url: service.url, databaseUrl });
  return {
    close: async () => {
      await service.close();
      await close();
      await telemetry.shutdown();
    },
  };
}

interface Backends {
  readonly database: Database;
  readonly databaseUrl: string;
  readonly log: EventLog;
  readonly sourceLog: EventLog;
  close(): Promise<void>;
}

async function openBackends(config: StandaloneConfig): Promise<Backends> {
  const located = await locateDatabase({ ...config, ORRERY_DATA_FOLDER: path.resolve(config.ORRERY_DATA_FOLDER) });
  const { url: databaseUrl } = located;
  const database = await openDatabase({ url: databaseUrl, schema: 'event_store', migrations: eventStoreMigrations, poolSize: config.ORRERY_DATABASE_POOL_SIZE });
  const backend = { databaseUrl, kafkaBrokers: config.ORRERY_KAFKA_BROKERS, clientId: 'orrery' };
  const log = createEventLog({ ...backend, topicPrefix: config.ORRERY_TOPIC_PREFIX });
  const sourceLog = createEventLog(backend);
  await log.ensureTopics(topicCatalogue);
  return {
    database,
    databaseUrl,
    log,
    sourceLog,
    close: async () => {
      await Promise.all([log.close(), sourceLog.close()]);
      await database.close();
      await located.stop();
    },
  };
}
