import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { fromBinary } from '@bufbuild/protobuf';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TracesDataSchema, type Span } from '@orrery/contracts/otlp';
import { startPlatformProcess, until, type PlatformProcess } from './platform-process.js';

/** The edge of the world: a collector that keeps the spans it is sent. */
class TestCollector {
  readonly spans: Span[] = [];
  requests = 0;
  private readonly server: Server = createServer((request, response) => {
    this.requests += 1;
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.once('end', () => {
      const body = Buffer.concat(chunks);
      const bytes = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
      if (request.url === '/v1/traces') {
        const { resourceSpans } = fromBinary(TracesDataSchema, bytes);
        this.spans.push(...resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)));
      }
      response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
    });
  });

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

const traceId = '0af7651916cd43dd8448eb211c80319c';
const producerSpanId = 'b7ad6b7169203331';
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

const event = (id: string) =>
  JSON.stringify({
    specversion: '1.0',
    id,
    source: 'urn:orrery:spec',
    type: 'dev.orrery.execution.v1',
    data: { run: { id, workflow: 'traced\r\n{"level":"forged"}', status: 'running', started_at: '2026-11-20T10:00:00Z' } },
  });

describe('the platform, when a collector is configured', () => {
  const collector = new TestCollector();
  let platform: PlatformProcess;

  beforeAll(async () => {
    const endpoint = await collector.listen();
    platform = await startPlatformProcess({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_BSP_SCHEDULE_DELAY: '200', ORRERY_LOG_LEVEL: 'debug' });
    const response = await fetch(`${platform.url}/api/v1/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/cloudevents+json', traceparent: `00-${traceId}-${producerSpanId}-01` },
      body: event('traced-1'),
    });
    expect(response.status).toBe(202);
    await until(
      async () => collector.spans.filter((span) => hex(span.traceId) === traceId).map(({ name }) => name),
      (names) => names.includes('store batch'),
    );
  });

  afterAll(async () => {
    await platform.end();
    platform.removeData();
    collector.close();
  });

  it('shows one trace from the producer through HTTP and the log into the store', () => {
    const spans = collector.spans.filter((span) => hex(span.traceId) === traceId);
    const named = (name: string) => spans.find((span) => span.name === name);
    const request = named('ingest request');
    const stored = named('store batch');

    expect(request && hex(request.parentSpanId)).toBe(producerSpanId);
    expect(stored).toBeDefined();
    // The store continues the context that the record's headers carried: a span of the request's own chain.
    expect(spans.map((span) => hex(span.spanId))).toContain(stored && hex(stored.parentSpanId));
  });

  it('makes spans for batches, not for records', async () => {
    const before = collector.spans.length;
    const batch = `[${Array.from({ length: 200 }, (_, index) => event(`many-${index}`)).join(',')}]`;
    await fetch(`${platform.url}/api/v1/events`, { method: 'POST', headers: { 'content-type': 'application/cloudevents-batch+json' }, body: batch });
    await until(async () => (await (await fetch(`${platform.url}/api/v1/runs?limit=500`)).json()) as { items: unknown[] }, ({ items }) => items.length === 201);
    await new Promise((resolve) => setTimeout(resolve, 1000));

    expect(collector.spans.length - before).toBeLessThan(100);
  });

  it('writes one JSON line a log entry, whatever the payload holds', () => {
    const lines = platform.output().split('\n').filter((line) => line.startsWith('{'));

    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(JSON.parse(line)).toMatchObject({ name: expect.any(String) });
    expect(lines.some((line) => line.startsWith('{"level":"forged"'))).toBe(false);
  });

  it('tells operators what was accepted, refused, stored and left to do', async () => {
    await fetch(`${platform.url}/api/v1/events`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"broken' });
    const metrics = await (await fetch(`${platform.url}/metrics`)).text();

    for (const name of [
      'orrery_records_accepted_total{format="orrery"}',
      'orrery_records_rejected_total{reason=',
      'orrery_records_stored_total',
      'orrery_consumer_lag_records{group="event-store"',
      'orrery_store_write_duration_seconds_bucket',
      'orrery_ingest_ack_duration_seconds_bucket',
    ]) {
      expect(metrics).toContain(name);
    }
  });
});
