import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { executionTopic } from '@orrery/contracts';
import { createEventLog } from '@orrery/event-log';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '@orrery/persistence';
import { Api, executionEvent, runEvent } from './api.js';
import { eventually } from './eventually.js';
import { OtlpCollector, type CollectedSpan } from './otlp-collector.js';
import { cleanUp, root, RunningPlatform, temporaryFolder } from './running-platform.js';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const producerSpanId = 'b7ad6b7169203331';
const traceparent = `00-${traceId}-${producerSpanId}-01`;
/** What would be further lines, or colours, in a log that is not written as JSON. */
const forged = 'innocent\r\n{"level":60,"msg":"forged"}\n\u001b[2J\u001b[31mred\u2028next';

afterAll(cleanUp);

describe('with a collector', () => {
  const collector = new OtlpCollector();
  let database: EmbeddedPostgres;
  let platform: RunningPlatform;
  let api: Api;

  beforeAll(async () => {
    const endpoint = await collector.open();
    database = await startEmbeddedPostgres({ dataFolder: path.join(temporaryFolder(), 'database'), durable: false });
    platform = await RunningPlatform.start({
      environment: { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_BSP_SCHEDULE_DELAY: '100', OTEL_SERVICE_NAME: 'spec-platform', ORRERY_DATABASE_URL: database.url },
    });
    api = new Api(platform.url);
  });
  afterAll(async () => {
    await platform.stop();
    await database.stop();
    await collector.close();
  });

  const named = (spans: readonly CollectedSpan[], name: string): CollectedSpan | undefined => spans.find((span) => span.name === name);

  it('one request is one trace: the producer, HTTP, the log, the store', async () => {
    const answer = await api.send([runEvent('traced')], { traceparent });
    const spans = await eventually(() => {
      const trace = collector.trace(traceId);
      return named(trace, 'store batch') !== undefined && named(trace, `send ${executionTopic.name}`) !== undefined && trace;
    });

    expect(answer.status).toBe(202);
    const request = named(spans, 'ingest request');
    expect(request).toMatchObject({ parentSpanId: producerSpanId, service: 'spec-platform', attributes: { 'url.path': '/api/v1/events', 'orrery.tenant.id': 'default' } });
    expect(named(spans, `send ${executionTopic.name}`)).toMatchObject({ parentSpanId: request?.spanId });
    expect(named(spans, 'store batch')).toMatchObject({ parentSpanId: request?.spanId });
  });

  it('the batch that the consumer takes is a trace of its own, linked to all who sent its records', async () => {
    const store = named(collector.trace(traceId), 'store batch');
    const taken = await eventually(() => collector.spans.find(({ spanId, name }) => name === `process ${executionTopic.name}` && store?.links.some((link) => link.spanId === spanId)));

    expect(taken.traceId).not.toBe(traceId);
    expect(taken.parentSpanId).toBe('');
    expect(taken.links).toEqual([{ traceId, spanId: named(collector.trace(traceId), 'ingest request')?.spanId }]);
  });

  it('the run shows the trace id that its producer said', async () => {
    await api.send([executionEvent('says', { run: { id: 'says-its-trace', trace_id: traceId } })]);
    const run = await eventually(async () => (await api.get<{ items: { external_id: string; trace_id: string | null }[] }>('/api/v1/runs')).items.find(({ external_id: id }) => id === 'says-its-trace'));

    expect(run.trace_id).toBe(traceId);
  });

  it('there is a span for each batch, and none for each record', async () => {
    const other = 'aaaabbbbccccddddeeeeffff00001111';
    await api.send(Array.from({ length: 300 }, (_, index) => runEvent(`many-${index}`)), { traceparent: `00-${other}-${producerSpanId}-01` });
    await eventually(() => collector.trace(other).filter(({ name }) => name === 'store batch').reduce((sum, { attributes }) => sum + Number(attributes['orrery.record.count']), 0) === 300);

    expect(collector.trace(other).length).toBeLessThan(40);
  });

  describe('the log of the process', () => {
    const entries = (): Record<string, unknown>[] => platform.output.split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Record<string, unknown>);

    it('has one line of JSON for an entry, with the trace that it belongs to, whatever the sender wrote', async () => {
      const other = '11112222333344445555666677778888';
      await database.stop();
      const event = executionEvent(`x${forged}`, { run: { id: `x${forged}`, workflow: forged }, tasks: [{ id: forged, name: forged }] });
      const answer = await api.send([event], { traceparent: `00-${other}-${producerSpanId}-01` });
      const strange = await api.call('GET', `/api/v1/runs/${encodeURIComponent(forged)}?q=${encodeURIComponent(forged)}`);
      const entry = await eventually(() => entries().find(({ msg, trace_id: id }) => msg === 'request failed' && id === other));

      expect([answer.status, strange.status]).toEqual([503, 400]);
      expect(entry).toMatchObject({ level: 40, method: 'POST', path: '/api/v1/events', code: 'ORRERY_DEPENDENCY' });
      const lines = platform.output.split('\n').filter((line) => line !== '');
      const banner = lines.findIndex((line) => line.includes('stop with Ctrl-C'));
      for (const line of lines.slice(banner + 1)) expect(JSON.parse(line)).toMatchObject({ name: 'orrery', level: expect.any(Number) });
      expect(platform.output).not.toContain('\u001b');
      expect(entries().some(({ msg }) => msg === 'forged')).toBe(false);
    });
  });
});

describe('without a collector', () => {
  let platform: RunningPlatform;
  let api: Api;

  beforeAll(async () => {
    platform = await RunningPlatform.start({ nodeFlags: ['--import', path.join(root, 'services', 'standalone', 'test', 'report-connections.mjs')] });
    api = new Api(platform.url);
  });
  afterAll(() => platform.stop());

  it('connects to its database and to nothing else', async () => {
    await api.send([runEvent('quiet')], { traceparent });
    await eventually(async () => (await api.runIds()).length === 1);

    const { host } = new URL(platform.databaseUrl);
    const connections = new Set(platform.messages.map(({ connection }) => connection));
    expect([...connections]).toEqual([host]);
  });

  it('tells operators what was accepted, refused and why, is left to do, was buried, and how long writing takes', async () => {
    await api.call('POST', '/api/v1/events', { body: '{"broken', headers: { 'content-type': 'application/json' } });
    await api.call('POST', '/api/v1/events', { body: 'x'.repeat(11 * 1024 * 1024), headers: { 'content-type': 'application/json' } });
    await api.call('POST', '/v1/traces', { body: '<spans/>', headers: { 'content-type': 'application/xml' } });
    const log = createEventLog({ databaseUrl: platform.databaseUrl });
    await log.append([{ topic: executionTopic.name, key: 'k', value: Buffer.from('not a record') }]);
    await log.close();
    const metrics = await eventually(async () => {
      const text = await (await api.call('GET', '/metrics')).text();
      return text.includes('orrery_dead_letters_total{') && text;
    });

    const value = (series: string): number => Number(metrics.split('\n').find((line) => line.startsWith(`${series} `))?.split(' ')[1]);
    expect(value('orrery_records_accepted_total{format="orrery"}')).toBe(1);
    expect(value('orrery_records_rejected_total{reason="invalid"}')).toBe(1);
    expect(value('orrery_records_rejected_total{reason="too_large"}')).toBe(1);
    expect(value('orrery_records_rejected_total{reason="unsupported_media_type"}')).toBe(1);
    expect(value('orrery_records_stored_total')).toBe(1);
    expect(value('orrery_dead_letters_total{topic="orrery.execution.v1",reason="undecodable"}')).toBe(1);
    expect(value('orrery_store_write_duration_seconds_count')).toBeGreaterThan(0);
    expect(value('orrery_ingest_ack_duration_seconds_count')).toBe(1);
    expect(value('orrery_consumer_lag_records{group="event-store",topic="orrery.execution.v1",partition="0"}')).toBe(0);
  });
});
