import { z } from 'zod';
import { deadLetterSchema } from '../views/dead-letter.view.js';
import { eventSchema } from '../views/event.view.js';
import { failureSchema } from '../views/failure.view.js';
import { artifactSchema, messageSchema, sampleSchema } from '../views/leaf.view.js';
import { provenanceSchema } from '../views/provenance.view.js';
import { runDetailSchema, runSchema } from '../views/run.view.js';
import { stateSchema } from '../views/state.view.js';
import { taskSchema } from '../views/task.view.js';
import { artifactsQuery, deadLettersQuery, liveQuery, messagesQuery, provenanceQuery, replayBody, runParameters, runsQuery, samplesQuery, stateQuery, timelineQuery } from './inputs.js';

interface Operation {
  readonly path: string;
  readonly method: 'get' | 'post';
  readonly id: string;
  readonly summary: string;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** Absent for what answers with something else than JSON. */
  readonly response?: z.ZodType;
}

const pageOf = (item: z.ZodType) => z.object({ items: z.array(item), next_cursor: z.string().nullable().describe('Give it as cursor to go on; null on the last page') });
const run = '/api/v1/runs/{run_id}';

/** Every route of the service. */
export const operations: readonly Operation[] = [
  { path: '/api/v1/runs', method: 'get', id: 'listRuns', summary: 'Runs, the newest first', query: runsQuery, response: pageOf(runSchema) },
  { path: run, method: 'get', id: 'getRun', summary: 'One run, who acted in it and what it started', response: runDetailSchema },
  { path: `${run}/graph`, method: 'get', id: 'getGraph', summary: 'All tasks of a run with their edges', response: z.object({ run_id: z.uuid(), tasks: z.array(taskSchema) }) },
  {
    path: `${run}/timeline`,
    method: 'get',
    id: 'getTimeline',
    summary: 'What happened inside a run or task, nested, in order of start',
    query: timelineQuery,
    response: z.object({ ...pageOf(eventSchema).shape, total: z.int().describe('All events of the run, task or parent, nested ones too; the calls, when an actor or kind is given') }),
  },
  { path: `${run}/artifacts`, method: 'get', id: 'listArtifacts', summary: 'Files and data sets that a run read and wrote', query: artifactsQuery, response: pageOf(artifactSchema) },
  { path: `${run}/messages`, method: 'get', id: 'listMessages', summary: 'What the participants of a run said', query: messagesQuery, response: pageOf(messageSchema) },
  { path: `${run}/samples`, method: 'get', id: 'listSamples', summary: 'Measured values of a run', query: samplesQuery, response: pageOf(sampleSchema) },
  { path: `${run}/state`, method: 'get', id: 'getState', summary: 'A run as it stood at a moment, rebuilt from its records', query: stateQuery, response: stateSchema },
  { path: `${run}/failure`, method: 'get', id: 'getFailure', summary: 'What led to the failure of a run; 404 when it did not fail', response: failureSchema },
  { path: '/api/v1/artifacts/provenance', method: 'get', id: 'getProvenance', summary: 'Who made a file, from what, and who read it since', query: provenanceQuery, response: provenanceSchema },
  { path: '/api/v1/dead-letters', method: 'get', id: 'listDeadLetters', summary: 'Records that could not be processed', query: deadLettersQuery, response: pageOf(deadLetterSchema) },
  { path: '/api/v1/dead-letters/replay', method: 'post', id: 'replayDeadLetters', summary: 'Sends dead letters once more', body: replayBody, response: z.object({ replayed: z.int() }) },
  { path: '/api/v1/live', method: 'get', id: 'live', summary: 'WebSocket of changes, resumable with a cursor', query: liveQuery },
  { path: '/api/v1/openapi.json', method: 'get', id: 'getOpenApi', summary: 'This document', response: z.record(z.string(), z.unknown()) },
];

const apiKey = { type: 'http', scheme: 'bearer', description: 'Asked for when the installation has keys' };
const problem = { description: 'A problem document (RFC 9457)', content: { 'application/problem+json': { schema: { type: 'object' } } } };

/** What other services in this process add to the document: their paths and components, under names of their own. */
export interface OpenApiFragment {
  readonly paths: Readonly<Record<string, object>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, object>>>>;
}

/** The OpenAPI 3.1 document of the service, made from the schemas that check its input and describe its output. */
export function eventStoreDocument(fragments: readonly OpenApiFragment[] = []): Readonly<Record<string, unknown>> {
  const paths: Record<string, Record<string, unknown>> = {};
  const schemas: Schemas = {};
  for (const operation of operations) paths[operation.path] = { ...paths[operation.path], [operation.method]: operationObject(operation, schemas) };
  return {
    openapi: '3.1.0',
    info: { title: 'Orrery', version: '1', description: 'Traces of workflow runs of any engine. Times are ISO 8601 in UTC, absent values are null.' },
    security: [{ apiKey: [] }],
    paths: Object.assign(paths, ...fragments.map((fragment) => fragment.paths)) as object,
    components: {
      schemas: Object.assign(schemas, ...fragments.map(({ components }) => components['schemas'])) as object,
      securitySchemes: Object.assign({ apiKey }, ...fragments.map(({ components }) => components['securitySchemes'])) as object,
    },
  };
}

/** Schemas that have a name of their own; the others refer to them. */
type Schemas = Record<string, unknown>;

function operationObject({ path, id, summary, query, body, response }: Operation, schemas: Schemas) {
  return {
    operationId: id,
    summary,
    parameters: [...(path.includes('{run_id}') ? parametersOf(runParameters, 'path') : []), ...(query === undefined ? [] : parametersOf(query, 'query'))],
    ...(body === undefined ? {} : { requestBody: { required: true, content: { 'application/json': { schema: jsonSchema(body, 'input', schemas) } } } }),
    responses: {
      ...(response === undefined
        ? { 101: { description: 'Switches to the WebSocket protocol' } }
        : { 200: { description: summary, content: { 'application/json': { schema: jsonSchema(response, 'output', schemas) } } } }),
      '4XX': problem,
      '5XX': problem,
    },
  };
}

function parametersOf(schema: z.ZodObject, place: 'path' | 'query') {
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
  delete rest.$schema;
  Object.assign(schemas, $defs);
  return rest;
}
