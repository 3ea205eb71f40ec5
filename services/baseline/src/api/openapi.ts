import { z } from 'zod';
import { alertOpenApi } from '../alerts/index.js';
import { anomalySchema, previewSchema, statisticsSchema } from '../views/anomaly.view.js';
import { baselineDetailSchema, baselineForSchema, baselineSchema, historyPointSchema } from '../views/baseline.view.js';
import { anomaliesQuery, anomalyParameters, baselineForQuery, baselinesQuery, historyQuery, keyParameters, muteBody, noteBody, previewBody, statisticsQuery } from './inputs.js';

interface Operation {
  readonly path: string;
  readonly method: 'get' | 'post' | 'delete';
  readonly id: string;
  readonly summary: string;
  readonly parameters?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** Absent for an answer without a body. */
  readonly response?: z.ZodType;
}

const pageOf = (item: z.ZodType) => z.object({ items: z.array(item), next_cursor: z.string().nullable().describe('Give it as cursor to go on; null on the last page') });
const baseline = { path: '/api/v1/baselines/{key_id}', parameters: keyParameters };
const anomaly = '/api/v1/anomalies/{anomaly_id}';
const action = { method: 'post', parameters: anomalyParameters, response: anomalySchema } as const;

/** Every route of baselines and anomalies; those of alerts are beside them. */
export const operations: readonly Operation[] = [
  { path: '/api/v1/baselines', method: 'get', id: 'listBaselines', summary: 'What is normal, the latest update first', query: baselinesQuery, response: pageOf(baselineSchema) },
  { path: '/api/v1/baselines/for', method: 'get', id: 'getBaselineFor', summary: 'The finest baseline that knows enough of a workload', query: baselineForQuery, response: baselineForSchema },
  { ...baseline, method: 'get', id: 'getBaseline', summary: 'One baseline, and what it backs off to', response: baselineDetailSchema },
  { ...baseline, method: 'delete', id: 'forgetBaseline', summary: 'Forgets a baseline: the next fact starts afresh' },
  { ...baseline, path: `${baseline.path}/history`, method: 'get', id: 'getBaselineHistory', summary: 'How a baseline changed, the latest first', query: historyQuery, response: pageOf(historyPointSchema) },
  { path: '/api/v1/anomalies', method: 'get', id: 'listAnomalies', summary: 'What is not normal, the latest detection first', query: anomaliesQuery, response: pageOf(anomalySchema) },
  { path: '/api/v1/anomalies/statistics', method: 'get', id: 'getAnomalyStatistics', summary: 'How many anomalies there were, and how many false alarms', query: statisticsQuery, response: statisticsSchema },
  { path: anomaly, method: 'get', id: 'getAnomaly', summary: 'One anomaly', parameters: anomalyParameters, response: anomalySchema },
  { ...action, path: `${anomaly}/acknowledge`, id: 'acknowledgeAnomaly', summary: 'Somebody looks after it', body: noteBody },
  { ...action, path: `${anomaly}/resolve`, id: 'resolveAnomaly', summary: 'It is over', body: noteBody },
  { ...action, path: `${anomaly}/mute`, id: 'muteAnomaly', summary: 'Nobody is told of this cause for a while, also when it comes again', body: muteBody },
  { ...action, path: `${anomaly}/false-positive`, id: 'markFalsePositive', summary: 'It was none: the bounds of this cause get wider for this subject', body: noteBody },
  { path: '/api/v1/anomaly-rules/preview', method: 'post', id: 'previewAnomalyRule', summary: 'What a rule would have flagged', body: previewBody, response: previewSchema },
];

/** Part of an OpenAPI 3.1 document; whoever serves the whole joins the `paths` and each kind of component. */
export interface OpenApiFragment {
  readonly paths: Readonly<Record<string, object>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, object>>>>;
}

/** The routes of the service, alerts among them, made from the schemas that check their input and describe their output. */
export const baselineOpenApi: OpenApiFragment = joined();

type Schemas = Record<string, object>;

function joined(): OpenApiFragment {
  const paths: Record<string, Record<string, object>> = {};
  const schemas: Schemas = {};
  for (const operation of operations) paths[operation.path] = { ...paths[operation.path], [operation.method]: operationObject(operation, schemas) };
  return { paths: { ...paths, ...alertOpenApi.paths }, components: { schemas: { ...schemas, ...alertOpenApi.components.schemas }, securitySchemes: {} } };
}

function operationObject({ path, id, summary, parameters, query, body, response }: Operation, schemas: Schemas): object {
  const problem = { description: 'A problem document (RFC 9457)', content: { 'application/problem+json': { schema: { type: 'object' } } } };
  return {
    operationId: id,
    summary,
    tags: [path.startsWith('/api/v1/baselines') ? 'baselines' : 'anomalies'],
    parameters: [...parametersOf(parameters, 'path'), ...parametersOf(query, 'query')],
    ...(body === undefined ? {} : { requestBody: { required: false, content: { 'application/json': { schema: jsonSchema(body, 'input', schemas) } } } }),
    responses: {
      ...(response === undefined ? { 204: { description: 'Done' } } : { 200: { description: summary, content: { 'application/json': { schema: jsonSchema(response, 'output', schemas) } } } }),
      '4XX': problem,
      '5XX': problem,
    },
  };
}

function parametersOf(schema: z.ZodObject | undefined, place: 'path' | 'query'): readonly object[] {
  if (schema === undefined) return [];
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
