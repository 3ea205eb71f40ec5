import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Module, type DynamicModule } from '@nestjs/common';
import { HealthRegistry, startHttpService, type HttpService } from '@orrery/http';
import { createLogger, startTelemetry } from '@orrery/telemetry';
import { tenantHeader, TestStore } from '@orrery/testing';
import { alertProviders, CreateAlerts1767225600003, enqueueAlerts, type AlertableAnomaly, type AlertChange, type AlertConfig, type AlertOptions, type AlertParts } from '../src/alerts/index.js';

export const secret = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;

export const config: AlertConfig = {
  ORRERY_ALERT_SMTP_URL: undefined,
  ORRERY_ALERT_FROM: undefined,
  ORRERY_ALERT_ALLOWED_NETWORKS: ['127.0.0.1/32'],
  ORRERY_ALERT_CONCURRENCY: 8,
  ORRERY_ALERT_MAX_ATTEMPTS: 4,
};

export function anomalyOf(given: Partial<AlertableAnomaly> = {}): AlertableAnomaly {
  return {
    anomaly_id: 'a-1',
    tenant_id: 'team-a',
    type: 'duration',
    severity: 'warning',
    status: 'open',
    title: 'build is slow',
    text: 'build took 14 min, 3.4 x its usual 4 min 7 s',
    workflow: 'nightly',
    task: 'build',
    expected: '4 min 7 s',
    actual: '14 min',
    deviation: '3.4 x',
    detected_at_ms: Date.UTC(2024, 4, 1),
    run_ids: ['run-1'],
    url: null,
    ...given,
  };
}

@Module({})
class AlertModule {}

type Answer = { readonly status: number; readonly body: any }; // eslint-disable-line @typescript-eslint/no-explicit-any -- answers are compared field by field

/** Alerts on a database of their own, a clock that the spec sets, and the HTTP service. */
export class AlertsScene {
  private readonly running: AlertParts[] = [];
  private http: HttpService | undefined;
  /** Added to the time of day. */
  aheadMs = 0;
  /** What the owner of the anomalies says is open. */
  readonly open = new Map<string, AlertableAnomaly>();

  private constructor(readonly store: TestStore) {}

  static async open(): Promise<AlertsScene> {
    return new AlertsScene(await TestStore.open({ schema: 'baseline', migrations: [CreateAlerts1767225600003] }));
  }

  readonly now = (): number => Date.now() + this.aheadMs;

  parts(given: Partial<AlertOptions> = {}): AlertParts {
    const source: AlertOptions['source'] = { stillOpen: async (_transaction, ids) => ids.flatMap((id) => this.open.get(id) ?? []) };
    const timing = { leaseMs: 10_000, pollMs: 20 };
    return alertProviders({ config, database: this.store.database, source, logger: createLogger('spec', 'silent'), now: this.now, random: () => 0.5, timing, ...given });
  }

  /** Starts a dispatcher. */
  dispatch(given: Partial<AlertOptions> = {}): AlertParts {
    const parts = this.parts(given);
    this.running.push(parts);
    parts.start();
    return parts;
  }

  async stopDispatchers(): Promise<void> {
    await Promise.all(this.running.splice(0).map((parts) => parts.stop()));
  }

  async serve(given: Partial<AlertOptions> = {}): Promise<void> {
    const parts = this.parts(given);
    const module: DynamicModule = { module: AlertModule, controllers: [...parts.controllers], providers: [...parts.providers] };
    this.http = await startHttpService({
      module,
      host: '127.0.0.1',
      port: 0,
      logger: createLogger('spec', 'silent'),
      telemetry: await startTelemetry({ serviceName: 'spec' }),
      health: new HealthRegistry(),
      authenticate: ({ headers }) => String(headers[tenantHeader] ?? 'team-a'),
    });
  }

  async call(method: string, path: string, { body, tenantId = 'team-a' }: { readonly body?: unknown; readonly tenantId?: string } = {}): Promise<Answer> {
    const response = await fetch(`${this.http?.url}/api/v1/${path}`, {
      method,
      headers: { [tenantHeader]: tenantId, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? null : JSON.parse(text) };
  }

  /** Makes a route that sends at once to a webhook. */
  async route(routeId: string, url: string, given: object = {}, tenantId = 'team-a'): Promise<void> {
    const body = { name: routeId, target: { kind: 'webhook', url, secret }, group_wait_s: 0, ...given };
    const { status, body: answer } = await this.call('PUT', `alert-routes/${routeId}`, { body, tenantId });
    if (status !== 200) throw new Error(`route ${routeId}: ${status} ${JSON.stringify(answer)}`);
  }

  /** Tells of changes as the service does, in a transaction of the tenant. */
  async tell(changes: readonly AlertChange[], tenantId = 'team-a'): Promise<void> {
    await this.store.database.forTenant(tenantId, (transaction) => enqueueAlerts(transaction, tenantId, changes, this.now()));
  }

  async opened(anomalies: readonly Partial<AlertableAnomaly>[], tenantId = 'team-a'): Promise<void> {
    await this.tell(anomalies.map((given) => ({ kind: 'opened', anomaly: anomalyOf({ tenant_id: tenantId, ...given }) })), tenantId);
  }

  /** Forgets all routes, alerts and clocks. */
  async reset(): Promise<void> {
    await this.stopDispatchers();
    await this.store.admin.query('truncate alert_route, alert_notice, alert_delivery, alert_queue');
    this.aheadMs = 0;
    this.open.clear();
  }

  async close(): Promise<void> {
    await this.stopDispatchers();
    await this.http?.close();
    await this.store.close();
  }
}

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

type Handler = (received: Received, reply: ServerResponse) => void;

/** A receiver of webhooks on a real port; it answers 204 unless told otherwise. */
export class Receiver {
  readonly received: Received[] = [];
  answer: Handler = (_received, reply) => reply.writeHead(204).end();
  private readonly server = createServer((incoming, reply) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const received = { path: incoming.url ?? '', headers: incoming.headers, body: Buffer.concat(chunks).toString('utf8') };
      this.received.push(received);
      this.answer(received, reply);
    });
  });

  static async open(host = '127.0.0.1'): Promise<Receiver> {
    const receiver = new Receiver();
    await new Promise<void>((resolve) => receiver.server.listen(0, host, resolve));
    return receiver;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/hook`;
  }

  /** The ids of messages, one for each request. */
  get ids(): readonly string[] {
    return this.received.map(({ headers }) => String(headers['webhook-id']));
  }

  /** The anomalies of all requests, by id. */
  get anomalyIds(): readonly string[] {
    return this.received.flatMap(({ body }) => (JSON.parse(body) as { data: { alerts: { anomaly: AlertableAnomaly }[] } }).data.alerts.map(({ anomaly }) => anomaly.anomaly_id));
  }

  reset(): void {
    this.received.length = 0;
    this.answer = (_received, reply) => reply.writeHead(204).end();
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
