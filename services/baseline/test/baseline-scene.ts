import { toBinary } from '@bufbuild/protobuf';
import type { Credentials } from '@orrery/auth';
import { runFinishedTopic, runStartedTopic, taskFinishedTopic, topicCatalogue, workflowIdOf } from '@orrery/contracts';
import { OrreryError } from '@orrery/errors';
import { PostgresEventLog, type DecodedRecord, type EventLog, type LogBatch, type LogConsumer, type OutgoingRecord } from '@orrery/event-log';
import { HealthRegistry, startHttpService, type HttpService } from '@orrery/http';
import { openDatabase, type Database } from '@orrery/persistence';
import { createLogger, startTelemetry } from '@orrery/telemetry';
import { testDatabase, type TestDatabase } from '@orrery/testing';
import pg from 'pg';
import type { BaselineFact } from '../src/domain/index.js';
import { baselineMigrations, BaselineModule, connectBaseline, type BaselineConfig } from '../src/index.js';

/** Header that names the tenant in specs, in place of a key. */
export const tenantHeader = 'x-spec-tenant';

const topics = { 'orrery.v1.RunStarted': runStartedTopic, 'orrery.v1.TaskFinished': taskFinishedTopic, 'orrery.v1.RunFinished': runFinishedTopic };

export const specConfig: BaselineConfig = {
  ...{ ORRERY_BASELINE_OBSERVATION_DAYS: 30, ORRERY_BASELINE_HISTORY_DAYS: 400, ORRERY_BASELINE_ANOMALY_DAYS: 400 },
  ...{ ORRERY_ALERT_ALLOWED_NETWORKS: [], ORRERY_ALERT_CONCURRENCY: 2, ORRERY_ALERT_MAX_ATTEMPTS: 3 },
};

/** A database of its own with the service's schema. */
export class BaselineStore {
  private constructor(
    private readonly server: TestDatabase,
    readonly database: Database,
    /** Not bound by row security. */
    readonly admin: pg.Client,
  ) {}

  static async open(): Promise<BaselineStore> {
    const server = await testDatabase();
    const database = await openDatabase({ url: server.url, schema: 'baseline', migrations: baselineMigrations });
    const admin = new pg.Client({ connectionString: server.url, options: '-c search_path=baseline' });
    await admin.connect();
    return new BaselineStore(server, database, admin);
  }

  get url(): string {
    return this.server.url;
  }

  async close(): Promise<void> {
    await this.admin.end();
    await this.database.close();
    await this.server.drop();
  }

  async rows<Row extends object>(sql: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.admin.query<Row>(sql, values)).rows;
  }
}

/** The tenant that the header names; `nobody` is refused. */
function authenticate({ headers }: Credentials): string {
  const tenantId = String(headers[tenantHeader] ?? 'default');
  if (tenantId === 'nobody') throw new OrreryError('ORRERY_FORBIDDEN', 'the API key is not known', { details: { httpStatus: 401 } });
  return tenantId;
}

export function keyOf({ tenantId, run }: BaselineFact): string {
  return workflowIdOf({ tenantId, engine: run?.engine ?? '', namespace: run?.namespace ?? '', workflow: run?.workflow ?? '' });
}

/** A fact as the event store publishes it. */
export function recordOf(fact: BaselineFact): OutgoingRecord {
  const { name, schema } = topics[fact.$typeName];
  return { topic: name, key: keyOf(fact), value: toBinary(schema as never, fact as never) };
}

/** Facts of one topic as a batch of partition 0, taken by the log when they happened. */
export function batchOf(facts: readonly BaselineFact[], firstOffset = 0n, recordedAtMs?: number): LogBatch<BaselineFact> {
  const topic = topics[facts[0]?.$typeName ?? 'orrery.v1.TaskFinished'].name;
  const records = facts.map((value, index): DecodedRecord<BaselineFact> => {
    const timestampMs = recordedAtMs ?? value.run?.startedAtMs ?? 0;
    return { value, record: { topic, partition: 0, offset: firstOffset + BigInt(index), key: keyOf(value), value: null, headers: {}, timestampMs } };
  });
  return { topic, partition: 0, firstOffset, nextOffset: firstOffset + BigInt(facts.length), records };
}

/** The whole service on a real log and a real HTTP port. */
export class ServiceScene {
  private constructor(
    readonly store: BaselineStore,
    readonly log: EventLog,
    readonly http: HttpService,
    private readonly consumerOf: () => LogConsumer | undefined,
  ) {}

  static async open(store: BaselineStore, now: () => number = Date.now, config: Partial<BaselineConfig> = {}): Promise<ServiceScene> {
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
      authenticate,
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
  async tell(facts: readonly BaselineFact[]): Promise<void> {
    await this.log.append(facts.map(recordOf));
    await this.settled();
  }

  async settled(): Promise<void> {
    await eventually(async () => {
      const lags = await this.log.lag('baseline', Object.values(topics).map(({ name }) => name));
      return lags.every(({ lag }) => lag === 0n);
    });
  }

  /** The JSON answer of a GET, and its status. */
  async get(path: string, tenantId = 'default'): Promise<{ readonly status: number; readonly body: any }> { // eslint-disable-line @typescript-eslint/no-explicit-any -- answers are compared field by field
    return await this.call('GET', path, undefined, tenantId);
  }

  async post(path: string, body: unknown = {}, tenantId = 'default'): Promise<{ readonly status: number; readonly body: any }> { // eslint-disable-line @typescript-eslint/no-explicit-any -- as above
    return await this.call('POST', path, body, tenantId);
  }

  async call(method: string, path: string, body: unknown, tenantId: string): Promise<{ readonly status: number; readonly body: any }> { // eslint-disable-line @typescript-eslint/no-explicit-any -- as above
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(`${this.http.url}${path}`, { method, ...sent, headers: { [tenantHeader]: tenantId, ...(body === undefined ? {} : { 'content-type': 'application/json' }) } });
    const text = await response.text();
    return { status: response.status, body: text === '' ? null : JSON.parse(text) };
  }
}

/** Waits until something holds, and fails when it does not within 20 s. */
export async function eventually(holds: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error('it did not come to hold within 20 s');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
