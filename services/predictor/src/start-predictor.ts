import { authenticator } from '@orrery/auth';
import { topicCatalogue } from '@orrery/contracts';
import { OrreryError } from '@orrery/errors';
import { createEventLog } from '@orrery/event-log';
import { HealthRegistry, startHttpService } from '@orrery/http';
import { openDatabase } from '@orrery/persistence';
import { createLogger, type Telemetry } from '@orrery/telemetry';
import type { z } from 'zod';
import { predictorMigrations } from './migrations/index.js';
import type { predictorConfigSchema } from './predictor.config.js';
import { connectPredictor, PredictorModule } from './predictor.module.js';

/** Runs the predictor as a process of its own, on a database that is there already. @throws ORRERY_CONFIG when none is named. */
export async function startPredictor(config: z.output<typeof predictorConfigSchema>, telemetry: Telemetry): Promise<{ close(): Promise<void> }> {
  const { ORRERY_DATABASE_URL: databaseUrl } = config;
  if (databaseUrl === undefined) throw new OrreryError('ORRERY_CONFIG', 'ORRERY_DATABASE_URL is missing: the predictor needs a PostgreSQL; npm start brings one');
  const logger = createLogger('orrery-predictor', config.ORRERY_LOG_LEVEL);
  const health = new HealthRegistry();
  const database = await openDatabase({ url: databaseUrl, schema: 'predictor', migrations: predictorMigrations, poolSize: config.ORRERY_DATABASE_POOL_SIZE });
  const log = createEventLog({ databaseUrl, kafkaBrokers: config.ORRERY_KAFKA_BROKERS, clientId: 'orrery-predictor', topicPrefix: config.ORRERY_TOPIC_PREFIX });
  await log.ensureTopics(topicCatalogue);
  const authenticate = authenticator({ host: config.ORRERY_HOST, apiKeys: config.ORRERY_API_KEYS ?? [] });
  const parts = { database, log, logger, health };
  const service = await startHttpService({
    module: PredictorModule.register({ ...parts, config, databaseUrl, host: config.ORRERY_HOST, authenticate: ({ headers }) => authenticate({ headers, routeOptions: {} }) }),
    host: config.ORRERY_HOST,
    port: config.ORRERY_PORT,
    logger,
    telemetry,
    health,
    authenticate,
    connect: (application) => connectPredictor(application, parts),
  });
  logger.info({ url: service.url }, 'the predictor is ready');
  process.send?.({ url: service.url });
  return {
    close: async () => {
      await service.close();
      await log.close();
      await database.close();
      await telemetry.shutdown();
    },
  };
}
