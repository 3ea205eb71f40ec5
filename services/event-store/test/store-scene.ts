import { toBinary } from '@bufbuild/protobuf';
import { ExecutionRecordSchema, executionTopic, metricSampledTopic, runFinishedTopic, runStartedTopic, taskFinishedTopic, type ExecutionRecord } from '@orrery/contracts';
import { PostgresEventLog, type DecodedRecord, type EventLog, type EventLogServer, type LogBatch, type LogConsumer } from '@orrery/event-log';
import { HealthRegistry, startHttpService, type HttpService } from '@orrery/http';
import { createLogger, startTelemetry } from '@orrery/telemetry';
import { eventually, specTenantOf, tenantHeader, TestStore } from '@orrery/testing';
import { connectEventStore, EventStoreModule, eventStoreMigrations } from '../src/index.js';

/** A database of its own with the service's schema. */
export const openStore = (): Promise<TestStore> => TestStore.open({ schema: 'event_store', migrations: eventStoreMigrations });

/** Decoded records as a batch of partition 0. */
export function batchOf(records: readonly ExecutionRecord[], firstOffset = 0n): LogBatch<ExecutionRecord> {
  const decoded = records.map((value, index): DecodedRecord<ExecutionRecord> => {
    const encoded = toBinary(ExecutionRecordSchema, value);
    return { value, record: { topic: executionTopic.name, partition: 0, offset: firstOffset + BigInt(index), key: value.runId || value.recordId, value: encoded, headers: {}, timestampMs: 0 } };
  });
  return { topic: executionTopic.name, partition: 0, firstOffset, nextOffset: firstOffset + BigInt(records.length), records: decoded };
}

/** The whole service on a real log and a real HTTP port. */
export class ServiceScene {
  private constructor(
    readonly store: TestStore,
    readonly log: EventLog,
    readonly http: HttpService,
    private readonly server: EventLogServer | undefined,
  ) {}

  static async open(store: TestStore, config: { readonly maxClients?: number } = {}): Promise<ServiceScene> {
    const log = new PostgresEventLog({ url: store.url, timing: { retry: { baseMs: 20, maxMs: 200 } } });
    const logger = createLogger('spec', 'silent');
    const health = new HealthRegistry();
    const telemetry = await startTelemetry({ serviceName: 'spec' });
    await log.ensureTopics([runStartedTopic, taskFinishedTopic, runFinishedTopic, metricSampledTopic]);
    const shared = { database: store.database, databaseUrl: store.url, log, logger, health };
    let server: EventLogServer | undefined;
    const http = await startHttpService({
      module: EventStoreModule.register({ ...shared, config: { ORRERY_RETENTION_DAYS: 0, ORRERY_LIVE_MAX_CLIENTS: config.maxClients ?? 10 }, authenticate: specTenantOf }),
      host: '127.0.0.1',
      port: 0,
      logger,
      telemetry,
      health,
      authenticate: specTenantOf,
      connect: (application) => {
        server = connectEventStore(application, shared);
      },
    });
    return new ServiceScene(store, log, http, server);
  }

  get consumer(): LogConsumer | undefined {
    return this.server?.consumer;
  }

  async close(): Promise<void> {
    await this.http.close();
    await this.log.close();
  }

  async append(records: readonly ExecutionRecord[]): Promise<void> {
    await this.log.append(records.map((record) => ({ topic: executionTopic.name, key: record.runId || record.recordId, value: toBinary(ExecutionRecordSchema, record) })));
  }

  /** Appends records and waits until the store has them all. */
  async tell(records: readonly ExecutionRecord[]): Promise<void> {
    await this.append(records);
    await this.settled();
  }

  async settled(): Promise<void> {
    await eventually(async () => {
      const lags = await this.log.lag('event-store', [executionTopic.name]);
      return lags.every(({ lag }) => lag === 0n);
    });
  }

  /** The JSON answer of a GET, and its status. */
  async get(path: string, tenantId = 'default'): Promise<{ readonly status: number; readonly body: any }> { // eslint-disable-line @typescript-eslint/no-explicit-any -- answers are compared field by field
    const response = await fetch(`${this.http.url}${path}`, { headers: { [tenantHeader]: tenantId } });
    return { status: response.status, body: await response.json() };
  }

  async post(path: string, body: unknown, tenantId = 'default'): Promise<{ readonly status: number; readonly body: any }> { // eslint-disable-line @typescript-eslint/no-explicit-any -- as above
    const response = await fetch(`${this.http.url}${path}`, { method: 'POST', body: JSON.stringify(body), headers: { [tenantHeader]: tenantId, 'content-type': 'application/json' } });
    return { status: response.status, body: await response.json() };
  }
}
