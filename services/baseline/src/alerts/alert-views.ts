import { z } from 'zod';
import { deliveryStatuses, type Delivery } from './alert-delivery.repository.js';
import type { TestResult } from './alert-route.service.js';
import { groupFields, type AlertRoute, type AlertTarget } from './domain/alert-route.js';
import { gravest, severities } from './domain/alertable-anomaly.js';

const timeSchema = z.string().describe('ISO 8601 in UTC');

export const alertRouteSchema = z
  .object({
    route_id: z.string(),
    name: z.string(),
    match: z.object({ workflows: z.array(z.string()), severity_at_least: z.enum(severities), types: z.array(z.string()) }),
    target: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('webhook'), url: z.string().optional().describe('Absent when it has a query, which may be a credential') }),
      z.object({ kind: z.literal('slack') }).describe('Its URL is a credential and never shown'),
      z.object({ kind: z.literal('email'), to: z.array(z.string()) }),
    ]),
    quiet_hours: z.object({ from: z.string(), to: z.string(), time_zone: z.string() }).nullable(),
    group_by: z.array(z.enum(groupFields)),
    group_wait_s: z.int(),
    repeat_after_s: z.int().nullable(),
    is_enabled: z.boolean(),
  })
  .meta({ id: 'AlertRoute' });

export type AlertRouteView = z.output<typeof alertRouteSchema>;

/** A route without what is secret; written back as it is, it changes nothing. */
export function alertRouteView({ target, match, group_by: groupBy, ...route }: AlertRoute): AlertRouteView {
  return { ...route, match: { ...match, workflows: [...match.workflows], types: [...match.types] }, target: targetView(target), group_by: [...groupBy] };
}

function targetView(target: AlertTarget): AlertRouteView['target'] {
  if (target.kind === 'email') return { kind: 'email', to: [...target.to] };
  if (target.kind === 'slack') return { kind: 'slack' };
  return { kind: 'webhook', ...(target.url.includes('?') ? {} : { url: target.url }) };
}

export const alertDeliverySchema = z
  .object({
    delivery_id: z.string().describe('The idempotency key that the receiver saw'),
    route_id: z.string(),
    route_name: z.string(),
    target_kind: z.string(),
    status: z.enum(deliveryStatuses),
    severity: z.enum(severities),
    anomaly_ids: z.array(z.string()),
    created_at: timeSchema,
    finished_at: timeSchema.nullable(),
    attempt_count: z.int(),
    last_attempt_at: timeSchema.nullable(),
    next_attempt_at: timeSchema.nullable(),
    last_http_status: z.int().nullable(),
    last_error: z.string().nullable(),
  })
  .meta({ id: 'AlertDelivery' });

export type AlertDeliveryView = z.output<typeof alertDeliverySchema>;

export function alertDeliveryView(delivery: Delivery): AlertDeliveryView {
  return {
    delivery_id: delivery.deliveryId,
    route_id: delivery.routeId,
    route_name: delivery.routeName,
    target_kind: delivery.targetKind,
    status: delivery.status,
    severity: gravest(delivery.alerts),
    anomaly_ids: delivery.alerts.map(({ anomaly }) => anomaly.anomaly_id),
    created_at: iso(delivery.createdAtMs),
    finished_at: isoOrNull(delivery.finishedAtMs),
    attempt_count: delivery.attemptCount,
    last_attempt_at: isoOrNull(delivery.lastAttemptAtMs),
    next_attempt_at: isoOrNull(delivery.nextAttemptAtMs),
    last_http_status: delivery.lastHttpStatus,
    last_error: delivery.lastError,
  };
}

function iso(momentMs: number): string {
  return new Date(momentMs).toISOString();
}

function isoOrNull(momentMs: number | null): string | null {
  return momentMs === null ? null : iso(momentMs);
}

export const alertTestSchema = z
  .object({ outcome: z.enum(['delivered', 'failed']), http_status: z.int().nullable(), reason: z.string().nullable().describe('Why it failed'), duration_ms: z.int() })
  .meta({ id: 'AlertTest' });

export type AlertTestView = z.output<typeof alertTestSchema>;

export function alertTestView({ result, durationMs }: TestResult): AlertTestView {
  return { outcome: result.outcome, http_status: result.httpStatus, reason: result.outcome === 'failed' ? result.reason : null, duration_ms: durationMs };
}
