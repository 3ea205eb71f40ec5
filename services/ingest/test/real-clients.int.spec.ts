import { diag, SpanStatusCode } from '@opentelemetry/api';
import { ExportResultCode, type ExportResult } from '@opentelemetry/core';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor, type ReadableSpan, type SpanExporter } from '@opentelemetry/sdk-trace-base';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CloudEvent, emitterFor, HTTP, httpTransport, Mode } from 'cloudevents';
import { Outcome } from '@orrery/contracts';
import { IngestScene } from './ingest-scene.js';

const apiKey = 'key-of-team-a-0123456789';

/** A small trace, as the SDK hands it to exporters. */
function finishedSpans(): readonly ReadableSpan[] {
  const memory = new InMemorySpanExporter();
  const tracer = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(memory)] }).getTracer('spec');
  const root = tracer.startSpan('nightly build', { attributes: { 'build.number': 7, tags: ['a', 'b'] } });
  root.addEvent('log', { message: 'linking' });
  root.setStatus({ code: SpanStatusCode.ERROR, message: 'link failed' });
  root.end();
  return memory.getFinishedSpans();
}

const send = (exporter: SpanExporter, spans: readonly ReadableSpan[]): Promise<ExportResult> => new Promise((resolve) => exporter.export([...spans], resolve));

describe('clients that others wrote', () => {
  let scene: IngestScene;
  const warnings: string[] = [];
  beforeAll(async () => {
    scene = await IngestScene.open({ apiKeys: [`team-a:${apiKey}`] });
    diag.setLogger({ ...{ verbose: () => undefined, debug: () => undefined, info: () => undefined }, warn: (message) => void warnings.push(message), error: (message) => void warnings.push(message) });
  });
  afterAll(() => scene.close());
  beforeEach(() => scene.takeLogged());
  afterEach(() => void warnings.splice(0));

  describe.each([
    ['protobuf', ProtobufExporter],
    ['JSON', JsonExporter],
  ])("OpenTelemetry's exporter in %s", (_encoding, Exporter) => {
    it.each(['none', 'gzip'] as const)('is content with the answer (compression %s)', async (compression) => {
      const exporter = new Exporter({ url: `${scene.http.url}/v1/traces`, headers: { authorization: `Bearer ${apiKey}` }, compression: compression as never });
      const spans = finishedSpans();
      const result = await send(exporter, spans);
      await exporter.shutdown();

      expect([result, warnings]).toEqual([{ code: ExportResultCode.SUCCESS }, []]);
      expect(await scene.takeRecords()).toMatchObject([
        { tenantId: 'team-a', run: { traceId: spans[0]?.spanContext().traceId, workflow: 'nightly build', outcome: Outcome.FAILURE, failure: { message: 'link failed' } } },
      ]);
    });

    it('gives up at once when its key is wrong', async () => {
      const exporter = new Exporter({ url: `${scene.http.url}/v1/traces`, headers: { authorization: 'Bearer nobody-knows-this-key' } });
      const result = await send(exporter, finishedSpans());
      await exporter.shutdown();

      expect(result).toMatchObject({ code: ExportResultCode.FAILED, error: { code: 401 } });
    });

    it('tries again when the log was away, and succeeds', async () => {
      const exporter = new Exporter({ url: `${scene.http.url}/v1/traces`, headers: { authorization: `Bearer ${apiKey}` } });
      const refusedBefore = await refusals();
      await scene.cable.cut();
      const sending = send(exporter, finishedSpans());
      while ((await refusals()) === refusedBefore) await new Promise((resolve) => setTimeout(resolve, 20));
      await scene.cable.mend();
      const result = await sending;
      await exporter.shutdown();

      expect(result).toEqual({ code: ExportResultCode.SUCCESS });
      expect(await scene.takeRecords()).toHaveLength(1);
    });
  });

  /** How many requests were refused because the log was away, as the service counts them. */
  async function refusals(): Promise<number> {
    const metrics = await (await fetch(`${scene.http.url}/metrics`, { headers: { authorization: `Bearer ${apiKey}` } })).text();
    return Number(/^orrery_records_rejected_total\{[^}]*reason="log_unavailable"[^}]*\} (\d+)/m.exec(metrics)?.[1] ?? 0);
  }

  describe('the CloudEvents SDK', () => {
    const event = new CloudEvent({ id: 'sdk-1', source: 'urn:app', type: 'dev.orrery.execution.v1', subject: 'nightly', data: { run: { id: 'r', status: 'running', workflow: 'build é 😀' } } });

    it.each([Mode.BINARY, Mode.STRUCTURED])('gets its event in, in mode %s', async (mode) => {
      const emit = emitterFor(httpTransport(`${scene.http.url}/api/v1/events`), { mode });
      await emit(event, { headers: { authorization: `Bearer ${apiKey}` } });

      expect(await scene.takeRecords()).toMatchObject([{ origin: { format: 'orrery', externalId: 'sdk-1', subject: 'nightly' }, run: { workflow: 'build é 😀' } }]);
    });

    it('gives the same record id in every mode', async () => {
      for (const message of [HTTP.binary(event), HTTP.structured(event)]) await scene.post('/api/v1/events', String(message.body), { ...(message.headers as Record<string, string>), authorization: `Bearer ${apiKey}` });
      const ids = (await scene.takeRecords()).map(({ recordId }) => recordId);

      expect(ids).toEqual([ids[0], ids[0]]);
    });
  });
});
