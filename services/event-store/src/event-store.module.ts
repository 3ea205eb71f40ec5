import { Module, type BeforeApplicationShutdown, type DynamicModule, type INestApplication, type OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Credentials } from '@orrery/auth';
import { executionTopic } from '@orrery/contracts';
import { OrreryError } from '@orrery/errors';
import { connectEventLog, OutboxRelay, OutboxWriter, TransactionalPositions, type EventLog, type EventLogServer } from '@orrery/event-log';
import type { HealthRegistry, OpenApiFragment } from '@orrery/http';
import type { Database } from '@orrery/persistence';
import type { Logger } from '@orrery/telemetry';
import { DeadLettersController } from './api/dead-letters.controller.js';
import { OpenApiController, OpenApiDocument } from './api/openapi.controller.js';
import { eventStoreDocument } from './api/openapi.js';
import { ProvenanceController } from './api/provenance.controller.js';
import { RunsController } from './api/runs.controller.js';
import { DeadLetterService } from './dead-letter.service.js';
import type { EventStoreConfig } from './event-store.config.js';
import { EventStoreConsumer } from './event-store.consumer.js';
import { EventStoreMetrics } from './event-store.metrics.js';
import { consumerGroup, EventStoreService } from './event-store.service.js';
import { LiveGateway } from './live/live.gateway.js';
import { TraceDatabase } from './reading/trace-database.js';
import { RetentionService } from './retention.service.js';

export interface EventStoreModuleOptions {
  readonly config: EventStoreConfig;
  /** The schema `event_store` with {@link eventStoreMigrations}. */
  readonly database: Database;
  /** The same database, for the relay of the outbox, which keeps a connection of its own. */
  readonly databaseUrl: string;
  readonly log: EventLog;
  readonly logger: Logger;
  readonly health: HealthRegistry;
  /** Names the tenant of a WebSocket client, or throws. */
  readonly authenticate: (credentials: Credentials) => string;
  /** What other services in the same process add to the OpenAPI document. */
  readonly openApi?: readonly OpenApiFragment[];
}

@Module({})
export class EventStoreModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(private readonly relay: OutboxRelay) {}

  static register(options: EventStoreModuleOptions): DynamicModule {
    const { config, database, databaseUrl, log, logger, health } = options;
    const traces = new TraceDatabase(database);
    const now = Date.now;
    const relay = new OutboxRelay({ url: databaseUrl, schema: database.schema, log, onWarning: (message, details) => logger.warn(details, message) });
    health.register('database', () => database.ping());
    health.register('outbox', async () => {
      if (relay.state() === 'retrying') throw new OrreryError('ORRERY_DEPENDENCY', relay.reason() ?? 'retrying');
    });
    return {
      module: EventStoreModule,
      controllers: [RunsController, ProvenanceController, DeadLettersController, OpenApiController, EventStoreConsumer],
      providers: [
        { provide: OutboxRelay, useValue: relay },
        { provide: TraceDatabase, useValue: traces },
        { provide: OpenApiDocument, useValue: new OpenApiDocument(eventStoreDocument(options.openApi)) },
        { provide: DeadLetterService, useValue: new DeadLetterService(log, database) },
        { provide: RetentionService, useValue: new RetentionService({ database, retentionDays: config.ORRERY_RETENTION_DAYS, logger, now }) },
        { provide: EventStoreService, useValue: eventStoreServiceOn(database, now) },
        {
          provide: LiveGateway,
          inject: [HttpAdapterHost],
          useFactory: (host: HttpAdapterHost) => new LiveGateway(host, { traces, authenticate: options.authenticate, maxClients: config.ORRERY_LIVE_MAX_CLIENTS, logger, now }),
        },
      ],
    };
  }

  onApplicationBootstrap(): void {
    this.relay.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.relay.stop();
  }
}

/** The service with the outbox and the positions of its own schema. */
export function eventStoreServiceOn(database: Database, now: () => number): EventStoreService {
  return new EventStoreService({ database, positions: new TransactionalPositions(database), outbox: new OutboxWriter(database.schema), metrics: new EventStoreMetrics(), now });
}

/**
 * Lets an application that has the module consume the log too; the consumer's state becomes part of the health.
 *
 * @example startHttpService({ module: EventStoreModule.register(options), connect: (application) => connectEventStore(application, options), ... })
 */
export function connectEventStore(
  application: Pick<INestApplication, 'connectMicroservice'>,
  { database, log, logger, health }: Pick<EventStoreModuleOptions, 'database' | 'log' | 'logger' | 'health'>,
): EventLogServer {
  const server = connectEventLog(application, {
    log,
    groupId: consumerGroup,
    topics: [executionTopic],
    positions: new TransactionalPositions(database),
    onBreakerOpen: (reason) => logger.error({ reason }, 'too many records cannot be stored: the consumer has stopped'),
  });
  health.register('consumer', async () => {
    const state = server.consumer?.state();
    if (state === 'broken' || state === 'retrying') throw new OrreryError('ORRERY_DEPENDENCY', `${state}: ${server.consumer?.reason() ?? ''}`);
  });
  return server;
}
