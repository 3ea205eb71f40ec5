import { topicCatalogue, type WorkflowFact } from '@orrery/contracts';
import { PostgresEventLog, type DecodedRecord, type EventLog, type LogBatch } from '@orrery/event-log';
import { HealthRegistry, startHttpService, type HttpService } from '@orrery/http';
import { createLogger, startTelemetry } from '@orrery/telemetry';
import { eventually, factKeyOf, factRecordOf, factTopics, SpecClient, specTenantOf, TestStore } from '@orrery/testing';
import { z } from 'zod';
import { connectScheduler, schedulerMigrations, SchedulerModule, schedulerSettings, type SchedulerConfig, type SchedulerModuleOptions } from '../src/index.js';

export const specConfig: SchedulerConfig = z.object(schedulerSettings).parse({ ORRERY_SCHEDULER_GRPC_PORT: 0 });

/** A database of its own with the service's schema. */
export const openStore = (): Promise<TestStore> => TestStore.open({ schema: 'scheduler', migrations: schedulerMigrations });

/** Facts of one topic as a batch of partition 0, taken by the log a second after they happened. */
export function batchOf(facts: readonly WorkflowFact[], firstOffset = 0n): LogBatch<WorkflowFact> {
  const topic = factTopics[facts[0]?.$typeName ?? 'orrery.v1.TaskFinished'].name;
  const records = facts.map((value, index): DecodedRecord<WorkflowFact> => {
    const timestampMs = (value.run?.finishedAtMs ?? value.run?.startedAtMs ?? 0) + 1000;
    return { value, record: { topic, partition: 0, offset: firstOffset + BigInt(index), key: factKeyOf(value), value: null, headers: {}, timestampMs } };
  });
  return { topic, partition: 0, firstOffset, nextOffset: firstOffset + BigInt(facts.length), records };
}

export interface SceneOptions extends Partial<Pick<SchedulerModuleOptions, 'now' | 'openPolicy' | 'policyFolder'>> {
  readonly config?: Partial<SchedulerConfig>;
}

/** The whole service on a real log, a real HTTP port and a real gRPC port. */
export class SchedulerScene extends SpecClient {
  private constructor(
    readonly store: TestStore,
    readonly log: EventLog,
    readonly http: HttpService,
    readonly health: HealthRegistry,
  ) {
    super(http.url);
  }

  static async open(store: TestStore, { config = {}, ...options }: SceneOptions = {}): Promise<SchedulerScene> {
    const log = new PostgresEventLog({ url: store.url, timing: { retry: { baseMs: 20, maxMs: 200 } } });
    const logger = createLogger('spec', 'silent');
    const health = new HealthRegistry();
    await log.ensureTopics(topicCatalogue);
    const shared = { database: store.database, databaseUrl: store.url, log, logger, health };
    const http = await startHttpService({
      module: SchedulerModule.register({ ...shared, ...options, config: { ...specConfig, ...config }, host: '127.0.0.1', authenticate: specTenantOf }),
      host: '127.0.0.1',
      port: 0,
      logger,
      telemetry: await startTelemetry({ serviceName: 'spec' }),
      health,
      authenticate: specTenantOf,
      connect: (application) => void connectScheduler(application, shared),
    });
    return new SchedulerScene(store, log, http, health);
  }

  /** Where gRPC listens. */
  get grpcUrl(): string {
    return `http://127.0.0.1:${this.http.application.get(SchedulerModule).grpcPort}`;
  }

  async close(): Promise<void> {
    await this.http.close();
    await this.log.close();
  }

  /** Asks what to start next, a minute after the first run was submitted. */
  decide(question: object, tenantId = 'default') {
    return this.post('/api/v1/schedule/decide', { now_ms: firstSubmittedMs + 60_000, ...question }, tenantId);
  }

  /** Appends facts and waits until all are learned. */
  async tell(facts: readonly WorkflowFact[]): Promise<void> {
    await this.log.append(facts.map(factRecordOf));
    await eventually(async () => {
      const lags = await this.log.lag('scheduler', Object.values(factTopics).map(({ name }) => name));
      return lags.every(({ lag }) => lag === 0n);
    });
  }
}

const firstSubmittedMs = 1_790_000_000_000;

export interface TaskWords {
  readonly name: string;
  readonly depends_on?: readonly string[];
  readonly count?: number;
  readonly running?: number;
  readonly finished?: number;
  readonly duration_ms?: number | null;
  readonly memory_bytes?: number;
  readonly pool_ids?: readonly string[];
}

/** A run that was submitted `number` seconds after the first. */
export function runOf(number: number, tasks: readonly TaskWords[], more: object = {}): object {
  return { run_id: `run-${number}`, workflow: 'release', submitted_at_ms: firstSubmittedMs + number * 1000, tasks, ...more };
}

/** One pool with so many slots, all of them free. */
export function poolOf(slots: number, more: object = {}): object {
  return { pool_id: 'machine', slots, free_slots: slots, ...more };
}
