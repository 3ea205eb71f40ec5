import type { ProblemDocument } from '@orrery/errors';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { IngestMetrics } from './ingest.metrics.js';
import { otlpMediaTypeOf, otlpProblem } from './otlp-answer.js';
import { rejectionReasonOf } from './rejection.js';

/** Every route that producers send to, and whether its answers are OTLP's. */
export const ingestRoutes: ReadonlyMap<string, 'otlp' | 'plain'> = new Map([
  ['/api/v1/events', 'plain'],
  ['/api/v1/lineage', 'plain'],
  ['/v1/traces', 'otlp'],
  ['/v1/metrics', 'otlp'],
  ['/v1/logs', 'otlp'],
  ['/api/v1/webhooks/github', 'plain'],
  ['/api/v1/webhooks/argo', 'plain'],
  ['/api/v1/webhooks/prefect', 'plain'],
  ['/api/v1/webhooks/kestra', 'plain'],
  ['/api/v1/webhooks/temporal', 'plain'],
]);

/**
 * Counts what is refused on the routes of ingest, and tells exporters of OTLP in their own words. A request may be refused before
 * any handler sees it (key, size, encoding), so this is done where the answer leaves.
 */
export function watchRefusals(fastify: FastifyInstance, metrics: IngestMetrics): void {
  fastify.addHook('onSend', (request, reply, payload, done) => {
    const kind = ingestRoutes.get(request.routeOptions.url ?? '');
    const problem = kind === undefined ? undefined : problemOf(reply, payload);
    if (problem === undefined) {
      done(null, payload);
      return;
    }
    metrics.countRejected(rejectionReasonOf(problem));
    done(null, kind === 'otlp' ? asOtlp(request, reply, problem) ?? payload : payload);
  });
}

function problemOf(reply: FastifyReply, payload: unknown): ProblemDocument | undefined {
  const isProblem = String(reply.getHeader('content-type')).startsWith('application/problem+json');
  if (!isProblem || typeof payload !== 'string') return undefined;
  return JSON.parse(payload) as ProblemDocument;
}

/** Undefined when the request was in no encoding of OTLP: then nothing can be in the same. */
function asOtlp(request: FastifyRequest, reply: FastifyReply, problem: ProblemDocument): Buffer | undefined {
  const mediaType = otlpMediaTypeOf(request.headers['content-type']);
  if (mediaType === undefined) return undefined;
  void reply.type(mediaType);
  return otlpProblem(mediaType, problem);
}
