import { describeOperations, pageSchema, type Operation } from '@orrery/http';
import { z } from 'zod';
import { deliveriesQuery, routeParameters } from './alert-inputs.js';
import { alertDeliverySchema, alertRouteSchema, alertTestSchema } from './alert-views.js';
import { alertRouteBody } from './domain/alert-route.js';

const route = '/api/v1/alert-routes/{route_id}';

/** Every route of alerts. */
export const alertOperations: readonly Operation[] = [
  { path: '/api/v1/alert-routes', method: 'get', id: 'listAlertRoutes', summary: 'Who is told of which anomalies', response: z.object({ items: z.array(alertRouteSchema) }) },
  { path: route, method: 'get', id: 'getAlertRoute', summary: 'One alert route, without its secrets', response: alertRouteSchema },
  { path: route, method: 'put', id: 'putAlertRoute', summary: 'Makes or changes an alert route', body: alertRouteBody, response: alertRouteSchema },
  { path: route, method: 'delete', id: 'deleteAlertRoute', summary: 'Removes an alert route; what waits for it is cancelled' },
  { path: `${route}/test`, method: 'post', id: 'testAlertRoute', summary: 'Sends one test alert at once and tells what happened', response: alertTestSchema },
  {
    path: '/api/v1/alert-deliveries',
    method: 'get',
    id: 'listAlertDeliveries',
    summary: 'What became of alerts, the newest first',
    query: deliveriesQuery,
    response: pageSchema(alertDeliverySchema),
  },
];

/** The routes of alerts, made from the schemas that check their input and describe their output. */
export const alertOpenApi = describeOperations(alertOperations, { tag: 'alerts', pathParameters: routeParameters });
