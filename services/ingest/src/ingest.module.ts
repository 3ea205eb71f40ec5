import { Inject, Module, type BeforeApplicationShutdown, type DynamicModule, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { WebhookSecrets } from '@orrery/auth';
import type { EventLog } from '@orrery/event-log';
import type { HealthRegistry } from '@orrery/http';
import { OrreryError } from '@orrery/errors';
import type { Logger } from '@orrery/telemetry';
import type { FastifyInstance } from 'fastify';
import { EventsController } from './events.controller.js';
import type { IngestConfig } from './ingest.config.js';
import { IngestMetrics } from './ingest.metrics.js';
import { IngestService } from './ingest.service.js';
import { OtlpController } from './otlp.controller.js';
import { RecordAppender } from './record-appender.js';
import { watchRefusals } from './refusals.js';
import { SourceTopicsConsumer } from './source-topics.consumer.js';
import { WebhooksController } from './webhooks.controller.js';

export interface IngestModuleOptions {
  readonly config: IngestConfig;
  /** Where records are appended. */
  readonly log: EventLog;
  /** Where other producers' topics are read, by their own names. */
  readonly sourceLog: EventLog;
  /** Stands before the consumer groups of those topics. */
  readonly sourceGroupPrefix: string;
  readonly logger: Logger;
  readonly health: HealthRegistry;
}

/** The routes whose credential is a signature, under these settings. */
export function signedRoutesOf(config: IngestConfig): readonly string[] {
  return config.ORRERY_GITHUB_WEBHOOK_SECRETS.length > 0 ? ['/api/v1/webhooks/github'] : [];
}

@Module({})
export class IngestModule implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  private isWatching = false;

  constructor(
    @Inject(SourceTopicsConsumer) private readonly sources: SourceTopicsConsumer,
    @Inject(IngestMetrics) private readonly metrics: IngestMetrics,
    private readonly host: HttpAdapterHost,
  ) {}

  static register({ config, log, sourceLog, sourceGroupPrefix, logger, health }: IngestModuleOptions): DynamicModule {
    const appender = new RecordAppender(log, config.ORRERY_INGEST_PENDING_BYTES);
    const metrics = new IngestMetrics(() => appender.waitingBytes);
    const ingest = new IngestService(appender, metrics, Date.now);
    const sources = new SourceTopicsConsumer(ingest, sourceLog, { topics: config.ORRERY_INGEST_TOPICS, group: `${sourceGroupPrefix}orrery-ingest` }, logger);
    health.register('event log', () => log.ping());
    health.register('source topics', async () => {
      const fault = sources.fault();
      if (fault !== undefined) throw new OrreryError('ORRERY_DEPENDENCY', fault);
    });
    return {
      module: IngestModule,
      controllers: [EventsController, WebhooksController, OtlpController],
      providers: [
        { provide: IngestService, useValue: ingest },
        { provide: IngestMetrics, useValue: metrics },
        { provide: SourceTopicsConsumer, useValue: sources },
        { provide: WebhookSecrets, useValue: WebhookSecrets.parse('ORRERY_GITHUB_WEBHOOK_SECRETS', config.ORRERY_GITHUB_WEBHOOK_SECRETS) },
      ],
    };
  }

  /** Nest asks once for the application and once for each of its microservices. */
  onModuleInit(): void {
    if (this.isWatching) return;
    this.isWatching = true;
    watchRefusals(this.host.httpAdapter.getInstance<FastifyInstance>(), this.metrics);
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.sources.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.sources.stop();
  }
}
