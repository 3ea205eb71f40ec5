import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { attributeNames, spanNames } from '@orrery/telemetry';
import type { FastifyRequest } from 'fastify';
import type { Format, IncomingPayload } from './domain/source-event.js';

const tracer = trace.getTracer('orrery-ingest');

/** The payload of a request as the domain sees it. */
export function payloadOf(request: FastifyRequest, format?: Format): IncomingPayload {
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]));
  const body = Buffer.isBuffer(request.body) ? request.body : new Uint8Array();
  return { body, contentType: headers['content-type'] ?? '', headers, ...(format === undefined ? {} : { format }) };
}

/** Runs the handling of a request as one span that continues the producer's trace (W3C trace context). */
export function withRequestSpan<Result>(request: FastifyRequest, work: () => Promise<Result>): Promise<Result> {
  const parent = propagation.extract(context.active(), request.headers);
  const attributes = { 'http.request.method': request.method, 'url.path': request.url.split('?')[0] ?? '', [attributeNames.tenantId]: request.tenantId };
  return tracer.startActiveSpan(spanNames.ingestRequest, { kind: SpanKind.SERVER, attributes }, parent, async (span) => {
    try {
      return await work();
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  });
}
