import { defaultBodyLimits, jsonSchemaOf, type OpenApiFragment } from '@orrery/http';
import { z } from 'zod';
import { acceptanceSchema } from './acceptance.js';
import { deepestJson, largestEventBytes, mostEventsInBatch } from './domain/payload-limits.js';

interface Operation {
  readonly path: string;
  readonly id: string;
  readonly summary: string;
  /** @default ['application/json'] */
  readonly mediaTypes?: readonly string[];
  /** @default 202 */
  readonly status?: 201 | 202;
}

const mebibyte = 1024 * 1024;
const limits = `An event has at most ${largestEventBytes / mebibyte} MiB, a request ${defaultBodyLimits.bodyBytes / mebibyte} MiB after decompression (gzip, deflate, br), JSON ${deepestJson} levels.`;
const anyEvents = `A JSON array is a batch of at most ${mostEventsInBatch} events: each element is an event of its own, and what is wrong with one does not touch the others.`;

const eventOperations: readonly Operation[] = [
  {
    path: '/api/v1/events',
    id: 'sendEvents',
    summary: 'Takes CloudEvents, and events of any known engine by what they look like',
    mediaTypes: ['application/cloudevents+json', 'application/cloudevents-batch+json', 'application/json'],
  },
  { path: '/api/v1/lineage', id: 'sendLineage', summary: 'Takes OpenLineage events', status: 201 },
  { path: '/api/v1/webhooks/github', id: 'receiveGithub', summary: 'Takes webhooks of GitHub', mediaTypes: ['application/json', 'application/x-www-form-urlencoded'] },
  { path: '/api/v1/webhooks/argo', id: 'receiveArgo', summary: 'Takes workflows of Argo, watch events and events of Argo Events' },
  { path: '/api/v1/webhooks/prefect', id: 'receivePrefect', summary: 'Takes events of Prefect' },
  { path: '/api/v1/webhooks/kestra', id: 'receiveKestra', summary: 'Takes executions of Kestra' },
  { path: '/api/v1/webhooks/temporal', id: 'receiveTemporal', summary: 'Takes histories of Temporal' },
];

const otlpMediaTypes = ['application/x-protobuf', 'application/json'];

/** The routes of ingest. */
export const ingestOpenApi: OpenApiFragment = {
  paths: {
    ...Object.fromEntries(eventOperations.map((operation) => [operation.path, { post: eventOperation(operation) }])),
    ...Object.fromEntries(['traces', 'metrics', 'logs'].map((signal) => [`/v1/${signal}`, { post: otlpOperation(signal) }])),
  },
  components: {
    schemas: { Acceptance: jsonSchemaOf(acceptanceSchema, 'input'), IngestProblem: problemSchema(), OtlpExportResponse: exportResponseSchema(), OtlpStatus: statusSchema() },
    securitySchemes: {
      githubSignature: { type: 'apiKey', in: 'header', name: 'X-Hub-Signature-256', description: 'In place of a key when webhook secrets are configured; names the tenant' },
    },
  },
};

function eventOperation({ path, id, summary, mediaTypes = ['application/json'], status = 202 }: Operation): object {
  return {
    operationId: id,
    summary,
    description: `${anyEvents} ${limits} The same event sent again changes nothing.`,
    tags: ['ingest'],
    ...(path.endsWith('/github') ? { security: [{ apiKey: [] }, { githubSignature: [] }] } : {}),
    requestBody: { required: true, content: contentOf(mediaTypes, {}) },
    responses: { [status]: { description: 'The log holds the events for good', content: contentOf(['application/json'], reference('Acceptance')) }, ...refusals(['application/problem+json'], 'IngestProblem') },
  };
}

function otlpOperation(signal: string): object {
  return {
    operationId: `export${signal.charAt(0).toUpperCase()}${signal.slice(1)}`,
    summary: `Takes ${signal} over OTLP/HTTP`,
    description: `The answer, also to a request that fails, is in the encoding of the request. ${limits}`,
    tags: ['ingest'],
    requestBody: { required: true, content: contentOf(otlpMediaTypes, { description: 'An export request of OTLP' }) },
    responses: {
      200: { description: 'The log holds what was not rejected', content: contentOf(otlpMediaTypes, reference('OtlpExportResponse')) },
      ...refusals(otlpMediaTypes, 'OtlpStatus'),
    },
  };
}

/** Why a request is not accepted, and which of these are worth another try. */
function refusals(mediaTypes: readonly string[], schema: string): Record<number, object> {
  const content = contentOf(mediaTypes, reference(schema));
  return {
    400: { description: 'It cannot be parsed, or nests too deep', content },
    401: { description: 'The key or signature is missing or wrong', content },
    413: { description: 'An event or the request is too large, or a batch has too many events', content },
    415: { description: 'The encoding or media type is not supported' },
    503: { description: 'The log is away or behind: try again', content, headers: { 'Retry-After': { description: 'Seconds to wait', schema: { type: 'integer' } } } },
  };
}

function contentOf(mediaTypes: readonly string[], schema: object): object {
  return Object.fromEntries(mediaTypes.map((mediaType) => [mediaType, { schema }]));
}

function reference(name: string): object {
  return { $ref: `#/components/schemas/${name}` };
}

function problemSchema(): object {
  return jsonSchemaOf(
    z.object({
      type: z.string(),
      title: z.string(),
      status: z.int(),
      detail: z.string().describe('What failed, for a person'),
      code: z.string().describe('What failed, for a program: ORRERY_VALIDATION, ORRERY_FORBIDDEN, ORRERY_LIMIT, ORRERY_DEPENDENCY'),
    }),
    'input',
  );
}

function exportResponseSchema(): object {
  const count = z.string().optional();
  return jsonSchemaOf(
    z.object({
      partialSuccess: z
        .object({ rejectedSpans: count, rejectedDataPoints: count, rejectedLogRecords: count, errorMessage: z.string() })
        .optional()
        .describe('Absent when everything was accepted; what was rejected is not worth another try'),
    }),
    'input',
  );
}

function statusSchema(): object {
  return jsonSchemaOf(z.object({ code: z.int().describe('google.rpc.Code'), message: z.string() }), 'input');
}
