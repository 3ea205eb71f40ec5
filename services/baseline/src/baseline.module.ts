import { Module, type BeforeApplicationShutdown, type DynamicModule, type INestApplication, type OnApplicationBootstrap } from '@nestjs/common';
import { OrreryError } from '@orrery/errors';
import { connectEventLog, OutboxRelay, OutboxWriter, TransactionalPositions, type EventLog, type EventLogServer } from '@orrery/event-log';
import type { HealthRegistry } from '@orrery/http';
import type { Database } from '@orrery/persistence';
import type { Logger } from '@orrery/telemetry';
import { alertProviders, type AlertParts } from './alerts/index.js';
import { AnomalyWriter } from './anomaly-writer.js';
import { alertSource, AnomalyService } from './anomaly.service.js';
import { AnomaliesController } from './api/anomalies.controller.js';
import { AnomalyRulesController } from './api/anomaly-rules.controller.js';
import { BaselinesController } from './api/baselines.controller.js';
import { BaselineReaderService } from './baseline-reader.service.js';
import type { BaselineConfig } from './baseline.config.js';
import { BaselineConsumer, learnedTopics } from './baseline.consumer.js';
import { BaselineMetrics } from './baseline.metrics.js';
import { BaselineService, consumerGroup } from './baseline.service.js';
import { ClockSweep } from './clock-sweep.js';
import { Housekeeping } from './housekeeping.js';
import { PreviewService } from './preview.service.js';
import { Sweeper } from './sweeper.js';

/** People are told within a second or so; until then facts gather, so that learning them costs whoever works beside it little. */
const gatherMs = 250;

export interface BaselineModuleOptions {
  readonly config: BaselineConfig;
  /** The schema `baseline` with {@link baselineMigrations}. */
  readonly database: Database;
  /** The same database, for the relay of the outbox, which keeps a connection of its own. */
  readonly databaseUrl: string;
  readonly log: EventLog;
  readonly logger: Logger;
  readonly health: HealthRegistry;
  /** @default Date.now */
  readonly now?: () => number;
}

/** What starts and stops with the application beside the sweeper. */
class Workers {
  constructor(
    readonly relay: OutboxRelay,
    readonly alerts: AlertParts,
  ) {}
}

@Module({})
export class BaselineModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private isStarted = false;

  constructor(private readonly workers: Workers) {}

  static register(options: BaselineModuleOptions): DynamicModule {
    const { config, database, databaseUrl, log, logger, health, now = Date.now } = options;
    const { service, outbox, anomalies, metrics } = baselineServiceOn(database, now);
    const relay = new OutboxRelay({ url: databaseUrl, schema: database.schema, log, onWarning: (message, details) => logger.warn(details, message) });
    const alerts = alertProviders({ config, database, source: alertSource(now), logger, now });
    const clock = new ClockSweep({ database, log, anomalies, now });
    const housekeeping = new Housekeeping({ database, anomalies, outbox, config, logger, now });
    registerHealth(health, { database, relay, alerts });
    return {
      module: BaselineModule,
      controllers: [BaselinesController, AnomaliesController, AnomalyRulesController, BaselineConsumer, ...alerts.controllers],
      providers: [
        { provide: Workers, useValue: new Workers(relay, alerts) },
        { provide: BaselineService, useValue: service },
        { provide: BaselineReaderService, useValue: new BaselineReaderService(database, outbox, now) },
        { provide: AnomalyService, useValue: new AnomalyService(database, anomalies, now) },
        { provide: PreviewService, useValue: new PreviewService(database) },
        { provide: Sweeper, useValue: new Sweeper({ clock, housekeeping, metrics, logger }) },
        ...alerts.providers,
      ],
    };
  }

  // Nest calls it once for the application and once for each of its microservices.
  onApplicationBootstrap(): void {
    if (this.isStarted) return;
    this.isStarted = true;
    this.workers.relay.start();
    this.workers.alerts.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.workers.alerts.stop();
    await this.workers.relay.stop();
  }
}

/** The service with the outbox and the positions of its own schema. */
export function baselineServiceOn(database: Database, now: () => number) {
  const outbox = new OutboxWriter(database.schema);
  const anomalies = new AnomalyWriter(outbox, now);
  const metrics = new BaselineMetrics();
  const service = new BaselineService({ database, positions: new TransactionalPositions(database), outbox, anomalies, metrics, now });
  return { service, outbox, anomalies, metrics };
}

// The names are its own: in one process with others, all share the registry.
function registerHealth(health: HealthRegistry, { database, relay, alerts }: { readonly database: Database; readonly relay: OutboxRelay; readonly alerts: AlertParts }): void {
  health.register('baseline database', () => database.ping());
  health.register('baseline outbox', async () => {
    if (relay.state() === 'retrying') throw new OrreryError('ORRERY_DEPENDENCY', relay.reason() ?? 'retrying');
  });
  health.register('baseline alerts', async () => {
    const fault = alerts.fault();
    if (fault !== undefined) throw new OrreryError('ORRERY_DEPENDENCY', fault);
  });
}

/**
 * Lets an application that has the module consume the log too; the consumer's state becomes part of the health.
 *
 * @example startHttpService({ module: BaselineModule.register(options), connect: (application) => connectBaseline(application, options), ... })
 */
export function connectBaseline(
  application: Pick<INestApplication, 'connectMicroservice'>,
  { database, log, logger, health }: Pick<BaselineModuleOptions, 'database' | 'log' | 'logger' | 'health'>,
): EventLogServer {
  const server = connectEventLog(application, {
    log,
    groupId: consumerGroup,
    topics: learnedTopics,
    positions: new TransactionalPositions(database),
    gatherMs,
    onBreakerOpen: (reason) => logger.error({ reason }, 'too many facts cannot be learned: the consumer of baselines has stopped'),
  });
  health.register('baseline consumer', async () => {
    const state = server.consumer?.state();
    if (state === 'broken' || state === 'retrying') throw new OrreryError('ORRERY_DEPENDENCY', `${state}: ${server.consumer?.reason() ?? ''}`);
  });
  return server;
}
