import { fromBinary } from '@bufbuild/protobuf';
import { Server, type CustomTransportStrategy } from '@nestjs/microservices';
import { authenticator } from '@orrery/auth';
import { ExecutionRecordSchema, executionTopic, topicCatalogue, type ExecutionRecord } from '@orrery/contracts';
import { createEventLog, type EventLog, type LogHeaders, type LogRecord } from '@orrery/event-log';
import { HealthRegistry, startHttpService, type HttpService } from '@orrery/http';
import { createLogger, startTelemetry, type Telemetry } from '@orrery/telemetry';
import { testDatabase, type TestDatabase } from '@orrery/testing';
import { IngestModule, signedRoutesOf, type IngestConfig, type SourceTopic } from '../src/index.js';
import type { Acceptance } from '../src/acceptance.js';
import { Cable } from './cable.js';

export interface SceneOptions {
  readonly apiKeys?: readonly string[];
  readonly githubSecrets?: readonly string[];
  readonly pendingBytes?: number;
  readonly inFlightBytes?: number;
  readonly sources?: readonly SourceTopic[];
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
}

/** A record as the log holds it. */
export interface LoggedRecord {
  readonly key: string | null;
  readonly headers: LogHeaders;
  readonly bytes: Uint8Array;
  readonly record: ExecutionRecord;
}

const quickTiming = { retry: { baseMs: 20, maxMs: 200 }, heartbeatMs: 300 };

/** Ingest behind a real port, on a real log of its own whose cable to the database can be pulled. */
export class IngestScene {
  private readonly nextOffsets = new Map<number, bigint>();

  private constructor(
    readonly http: HttpService,
    private readonly behind: Behind,
  ) {}

  get cable(): Cable {
    return this.behind.cable;
  }

  get log(): EventLog {
    return this.behind.log;
  }

  /** Method and pattern of every route that the service has. */
  get routes(): readonly string[] {
    return this.behind.routes;
  }

  static async open(options: SceneOptions = {}): Promise<IngestScene> {
    const database = await testDatabase();
    const cable = await Cable.to(database.url);
    const log = createEventLog({ databaseUrl: cable.url, timing: quickTiming });
    await log.ensureTopics([...topicCatalogue, ...(options.sources ?? []).map(({ topic }) => ({ ...executionTopic, name: topic, partitions: 2 }))]);
    const behind = { database, cable, log, telemetry: await startTelemetry({ serviceName: 'spec' }), routes: [] };
    return new IngestScene(await listen(options, behind), behind);
  }

  async close(): Promise<void> {
    await this.http.close();
    await this.log.close();
    await this.behind.telemetry.shutdown();
    await this.cable.close();
    await this.behind.database.drop();
  }

  async post(path: string, body: string | Uint8Array | undefined, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const response = await fetch(`${this.http.url}${path}`, { method: 'POST', headers, ...(body === undefined ? {} : { body: Buffer.from(body) }) });
    return { status: response.status, headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) };
  }

  postJson(path: string, value: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.post(path, JSON.stringify(value), { 'content-type': 'application/json', ...headers });
  }

  /** The records that came into the log since the last call, by partition and offset. */
  async takeLogged(): Promise<LoggedRecord[]> {
    const taken: LogRecord[] = [];
    for (const { topic, partition, start, end } of await this.log.offsets(executionTopic.name)) {
      let next = this.nextOffsets.get(partition) ?? start;
      while (next < end) {
        const page = await this.log.read({ topic, partition }, next, 1000);
        taken.push(...page);
        next = (page.at(-1)?.offset ?? end) + 1n;
      }
      this.nextOffsets.set(partition, end);
    }
    return taken.map(({ key, headers, value }) => {
      const bytes = value ?? new Uint8Array();
      return { key, headers, bytes, record: fromBinary(ExecutionRecordSchema, bytes) };
    });
  }

  async takeRecords(): Promise<ExecutionRecord[]> {
    return (await this.takeLogged()).map(({ record }) => record);
  }
}

interface Behind {
  readonly database: TestDatabase;
  readonly cable: Cable;
  readonly log: EventLog;
  readonly telemetry: Telemetry;
  readonly routes: string[];
}

function listen(options: SceneOptions, { log, telemetry, routes }: Behind): Promise<HttpService> {
  const config: IngestConfig = {
    ORRERY_INGEST_TOPICS: [...(options.sources ?? [])],
    ORRERY_GITHUB_WEBHOOK_SECRETS: [...(options.githubSecrets ?? [])],
    ORRERY_INGEST_PENDING_BYTES: options.pendingBytes ?? 64 * 1024 * 1024,
  };
  const logger = createLogger('spec', 'silent');
  const health = new HealthRegistry();
  return startHttpService({
    module: IngestModule.register({ config, log, sourceLog: log, sourceGroupPrefix: '', logger, health }),
    ...{ host: '127.0.0.1', port: 0, logger, telemetry, health },
    authenticate: authenticator({ host: '127.0.0.1', apiKeys: options.apiKeys ?? [], signedRoutes: signedRoutesOf(config) }),
    // With a transport beside it, as a store has one in the same process, Nest calls the hooks of every module once more.
    connect: (application) => void application.connectMicroservice({ strategy: new IdleTransport() }, { deferInitialization: true }),
    limits: { inFlightBytes: options.inFlightBytes ?? 64 * 1024 * 1024 },
    extend: async (fastify) => {
      fastify.addHook('onRoute', ({ method, url }) => void routes.push(`${String(method)} ${url}`));
    },
  });
}

/** Brings no messages. */
class IdleTransport extends Server implements CustomTransportStrategy {
  listen(started: () => void): void {
    started();
  }

  close(): void {
    return undefined;
  }

  on(): void {
    return undefined;
  }

  unwrap<Transport>(): Transport {
    return undefined as Transport;
  }
}

export function acceptanceIn({ bytes }: Answer): Acceptance {
  return JSON.parse(bytes.toString()) as Acceptance;
}

export function problemIn({ bytes }: Answer): { readonly code: string; readonly detail: string; readonly status: number } {
  return JSON.parse(bytes.toString()) as ReturnType<typeof problemIn>;
}

/** The redacted bytes that a record keeps of its source event. */
export function rawOf(record: ExecutionRecord | undefined): string {
  return Buffer.from(record?.raw?.body ?? []).toString();
}

/** Waits until a check no longer throws; its last error is the spec's when patience ends. */
export async function eventually<Result>(check: () => Promise<Result>): Promise<Result> {
  const deadline = performance.now() + 20_000;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
}
