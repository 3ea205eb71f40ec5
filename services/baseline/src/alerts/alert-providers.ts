import type { Provider, Type } from '@nestjs/common';
import type { Database } from '@orrery/persistence';
import type { Logger } from '@orrery/telemetry';
import { AlertDeliveriesController } from './alert-deliveries.controller.js';
import { AlertDeliveryService } from './alert-delivery.service.js';
import { AlertDeliverer } from './alert-deliverer.js';
import { AlertDispatcher } from './alert-dispatcher.js';
import { AlertPlanner } from './alert-planner.js';
import { AlertRouteService } from './alert-route.service.js';
import { AlertRoutesController } from './alert-routes.controller.js';
import { AlertSender } from './alert-sender.js';
import type { AlertSource } from './alert-source.js';
import type { AlertConfig } from './alert.config.js';
import { AlertMetrics } from './alert.metrics.js';
import { AddressPolicy } from './domain/address-policy.js';
import type { ResolveName } from './guarded-request.js';

export interface AlertOptions {
  readonly config: AlertConfig;
  /** The service's schema, with {@link CreateAlerts1767225600003} among its migrations. */
  readonly database: Database;
  readonly source: AlertSource;
  readonly logger: Logger;
  /** @default Date.now */
  readonly now?: () => number;
  /** From 0 to 1. @default Math.random */
  readonly random?: () => number;
  /** @default the system's resolver */
  readonly resolve?: ResolveName;
  readonly timing?: {
    /** @default 60_000 */
    readonly leaseMs?: number;
    /** @default 500 */
    readonly pollMs?: number;
    /** Of one request. @default 5_000 */
    readonly requestMs?: number;
  };
}

/** What a Nest module takes over, and the dispatcher, which it starts and stops. */
export interface AlertParts {
  readonly controllers: readonly Type[];
  readonly providers: readonly Provider[];
  start(): void;
  /** Waits for the attempts in hand, 20 s at most. */
  stop(): Promise<void>;
  /** Why alerts do not get on at present; undefined while they do. For the health of the service. */
  fault(): string | undefined;
}

/**
 * Builds alerts on a service's database.
 *
 * @example
 * const alerts = alertProviders({ config, database, source, logger });
 * return { module, controllers: [...alerts.controllers], providers: [...alerts.providers] };
 */
export function alertProviders(options: AlertOptions): AlertParts {
  const { config, database, source, logger, now = Date.now, random = Math.random, timing = {} } = options;
  const { ORRERY_ALERT_SMTP_URL: url, ORRERY_ALERT_FROM: from } = config;
  const metrics = new AlertMetrics();
  const sender = new AlertSender({
    policy: new AddressPolicy(config.ORRERY_ALERT_ALLOWED_NETWORKS),
    mail: url === undefined || from === undefined ? undefined : { url, from },
    now,
    ...(options.resolve === undefined ? {} : { resolve: options.resolve }),
    ...(timing.requestMs === undefined ? {} : { timeoutMs: timing.requestMs }),
  });
  const dispatcher = new AlertDispatcher({
    database,
    planner: new AlertPlanner({ database, source, now }),
    deliverer: new AlertDeliverer({ database, sender, metrics, maxAttempts: config.ORRERY_ALERT_MAX_ATTEMPTS, now, random }),
    metrics,
    logger,
    now,
    concurrency: config.ORRERY_ALERT_CONCURRENCY,
    ...(timing.leaseMs === undefined ? {} : { leaseMs: timing.leaseMs }),
    ...(timing.pollMs === undefined ? {} : { pollMs: timing.pollMs }),
  });
  return {
    controllers: [AlertRoutesController, AlertDeliveriesController],
    providers: [
      { provide: AlertRouteService, useValue: new AlertRouteService(database, sender, now) },
      { provide: AlertDeliveryService, useValue: new AlertDeliveryService(database) },
    ],
    start: () => dispatcher.start(),
    stop: () => dispatcher.stop(),
    fault: () => dispatcher.fault(),
  };
}
