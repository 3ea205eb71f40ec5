import { describeOperations, joinOpenApi, pageSchema, type OpenApiFragment, type Operation } from '@orrery/http';
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

const run = '/api/v1/runs/{run_id}';

/** Every route of the service. */
export const operations: readonly Operation[] = [
  { path: '/api/v1/runs', method: 'get', id: 'listRuns', summary: 'Runs, the newest first', query: runsQuery, response: pageSchema(runSchema) },
  { path: run, method: 'get', id: 'getRun', summary: 'One run, who acted in it and what it started', response: runDetailSchema },
  { path: `${run}/graph`, method: 'get', id: 'getGraph', summary: 'All tasks of a run with their edges', response: z.object({ run_id: z.uuid(), tasks: z.array(taskSchema) }) },
  {
    path: `${run}/timeline`,
    method: 'get',
    id: 'getTimeline',
    summary: 'What happened inside a run or task, nested, in order of start',
    query: timelineQuery,
    response: z.object({ ...pageSchema(eventSchema).shape, total: z.int().describe('All events of the run, task or parent, nested ones too; the calls, when an actor or kind is given') }),
  },
  { path: `${run}/artifacts`, method: 'get', id: 'listArtifacts', summary: 'Files and data sets that a run read and wrote', query: artifactsQuery, response: pageSchema(artifactSchema) },
  { path: `${run}/messages`, method: 'get', id: 'listMessages', summary: 'What the participants of a run said', query: messagesQuery, response: pageSchema(messageSchema) },
  { path: `${run}/samples`, method: 'get', id: 'listSamples', summary: 'Measured values of a run', query: samplesQuery, response: pageSchema(sampleSchema) },
  { path: `${run}/state`, method: 'get', id: 'getState', summary: 'A run as it stood at a moment, rebuilt from its records', query: stateQuery, response: stateSchema },
  { path: `${run}/failure`, method: 'get', id: 'getFailure', summary: 'What led to the failure of a run; 404 when it did not fail', response: failureSchema },
  { path: '/api/v1/artifacts/provenance', method: 'get', id: 'getProvenance', summary: 'Who made a file, from what, and who read it since', query: provenanceQuery, response: provenanceSchema },
  { path: '/api/v1/dead-letters', method: 'get', id: 'listDeadLetters', summary: 'Records that could not be processed', query: deadLettersQuery, response: pageSchema(deadLetterSchema) },
  { path: '/api/v1/dead-letters/replay', method: 'post', id: 'replayDeadLetters', summary: 'Sends dead letters once more', body: replayBody, response: z.object({ replayed: z.int() }) },
  { path: '/api/v1/live', method: 'get', id: 'live', summary: 'WebSocket of changes, resumable with a cursor', query: liveQuery, isWebSocket: true },
  { path: '/api/v1/openapi.json', method: 'get', id: 'getOpenApi', summary: 'This document', response: z.record(z.string(), z.unknown()) },
];

const apiKey = { type: 'http', scheme: 'bearer', description: 'Asked for when the installation has keys' };

/**
 * The OpenAPI 3.1 document of the service, with what other services in this process add to it: their paths and components, under names
 * of their own.
 */
export function eventStoreDocument(fragments: readonly OpenApiFragment[] = []): Readonly<Record<string, unknown>> {
  const { paths, components } = joinOpenApi([describeOperations(operations, { pathParameters: runParameters }), ...fragments]);
  return {
    openapi: '3.1.0',
    info: { title: 'Orrery', version: '1', description: 'Traces of workflow runs of any engine. Times are ISO 8601 in UTC, absent values are null.' },
    security: [{ apiKey: [] }],
    paths,
    components: { ...components, securitySchemes: { apiKey, ...components.securitySchemes } },
  };
}
