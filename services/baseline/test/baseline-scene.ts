import { topicCatalogue } from '@orrery/contracts';
import { PostgresEventLog, type DecodedRecord, type EventLog, type LogBatch, type LogConsumer } from '@orrery/event-log';
import { HealthRegistry, startHttpService, type HttpService } from '@orrery/http';
import { createLogger, startTelemetry } from '@orrery/telemetry';
import { eventually, factKeyOf, factRecordOf, factTopics, SpecClient, specTenantOf, TestStore } from '@orrery/testing';
import type { WorkflowFact } from '../src/domain/index.js';
import { baselineMigrations, BaselineModule, connectBaseline, type BaselineConfig } from '../src/index.js';

export const specConfig: BaselineConfig = {
  ...{ ORRERY_BASELINE_OBSERVATION_DAYS: 30, ORRERY_BASELINE_HISTORY_DAYS: 400, ORRERY_BASELINE_ANOMALY_DAYS: 400 },
  ...{ ORRERY_ALERT_ALLOWED_NETWORKS: [], ORRERY_ALERT_CONCURRENCY: 2, ORRERY_ALERT_MAX_ATTEMPTS: 3 },
};

/** A database of its own with the service's schema. */
export const openStore = (): Promise<TestStore> => TestStore.open({ schema: 'baseline', migrations: baselineMigrations });

function happenedAtMs(fact: WorkflowFact): number {
  if (fact.$typeName !== 'orrery.v1.MetricSampled') return fact.run?.startedAtMs ?? 0;
  return Math.max(0, ...fact.series.flatMap(({ points }) => points.map(({ atMs }) => atMs)));
}

/** Facts of one topic as a batch of partition 0, taken by the log when they happened. */
export function batchOf(facts: readonly WorkflowFact[], firstOffset = 0n, recordedAtMs?: number): LogBatch<WorkflowFact> {
  const topic = factTopics[facts[0]?.$typeName ?? 'orrery.v1.TaskFinished'].name;
  const records = facts.map((value, index): DecodedRecord<WorkflowFact> => {
    const timestampMs = recordedAtMs ?? happenedAtMs(value);
    return { value, record: { topic, partition: 0, offset: firstOffset + BigInt(index), key: factKeyOf(value), value: null, headers: {}, timestampMs } };
  });
  return { topic, partition: 0, firstOffset, nextOffset: firstOffset + BigInt(facts.length), records };
}

/** The whole service on a real log and a real HTTP port. */
export class ServiceScene extends SpecClient {
  private constructor(
    readonly store: TestStore,
    readonly log: EventLog,
    readonly http: HttpService,
    private readonly consumerOf: () => LogConsumer | undefined,
  ) {
    super(http.url);
  }

  static async open(store: TestStore, now: () => number = Date.now, config: Partial<BaselineConfig> = {}): Promise<ServiceScene> {
    const log = new PostgresEventLog({ url: store.url, timing: { retry: { baseMs: 20, maxMs: 200 } } });
    const logger = createLogger('spec', 'silent');
    const health = new HealthRegistry();
    const telemetry = await startTelemetry({ serviceName: 'spec' });
    await log.ensureTopics(topicCatalogue);
    const shared = { database: store.database, databaseUrl: store.url, log, logger, health };
    let consumer: () => LogConsumer | undefined = () => undefined;
    const http = await startHttpService({
      module: BaselineModule.register({ ...shared, config: { ...specConfig, ...config }, now }),
      host: '127.0.0.1',
      port: 0,
      logger,
      telemetry,
      health,
      authenticate: specTenantOf,
      connect: (application) => {
        const server = connectBaseline(application, shared);
        consumer = () => server.consumer;
      },
    });
    return new ServiceScene(store, log, http, consumer);
  }

  get consumer(): LogConsumer | undefined {
    return this.consumerOf();
  }

  async close(): Promise<void> {
    await this.http.close();
    await this.log.close();
  }

  /** Appends facts and waits until all are learned. */
  async tell(facts: readonly WorkflowFact[]): Promise<void> {
    await this.log.append(facts.map(factRecordOf));
    await this.settled();
  }

  async settled(): Promise<void> {
    await eventually(async () => {
      const lags = await this.log.lag('baseline', Object.values(factTopics).map(({ name }) => name));
      return lags.every(({ lag }) => lag === 0n);
    });
  }
}
