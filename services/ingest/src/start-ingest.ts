import { authenticator } from '@orrery/auth';
import { topicCatalogue } from '@orrery/contracts';
import { createEventLog } from '@orrery/event-log';
import { HealthRegistry, startHttpService } from '@orrery/http';
import { createLogger, type Telemetry } from '@orrery/telemetry';
import type { z } from 'zod';
import type { ingestConfigSchema } from './ingest.config.js';
import { IngestModule, signedRoutesOf } from './ingest.module.js';

/** Runs ingest as a process of its own. */
export async function startIngest(config: z.output<typeof ingestConfigSchema>, telemetry: Telemetry): Promise<{ close(): Promise<void> }> {
  const logger = createLogger('orrery-ingest', config.ORRERY_LOG_LEVEL);
  const health = new HealthRegistry();
  const backend = { databaseUrl: config.ORRERY_DATABASE_URL, kafkaBrokers: config.ORRERY_KAFKA_BROKERS, clientId: 'orrery-ingest' };
  const log = createEventLog({ ...backend, topicPrefix: config.ORRERY_TOPIC_PREFIX });
  const sourceLog = createEventLog(backend);
  await log.ensureTopics(topicCatalogue);
  const service = await startHttpService({
    module: IngestModule.register({ config, log, sourceLog, sourceGroupPrefix: config.ORRERY_TOPIC_PREFIX, logger, health }),
    host: config.ORRERY_HOST,
    port: config.ORRERY_PORT,
    logger,
    telemetry,
    health,
    authenticate: authenticator({ host: config.ORRERY_HOST, apiKeys: config.ORRERY_API_KEYS ?? [], signedRoutes: signedRoutesOf(config) }),
  });
  logger.info({ url: service.url }, 'ingest is ready');
  process.send?.({ url: service.url });
  return {
    close: async () => {
      await service.close();
      await Promise.all([log.close(), sourceLog.close()]);
      await telemetry.shutdown();
    },
  };
}
