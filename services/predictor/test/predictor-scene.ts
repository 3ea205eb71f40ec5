import { topicCatalogue, type WorkflowFact } from '@orrery/contracts';
import { PostgresEventLog, type DecodedRecord, type EventLog, type LogBatch } from '@orrery/event-log';
import { HealthRegistry, startHttpService, type HttpService } from '@orrery/http';
import { createLogger, startTelemetry } from '@orrery/telemetry';
import { eventually, factKeyOf, factRecordOf, factTopics, SpecClient, specTenantOf, TestStore } from '@orrery/testing';
import { z } from 'zod';
import { connectPredictor, predictorMigrations, PredictorModule, predictorSettings, type PredictorConfig } from '../src/index.js';

export const specConfig: PredictorConfig = z.object(predictorSettings).parse({ ORRERY_PREDICTOR_GRPC_PORT: 0, ORRERY_PREDICTOR_AUTO_TRAINING: 'false' });

/** A database of its own with the service's schema. */
export const openStore = (): Promise<TestStore> => TestStore.open({ schema: 'predictor', migrations: predictorMigrations });

/** Facts of one topic as a batch of partition 0, taken by the log a second after they happened. */
export function batchOf(facts: readonly WorkflowFact[], firstOffset = 0n): LogBatch<WorkflowFact> {
  const topic = factTopics[facts[0]?.$typeName ?? 'orrery.v1.TaskFinished'].name;
  const records = facts.map((value, index): DecodedRecord<WorkflowFact> => {
    const timestampMs = (value.run?.finishedAtMs ?? value.run?.startedAtMs ?? 0) + 1000;
    return { value, record: { topic, partition: 0, offset: firstOffset + BigInt(index), key: factKeyOf(value), value: null, headers: {}, timestampMs } };
  });
  return { topic, partition: 0, firstOffset, nextOffset: firstOffset + BigInt(facts.length), records };
}

/** The whole service on a real log, a real HTTP port and a real gRPC port. */
export class ServiceScene extends SpecClient {
  private constructor(
    readonly store: TestStore,
    readonly log: EventLog,
    readonly http: HttpService,
    readonly health: HealthRegistry,
  ) {
    super(http.url);
  }

  static async open(store: TestStore, now: () => number = Date.now, config: Partial<PredictorConfig> = {}): Promise<ServiceScene> {
    const log = new PostgresEventLog({ url: store.url, timing: { retry: { baseMs: 20, maxMs: 200 } } });
    const logger = createLogger('spec', 'silent');
    const health = new HealthRegistry();
    await log.ensureTopics(topicCatalogue);
    const shared = { database: store.database, databaseUrl: store.url, log, logger, health };
    const http = await startHttpService({
      module: PredictorModule.register({ ...shared, config: { ...specConfig, ...config }, now, host: '127.0.0.1', authenticate: specTenantOf }),
      host: '127.0.0.1',
      port: 0,
      logger,
      telemetry: await startTelemetry({ serviceName: 'spec' }),
      health,
      authenticate: specTenantOf,
      connect: (application) => void connectPredictor(application, shared),
    });
    return new ServiceScene(store, log, http, health);
  }

  /** Where gRPC listens. */
  get grpcUrl(): string {
    return `http://127.0.0.1:${this.http.application.get(PredictorModule).grpcPort}`;
  }

  async close(): Promise<void> {
    await this.http.close();
    await this.log.close();
  }

  /** Appends facts and waits until all are learned. */
  async tell(facts: readonly WorkflowFact[]): Promise<void> {
    await this.log.append(facts.map(factRecordOf));
    await eventually(async () => {
      const lags = await this.log.lag('predictor', Object.values(factTopics).map(({ name }) => name));
      return lags.every(({ lag }) => lag === 0n);
    });
  }
}
