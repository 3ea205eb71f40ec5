import { gzipSync } from 'node:zlib';
import { create, fromBinary, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ErrorStatusSchema, ExportResponseSchema, LogsDataSchema, MetricsDataSchema, TracesDataSchema } from '@orrery/contracts/otlp';
import { IngestScene, type Answer } from './ingest-scene.js';

const protobuf = { 'content-type': 'application/x-protobuf' };
const json = { 'content-type': 'application/json' };
const traceId = '5b8efff798038103d269b633813fc60c';
const startTimeUnixNano = 1_795_000_000_000_000_000n;

type Spans = NonNullable<NonNullable<NonNullable<MessageInitShape<typeof TracesDataSchema>['resourceSpans']>[number]['scopeSpans']>[number]['spans']>;

const goodSpan = { traceId: Buffer.from(traceId, 'hex'), spanId: Buffer.from('eee19b7ec3c1b174', 'hex'), name: 'build', startTimeUnixNano, endTimeUnixNano: startTimeUnixNano + 5_000_000n };
const tracesIn = (spans: Spans): Uint8Array => toBinary(TracesDataSchema, create(TracesDataSchema, { resourceSpans: [{ scopeSpans: [{ spans }] }] }));
const tracesInJson = (spans: readonly object[]): string => JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
const goodJsonSpan = { traceId: traceId.toUpperCase(), spanId: 'EEE19B7EC3C1B174', name: 'build', startTimeUnixNano: '1795000000000000000', endTimeUnixNano: 1_795_000_000_005_000_000, futureField: { x: 1 } };
const logs = create(LogsDataSchema, {
  resourceLogs: [{ scopeLogs: [{ logRecords: [{ timeUnixNano: startTimeUnixNano, traceId: goodSpan.traceId, spanId: goodSpan.spanId, severityNumber: 17, body: { value: { case: 'stringValue', value: 'disk full' } } }] }] }],
});
const metrics = create(MetricsDataSchema, {
  resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'm', unit: 's', data: { case: 'gauge', value: { dataPoints: [{ timeUnixNano: startTimeUnixNano, value: { case: 'asDouble', value: 1.5 } }] } } }] }] }],
});

const statusIn = ({ bytes }: Answer) => fromBinary(ErrorStatusSchema, bytes);
const responseIn = ({ bytes }: Answer) => fromBinary(ExportResponseSchema, bytes);

describe('OTLP', () => {
  let scene: IngestScene;
  beforeAll(async () => {
    scene = await IngestScene.open();
  });
  afterAll(() => scene.close());
  beforeEach(() => scene.takeLogged());

  describe('when everything is accepted', () => {
    it('answers traces in protobuf with an empty message of the same type', async () => {
      const answer = await scene.post('/v1/traces', tracesIn([goodSpan]), protobuf);

      expect(answer).toMatchObject({ status: 200, bytes: Buffer.alloc(0) });
      expect(answer.headers.get('content-type')).toBe('application/x-protobuf');
      expect(await scene.takeRecords()).toMatchObject([{ origin: { format: 'otlp_traces' }, run: { traceId }, events: [{ name: 'build' }] }]);
    });

    it('answers traces in JSON with an empty object, and reads ids in any case and what it does not know', async () => {
      const answer = await scene.post('/v1/traces', tracesInJson([goodJsonSpan]), json);

      expect([answer.status, answer.headers.get('content-type'), answer.bytes.toString()]).toEqual([200, 'application/json', '{}']);
      expect(await scene.takeRecords()).toMatchObject([{ run: { traceId }, events: [{ name: 'build', startedAtMs: 1_795_000_000_000, finishedAtMs: 1_795_000_000_005 }] }]);
    });

    it('takes logs and metrics, also compressed', async () => {
      const answers = [
        await scene.post('/v1/logs', gzipSync(toBinary(LogsDataSchema, logs)), { ...protobuf, 'content-encoding': 'gzip' }),
        await scene.post('/v1/metrics', toBinary(MetricsDataSchema, metrics), protobuf),
      ];

      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      const records = await scene.takeRecords();
      expect(records.map(({ origin }) => origin?.format).sort()).toEqual(['otlp_logs', 'otlp_metrics']);
      expect(records.find(({ origin }) => origin?.format === 'otlp_logs')).toMatchObject({ events: [{ kind: 'log', output: 'disk full', severityNumber: 17 }] });
    });

    it.each([
      ['application/json; charset=utf-8', 'application/json'],
      ['Application/JSON;charset=UTF-8', 'application/json'],
      ['application/x-protobuf; q=1', 'application/x-protobuf'],
      ['application/protobuf', 'application/protobuf'],
    ])('reads the content type %s leniently', async (contentType, answered) => {
      const body = answered === 'application/json' ? tracesInJson([goodJsonSpan]) : tracesIn([goodSpan]);
      const answer = await scene.post('/v1/traces', body, { 'content-type': contentType });

      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, answered]);
    });

    it.each(['traces', 'metrics', 'logs'])('takes an empty request of %s', async (signal) => {
      expect(await scene.post(`/v1/${signal}`, '', protobuf)).toMatchObject({ status: 200, bytes: Buffer.alloc(0) });
      expect(await scene.post(`/v1/${signal}`, '{}', json)).toMatchObject({ status: 200, bytes: Buffer.from('{}') });
      expect(await scene.takeRecords()).toEqual([]);
    });
  });

  describe('when some spans have no valid ids', () => {
    const badSpan = { ...goodSpan, spanId: new Uint8Array(8), name: 'bad' };

    it('says in protobuf how many were rejected, and keeps the others', async () => {
      const answer = await scene.post('/v1/traces', tracesIn([badSpan, goodSpan, { ...goodSpan, traceId: new Uint8Array(3) }]), protobuf);

      expect(answer.status).toBe(200);
      expect(responseIn(answer).partialSuccess).toMatchObject({ rejectedCount: 2n, errorMessage: expect.stringContaining('ids') });
      const records = await scene.takeRecords();
      expect(records.flatMap(({ events }) => events.map(({ name }) => name))).toEqual(['build']);
      expect(records.flatMap(({ flags }) => flags)).toContain('invalid_ids');
    });

    it('says so in JSON, under the name of its signal', async () => {
      const answer = await scene.post('/v1/traces', tracesInJson([goodJsonSpan, { ...goodJsonSpan, spanId: 'nope' }]), json);

      expect(JSON.parse(answer.bytes.toString())).toEqual({ partialSuccess: { rejectedSpans: '1', errorMessage: expect.stringContaining('ids') } });
    });
  });

  describe('when the data is bad', () => {
    it.each([
      ['bytes that are no protobuf', Buffer.from('ffffffff0f', 'hex')],
      ['logs sent as traces', toBinary(LogsDataSchema, logs)],
      ['JSON under the name of protobuf', Buffer.from(tracesInJson([goodJsonSpan]))],
    ])('answers %s with 400 and google.rpc.Status in protobuf', async (_what, body) => {
      const answer = await scene.post('/v1/traces', body, protobuf);

      expect([answer.status, answer.headers.get('content-type'), answer.headers.get('retry-after')]).toEqual([400, 'application/x-protobuf', null]);
      expect(statusIn(answer)).toMatchObject({ code: 3, message: expect.stringMatching(/\w/) });
      expect(await scene.takeRecords()).toEqual([]);
    });

    it.each([
      ['no JSON', '{"resourceSpans":'],
      ['another shape', '{"resourceSpans":{}}'],
      ['attributes as an object', tracesInJson([{ ...goodJsonSpan, attributes: { a: 'b' } }])],
      ['bad UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d])],
    ])('answers %s with 400 and google.rpc.Status in JSON', async (_what, body) => {
      const answer = await scene.post('/v1/traces', body, json);

      expect([answer.status, answer.headers.get('content-type')]).toEqual([400, 'application/json']);
      expect(JSON.parse(answer.bytes.toString())).toEqual({ code: 3, message: expect.stringMatching(/\w/) });
      expect(await scene.takeRecords()).toEqual([]);
    });

    it('answers a broken compression with 400 in the encoding of the request', async () => {
      const answer = await scene.post('/v1/traces', 'no gzip', { ...protobuf, 'content-encoding': 'gzip' });

      expect([answer.status, statusIn(answer).code]).toEqual([400, 3]);
    });

    it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/xml', undefined])('answers the content type %s with 415', async (contentType) => {
      const answer = await scene.post('/v1/traces', tracesIn([goodSpan]), contentType === undefined ? {} : { 'content-type': contentType });

      expect(answer.status).toBe(415);
      expect(await scene.takeRecords()).toEqual([]);
    });
  });

  describe('when a body is too large', () => {
    it('answers 413 in the encoding of the request, also where it only grows so when decompressed', async () => {
      const large = Buffer.alloc(10 * 1024 * 1024 + 1);
      const answers = [await scene.post('/v1/traces', large, protobuf), await scene.post('/v1/traces', gzipSync(large), { ...protobuf, 'content-encoding': 'gzip' })];

      expect(answers.map((answer) => [answer.status, answer.headers.get('content-type'), statusIn(answer).code])).toEqual([
        [413, 'application/x-protobuf', 8],
        [413, 'application/x-protobuf', 8],
      ]);
      const inJson = await scene.post('/v1/logs', gzipSync(large), { ...json, 'content-encoding': 'gzip' });
      expect([inJson.status, JSON.parse(inJson.bytes.toString())]).toEqual([413, { code: 8, message: expect.stringContaining('larger') }]);
    });
  });

  describe('when the log is away', () => {
    it('answers 503 with Retry-After and google.rpc.Status, so that exporters try again, and takes the same request later', async () => {
      await scene.cable.cut();
      const refused = await scene.post('/v1/traces', tracesIn([goodSpan]), protobuf);
      const inJson = await scene.post('/v1/traces', tracesInJson([goodJsonSpan]), json);
      await scene.cable.mend();
      const accepted = await scene.post('/v1/traces', tracesIn([goodSpan]), protobuf);

      expect([refused.status, statusIn(refused).code, inJson.status, accepted.status]).toEqual([503, 14, 503, 200]);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(JSON.parse(inJson.bytes.toString())).toMatchObject({ code: 14 });
      expect(await scene.takeRecords()).toHaveLength(1);
    });
  });
});

describe('OTLP, when keys are configured', () => {
  it('refuses an exporter without one, in the encoding of its request', async () => {
    const scene = await IngestScene.open({ apiKeys: ['team-a:a-key-of-24-characters-x'] });
    const refused = await scene.post('/v1/traces', tracesIn([goodSpan]), protobuf);
    const accepted = await scene.post('/v1/traces', tracesIn([goodSpan]), { ...protobuf, authorization: 'Bearer a-key-of-24-characters-x' });

    expect([refused.status, statusIn(refused).code, accepted.status]).toEqual([401, 16, 200]);
    expect(await scene.takeRecords()).toMatchObject([{ tenantId: 'team-a' }]);
    await scene.close();
  });
});
