import { z } from 'zod';
import { deliveriesQuery, routeParameters } from './alert-inputs.js';
import { alertDeliverySchema, alertRouteSchema, alertTestSchema } from './alert-views.js';
import { alertRouteBody } from './domain/alert-route.js';

interface Operation {
  readonly path: string;
  readonly method: 'get' | 'put' | 'post' | 'delete';
  readonly id: string;
  readonly summary: string;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** Absent for an answer without a body. */
  readonly response?: z.ZodType;
}

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
    response: z.object({ items: z.array(alertDeliverySchema), next_cursor: z.string().nullable().describe('Give it as cursor to go on; null on the last page') }),
  },
];

type Schemas = Record<string, object>;

/** Part of an OpenAPI 3.1 document; whoever serves the whole joins the `paths` and each kind of component. */
export interface AlertOpenApi {
  readonly paths: Readonly<Record<string, object>>;
  readonly components: { readonly schemas: Readonly<Schemas>; readonly securitySchemes: Readonly<Record<string, object>> };
}

/** The routes of alerts, made from the schemas that check their input and describe their output. */
export const alertOpenApi: AlertOpenApi = fragmentOf(alertOperations);

function fragmentOf(operations: readonly Operation[]): AlertOpenApi {
  const paths: Record<string, Record<string, object>> = {};
  const schemas: Schemas = {};
  for (const operation of operations) paths[operation.path] = { ...paths[operation.path], [operation.method]: operationObject(operation, schemas) };
  return { paths, components: { schemas, securitySchemes: {} } };
}

function operationObject({ path, id, summary, query, body, response }: Operation, schemas: Schemas): object {
  const problem = { description: 'A problem document (RFC 9457)', content: { 'application/problem+json': { schema: { type: 'object' } } } };
  return {
    operationId: id,
    summary,
    tags: ['alerts'],
    parameters: [...(path.includes('{route_id}') ? parametersOf(routeParameters, 'path') : []), ...(query === undefined ? [] : parametersOf(query, 'query'))],
    ...(body === undefined ? {} : { requestBody: { required: true, content: { 'application/json': { schema: jsonSchema(body, 'input', schemas) } } } }),
    responses: {
      ...(response === undefined ? { 204: { description: 'Done' } } : { 200: { description: summary, content: { 'application/json': { schema: jsonSchema(response, 'output', schemas) } } } }),
      '4XX': problem,
      '5XX': problem,
    },
  };
}

function parametersOf(schema: z.ZodObject, place: 'path' | 'query'): readonly object[] {
  const { properties = {}, required = [] } = jsonSchema(schema, 'input', {}) as { properties?: Record<string, { description?: string }>; required?: string[] };
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name,
    in: place,
    required: required.includes(name),
    ...(description === undefined ? {} : { description }),
    schema: rest,
  }));
}

/** A schema in JSON Schema, its named parts moved to where OpenAPI keeps them. */
function jsonSchema(schema: z.ZodType, io: 'input' | 'output', schemas: Schemas): object {
  const text = JSON.stringify(z.toJSONSchema(schema, { io, target: 'draft-2020-12' })).replaceAll('"#/$defs/', '"#/components/schemas/');
  const { $defs, ...rest } = JSON.parse(text) as { $defs?: Schemas; $schema?: string };
  // OpenAPI 3.1 names the dialect once for the whole document.
  delete rest.$schema;
  Object.assign(schemas, $defs);
  return rest;
}
