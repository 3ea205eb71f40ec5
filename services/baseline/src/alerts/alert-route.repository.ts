import { OrreryError } from '@orrery/errors';
import { moment, query, type Transaction } from '@orrery/persistence';
import type { AlertRoute } from './domain/alert-route.js';

/** Each change of an anomaly is held against all of a tenant's routes. */
export const mostRoutes = 100;

/** The tenant's routes by id. */
export async function listRoutes(transaction: Transaction): Promise<readonly AlertRoute[]> {
  return (await query<{ route: AlertRoute }>(transaction, 'select route from alert_route order by route_id')).map(({ route }) => route);
}

export async function findRoute(transaction: Transaction, routeId: string): Promise<AlertRoute | undefined> {
  return (await query<{ route: AlertRoute }>(transaction, 'select route from alert_route where route_id = $1', [routeId]))[0]?.route;
}

/** @throws ORRERY_LIMIT when the tenant has too many routes already. */
export async function saveRoute(transaction: Transaction, tenantId: string, route: AlertRoute, nowMs: number): Promise<void> {
  const [{ count } = { count: 0 }] = await query<{ count: number }>(transaction, 'select count(*)::int as count from alert_route where route_id <> $1', [route.route_id]);
  if (count >= mostRoutes) throw new OrreryError('ORRERY_LIMIT', `there are ${mostRoutes} alert routes already, and no more can be added`, { retriable: false });
  const text = `
    insert into alert_route (tenant_id, route_id, route, updated_at) values ($1, $2, $3, ${moment('$4')})
    on conflict (tenant_id, route_id) do update set route = excluded.route, updated_at = excluded.updated_at`;
  await query(transaction, text, [tenantId, route.route_id, JSON.stringify(route), nowMs]);
}

/** Whether there was such a route. What waits for it is cancelled when its turn comes. */
export async function deleteRoute(transaction: Transaction, routeId: string): Promise<boolean> {
  return (await query(transaction, 'delete from alert_route where route_id = $1 returning 1', [routeId])).length > 0;
}
