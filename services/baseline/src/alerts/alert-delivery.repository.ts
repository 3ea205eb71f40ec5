import { moment, query, wholeMilliseconds, type Transaction } from '@orrery/persistence';
import type { Alert } from './domain/alertable-anomaly.js';

export const deliveryStatuses = ['pending', 'delivered', 'failed', 'cancelled'] as const;
export type DeliveryStatus = (typeof deliveryStatuses)[number];

/** A message of a route: what it says does not change, how far it came does. */
export interface Delivery {
  readonly deliveryId: string;
  readonly routeId: string;
  readonly routeName: string;
  readonly targetKind: string;
  readonly status: DeliveryStatus;
  readonly alerts: readonly Alert[];
  readonly createdAtMs: number;
  readonly finishedAtMs: number | null;
  readonly attemptCount: number;
  readonly lastAttemptAtMs: number | null;
  readonly nextAttemptAtMs: number | null;
  readonly lastHttpStatus: number | null;
  readonly lastError: string | null;
}

export type NewDelivery = Pick<Delivery, 'deliveryId' | 'routeId' | 'routeName' | 'targetKind' | 'status' | 'alerts' | 'createdAtMs' | 'lastError'>;

export async function addDelivery(transaction: Transaction, tenantId: string, delivery: NewDelivery): Promise<void> {
  const text = `
    insert into alert_delivery (tenant_id, delivery_id, route_id, route_name, target_kind, status, alerts, created_at, next_attempt_at, finished_at, last_error)
    values ($1, $2, $3, $4, $5, $6, $7, ${moment('$8')}, case when $6 = 'pending' then ${moment('$8')} end, case when $6 <> 'pending' then ${moment('$8')} end, $9)`;
  const { deliveryId, routeId, routeName, targetKind, status, alerts, createdAtMs, lastError } = delivery;
  await query(transaction, text, [tenantId, deliveryId, routeId, routeName, targetKind, status, JSON.stringify(alerts), createdAtMs, lastError]);
}

const columns = `
  delivery_id as "deliveryId", route_id as "routeId", route_name as "routeName", target_kind as "targetKind", status, alerts,
  ${wholeMilliseconds('created_at')} as "createdAtMs", ${wholeMilliseconds('finished_at')} as "finishedAtMs", attempt_count as "attemptCount",
  ${wholeMilliseconds('last_attempt_at')} as "lastAttemptAtMs", ${wholeMilliseconds('next_attempt_at')} as "nextAttemptAtMs",
  last_http_status as "lastHttpStatus", last_error as "lastError"`;

export async function findDelivery(transaction: Transaction, deliveryId: string): Promise<Delivery | undefined> {
  return (await query<Delivery>(transaction, `select ${columns} from alert_delivery where delivery_id = $1`, [deliveryId]))[0];
}

/** How an attempt, or the decision to make none, changed a delivery. */
export interface DeliveryProgress {
  readonly status: DeliveryStatus;
  readonly atMs: number;
  readonly isAttempt: boolean;
  readonly httpStatus: number | null;
  readonly error: string | null;
  /** Null when there is none any more. */
  readonly nextAttemptAtMs: number | null;
}

export async function recordProgress(transaction: Transaction, deliveryId: string, progress: DeliveryProgress): Promise<void> {
  const text = `
    update alert_delivery set status = $2, finished_at = case when $2 <> 'pending' then ${moment('$3')} end,
      attempt_count = attempt_count + $4::int, last_attempt_at = case when $4::int = 1 then ${moment('$3')} else last_attempt_at end,
      last_http_status = $5, last_error = $6, next_attempt_at = ${moment('$7')}
    where delivery_id = $1`;
  const { status, atMs, isAttempt, httpStatus, error, nextAttemptAtMs } = progress;
  await query(transaction, text, [deliveryId, status, atMs, isAttempt ? 1 : 0, httpStatus, error, nextAttemptAtMs]);
}

/** The ids of deliveries of a route that wait for an attempt, the oldest first. */
export async function pendingOf(transaction: Transaction, routeId: string, limit: number): Promise<readonly string[]> {
  const text = `select delivery_id as "deliveryId" from alert_delivery where status = 'pending' and route_id = $1 order by created_at limit $2`;
  return (await query<{ deliveryId: string }>(transaction, text, [routeId, limit])).map(({ deliveryId }) => deliveryId);
}

/** Notes that deliveries are attempted at another time than was said. */
export async function setNextAttempt(transaction: Transaction, deliveryIds: readonly string[], atMs: number): Promise<void> {
  await query(transaction, `update alert_delivery set next_attempt_at = ${moment('$2')} where delivery_id = any($1::uuid[]) and status = 'pending'`, [deliveryIds, atMs]);
}

export async function forgetDelivery(transaction: Transaction, deliveryId: string): Promise<void> {
  await query(transaction, `delete from alert_delivery where delivery_id = $1 and status <> 'pending'`, [deliveryId]);
}

/** A place in the list of deliveries. */
export interface DeliveryPlace {
  readonly createdAtMs: number;
  readonly deliveryId: string;
}

export interface DeliveryQuery {
  readonly status: DeliveryStatus | undefined;
  readonly routeId: string | undefined;
  readonly after: DeliveryPlace | undefined;
  readonly limit: number;
}

/** Deliveries of the tenant, the newest first. */
export async function listDeliveries(transaction: Transaction, { status, routeId, after, limit }: DeliveryQuery): Promise<readonly Delivery[]> {
  const values: unknown[] = [];
  const parameter = (value: unknown) => `$${values.push(value)}`;
  const conditions = [
    ...(status === undefined ? [] : [`status = ${parameter(status)}`]),
    ...(routeId === undefined ? [] : [`route_id = ${parameter(routeId)}`]),
    ...(after === undefined ? [] : [`(created_at, delivery_id) < (${moment(parameter(after.createdAtMs))}, ${parameter(after.deliveryId)}::uuid)`]),
  ];
  const where = conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`;
  return await query<Delivery>(transaction, `select ${columns} from alert_delivery ${where} order by created_at desc, delivery_id desc limit ${parameter(limit)}`, values);
}
