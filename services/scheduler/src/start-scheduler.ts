import { authenticator } from '@orrery/auth';
import { topicCatalogue } from '@orrery/contracts';
import { OrreryError } from '@orrery/errors';
import { createEventLog } from '@orrery/event-log';
import { HealthRegistry, startHttpService } from '@orrery/http';
import { openDatabase } from '@orrery/persistence';
import { createLogger, type Telemetry } from '@orrery/telemetry';
import type { z } from 'zod';
import { schedulerMigrations } from './migrations/index.js';
import type { schedulerConfigSchema } from './scheduler.config.js';
import { connectScheduler, SchedulerModule } from './scheduler.module.js';

/** Runs the scheduler as a process of its own, on a database that is there already. @throws ORRERY_CONFIG when none is named. */
export async function startScheduler(config: z.output<typeof schedulerConfigSchema>, telemetry: Telemetry): Promise<{ close(): Promise<void> }> {
  const { ORRERY_DATABASE_URL: databaseUrl } = config;
  if (databaseUrl === undefined) throw new OrreryError('ORRERY_CONFIG', 'ORRERY_DATABASE_URL is missing: the scheduler needs a PostgreSQL; npm start brings one');
  const logger = createLogger('orrery-scheduler', config.ORRERY_LOG_LEVEL);
  const health = new HealthRegistry();
  const database = await openDatabase({ url: databaseUrl, schema: 'scheduler', migrations: schedulerMigrations, poolSize: config.ORRERY_DATABASE_POOL_SIZE });
  const log = createEventLog({ databaseUrl, kafkaBrokers: config.ORRERY_KAFKA_BROKERS, clientId: 'orrery-scheduler', topicPrefix: config.ORRERY_TOPIC_PREFIX });
  await log.ensureTopics(topicCatalogue);
  const authenticate = authenticator({ host: config.ORRERY_HOST, apiKeys: config.ORRERY_API_KEYS ?? [] });
  const parts = { database, log, logger, health };
  const service = await startHttpService({
    module: SchedulerModule.register({ ...parts, config, databaseUrl, host: config.ORRERY_HOST, authenticate: ({ headers }) => authenticate({ headers, routeOptions: {} }) }),
    host: config.ORRERY_HOST,
    port: config.ORRERY_PORT,
    logger,
    telemetry,
    health,
    authenticate,
    connect: (application) => connectScheduler(application, parts),
  });
  logger.info({ url: service.url }, 'the scheduler is ready');
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
