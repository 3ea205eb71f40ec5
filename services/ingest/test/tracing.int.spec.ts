import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor, type ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { IngestScene } from './ingest-scene.js';

const exporter = new InMemorySpanExporter();
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
propagation.setGlobalPropagator(new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] }));
trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));

const event = (id: string) => ({ specversion: '1.0', id, source: 'urn:app', type: 'dev.orrery.execution.v1', data: { run: { id: `run-${id}` } } });
const traceIdOf = (index: number): string => `0af7651916cd43dd8448eb21${index.toString(16).padStart(8, '0')}`;

describe('the trace of a producer', () => {
  let scene: IngestScene;
  beforeAll(async () => {
    scene = await IngestScene.open();
  });
  afterAll(() => scene.close());
  beforeEach(async () => {
    await scene.takeLogged();
    exporter.reset();
  });

  const requestSpans = (): ReadableSpan[] => exporter.getFinishedSpans().filter(({ name }) => name === 'ingest request');

  it('goes on through the request into the log', async () => {
    await scene.postJson('/api/v1/events', event('a'), { traceparent: `00-${traceIdOf(1)}-b7ad6b7169203331-01`, tracestate: 'vendor=1', baggage: 'user=someone' });
    const [logged] = await scene.takeLogged();
    const [span] = requestSpans();

    expect(span?.parentSpanContext?.spanId).toBe('b7ad6b7169203331');
    expect(span?.attributes).toMatchObject({ 'http.request.method': 'POST', 'url.path': '/api/v1/events', 'orrery.tenant.id': 'default' });
    expect(logged?.headers).toEqual({ traceparent: `00-${traceIdOf(1)}-${span?.spanContext().spanId}-01`, tracestate: 'vendor=1' });
    const send = exporter.getFinishedSpans().find(({ name }) => name.startsWith('send '));
    expect(send?.parentSpanContext?.spanId).toBe(span?.spanContext().spanId);
  });

  it('starts at the request when the producer has none', async () => {
    await scene.postJson('/v1/logs', { resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: 'x' } }] }] }] });
    const [logged] = await scene.takeLogged();
    const spanContext = requestSpans()[0]?.spanContext();

    expect(logged?.headers).toEqual({ traceparent: `00-${spanContext?.traceId}-${spanContext?.spanId}-01` });
  });

  it('stays its own when many requests share a commit', async () => {
    const indices = Array.from({ length: 40 }, (_, index) => index);
    await Promise.all(indices.map((index) => scene.postJson('/api/v1/events', event(`many-${index}`), { traceparent: `00-${traceIdOf(index + 100)}-b7ad6b7169203331-01` })));
    const traceIds = new Map((await scene.takeLogged()).map(({ record, headers }) => [record.origin?.externalId, headers['traceparent']?.split('-')[1]]));

    expect(traceIds).toEqual(new Map(indices.map((index) => [`many-${index}`, traceIdOf(index + 100)])));
    expect(exporter.getFinishedSpans().filter(({ name }) => name.startsWith('send ')).length).toBeLessThan(40);
  });

  it('ends in an error when the request is refused', async () => {
    await scene.post('/api/v1/events', '{', { 'content-type': 'application/json', traceparent: `00-${traceIdOf(3)}-b7ad6b7169203331-01` });

    expect(requestSpans()).toMatchObject([{ status: { code: 2 } }]);
    expect(requestSpans()[0]?.spanContext().traceId).toBe(traceIdOf(3));
  });

  it('is not confused by a header that is none', async () => {
    const answer = await scene.postJson('/api/v1/events', event('b'), { traceparent: '00-zzz-1' });

    expect(answer.status).toBe(202);
    expect((await scene.takeLogged())[0]?.headers['traceparent']).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  });
});
