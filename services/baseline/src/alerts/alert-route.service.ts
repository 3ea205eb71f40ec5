import { randomUUID } from 'node:crypto';
import { OrreryError } from '@orrery/errors';
import type { Database, Transaction } from '@orrery/persistence';
import { pendingOf, setNextAttempt } from './alert-delivery.repository.js';
import { anyOfGroup } from './alert-notice.repository.js';
import { enqueue, hasten } from './alert-queue.repository.js';
import { deleteRoute, findRoute, listRoutes, saveRoute } from './alert-route.repository.js';
import type { AlertSender, SendResult } from './alert-sender.js';
import type { AlertMessage } from './domain/alert-message.js';
import { routeOf, type AlertRoute, type AlertRouteBody } from './domain/alert-route.js';
import { heldGroup } from './domain/routing.js';

const mostTests = 4;
const mostHastened = 1000;

/** What an attempt at a test alert came to. */
export interface TestResult {
  readonly result: SendResult;
  readonly durationMs: number;
}

/** The routes of tenants. */
export class AlertRouteService {
  private testsInHand = 0;

  constructor(
    private readonly database: Database,
    private readonly sender: AlertSender,
    private readonly now: () => number,
  ) {}

  async list(tenantId: string): Promise<readonly AlertRoute[]> {
    return await this.database.forTenant(tenantId, listRoutes);
  }

  /** @throws ORRERY_NOT_FOUND */
  async find(tenantId: string, routeId: string): Promise<AlertRoute> {
    const route = await this.database.forTenant(tenantId, (transaction) => findRoute(transaction, routeId));
    if (route === undefined) throw unknownRoute(routeId);
    return route;
  }

  /** Makes or changes a route. @throws ORRERY_VALIDATION when a secret is missing that the route does not have yet. */
  async save(tenantId: string, routeId: string, body: AlertRouteBody): Promise<AlertRoute> {
    return await this.database.forTenant(tenantId, async (transaction) => {
      const route = routeOf(routeId, body, await findRoute(transaction, routeId));
      if ('missing' in route) throw new OrreryError('ORRERY_VALIDATION', route.missing.map((field) => `body.${field}: expected, since the route has none yet`).join('; '));
      await saveRoute(transaction, tenantId, route, this.now());
      await this.lookAtWaiting(transaction, tenantId, routeId);
      return route;
    });
  }

  /** Quiet hours or the target may have been mended: what waits for their end or for another attempt is looked at at once. */
  private async lookAtWaiting(transaction: Transaction, tenantId: string, routeId: string): Promise<void> {
    const nowMs = this.now();
    const subjectId = await anyOfGroup(transaction, routeId, heldGroup);
    if (subjectId !== undefined) await enqueue(transaction, [{ tenantId, kind: 'notice', subjectId, dueAtMs: nowMs }]);
    // The queue before the deliveries, as the dispatcher does, so that neither waits for the other.
    const hastened = await hasten(transaction, await pendingOf(transaction, routeId, mostHastened), nowMs);
    await setNextAttempt(transaction, hastened, nowMs);
  }

  /** @throws ORRERY_NOT_FOUND */
  async remove(tenantId: string, routeId: string): Promise<void> {
    const existed = await this.database.forTenant(tenantId, (transaction) => deleteRoute(transaction, routeId));
    if (!existed) throw unknownRoute(routeId);
  }

  /** Sends one test alert at once, past quiet hours and queue. @throws ORRERY_LIMIT while too many tests are on their way. */
  async test(tenantId: string, routeId: string): Promise<TestResult> {
    const route = await this.find(tenantId, routeId);
    if (this.testsInHand >= mostTests) throw new OrreryError('ORRERY_LIMIT', 'too many test alerts are on their way');
    this.testsInHand++;
    const startedAt = performance.now();
    try {
      const result = await this.sender.send(testMessage(tenantId, route, this.now()), route.target);
      return { result, durationMs: Math.round(performance.now() - startedAt) };
    } finally {
      this.testsInHand--;
    }
  }
}

function unknownRoute(routeId: string): OrreryError {
  return new OrreryError('ORRERY_NOT_FOUND', `alert route ${routeId} does not exist`, { details: { routeId } });
}

function testMessage(tenantId: string, route: AlertRoute, nowMs: number): AlertMessage {
  const anomaly = {
    anomaly_id: randomUUID(),
    tenant_id: tenantId,
    type: 'test',
    severity: 'info',
    status: 'open',
    title: 'Test of an alert route',
    text: `This is a test of the alert route "${route.name}". Nothing is wrong.`,
    workflow: 'test',
    task: null,
    expected: null,
    actual: null,
    deviation: null,
    detected_at_ms: nowMs,
    run_ids: [],
    url: null,
  } as const;
  return { deliveryId: randomUUID(), tenantId, routeId: route.route_id, routeName: route.name, createdAtMs: nowMs, alerts: [{ kind: 'opened', anomaly }], isTest: true };
}
