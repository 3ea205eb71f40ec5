import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ingestOpenApi } from '../src/index.js';
import { ingestRoutes } from '../src/refusals.js';
import { acceptanceIn, IngestScene, problemIn } from './ingest-scene.js';

const apiKey = 'key-of-team-a-0123456789';
const json = { 'content-type': 'application/json', authorization: `Bearer ${apiKey}` };
const operationsRoutes = /^(GET|HEAD) \/(health\/(live|ready|startup)|metrics)$/;

interface DocumentedOperation {
  readonly description: string;
  readonly requestBody: { readonly content: Readonly<Record<string, object>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { readonly schema: { readonly $ref?: string } }>> }>>;
}

const paths = ingestOpenApi.paths as Readonly<Record<string, { readonly post: DocumentedOperation }>>;

describe('ingest', () => {
  let scene: IngestScene;
  beforeAll(async () => {
    scene = await IngestScene.open({ apiKeys: [`team-a:${apiKey}`] });
  });
  afterAll(() => scene.close());

  describe('in the API document', () => {
    it('has every route that the service serves, and no other', () => {
      const served = scene.routes.filter((route) => !operationsRoutes.test(route)).sort();

      expect(served).toHaveLength(10);
      expect(Object.keys(paths).map((path) => `POST ${path}`).sort()).toEqual(served);
      expect([...ingestRoutes.keys()].map((path) => `POST ${path}`).sort()).toEqual(served);
    });

    it('tells the limits of an event, a batch and the nesting', () => {
      for (const { post } of Object.values(paths)) expect(post.description).toMatch(/1 MiB, a request 10 MiB after decompression.*100 levels/);
      expect(paths['/api/v1/events']?.post.description).toContain('at most 10000 events');
    });

    it('refers only to schemas that are in it', () => {
      const references = [...JSON.stringify(paths).matchAll(/#\/components\/schemas\/(\w+)/g)].map(([, name]) => name);

      expect(new Set(references)).toEqual(new Set(Object.keys(ingestOpenApi.components.schemas)));
    });

    it('tells the statuses and media types that answers really have', async () => {
      for (const [path, { post }] of Object.entries(paths)) {
        const answers = [
          await scene.post(path, '{}', json),
          await scene.post(path, '{', json),
          await scene.post(path, '{}', { 'content-type': 'application/json' }),
          await scene.post(path, gzipSync(Buffer.alloc(11_000_000)), { ...json, 'content-encoding': 'gzip' }),
        ];
        expect(answers.map(({ status }) => Math.floor(status / 100))).toEqual([2, 4, 4, 4]);
        for (const { status, headers } of answers) {
          const mediaType = headers.get('content-type')?.split(';')[0] ?? '';
          expect([path, status, Object.keys(post.responses[status]?.content ?? {})]).toEqual([path, status, expect.arrayContaining([mediaType])]);
        }
      }
    });

    it('describes the answer to accepted events as it is', async () => {
      const answer = acceptanceIn(await scene.postJson('/api/v1/events', { specversion: '1.0', id: '1', source: 's', type: 'x' }, json));
      const { properties, required } = ingestOpenApi.components.schemas['Acceptance'] as { properties: object; required: string[] };

      expect(Object.keys(answer).sort()).toEqual(Object.keys(properties).sort());
      expect(Object.keys(answer)).toEqual(expect.arrayContaining(required));
    });
  });

  describe('in the metrics', () => {
    const valueOf = (text: string, name: string, labels: string): number => Number(new RegExp(`^${name}\\{[^}]*${labels}[^}]*\\} (\\S+)`, 'm').exec(text)?.[1] ?? 0);
    const read = async (): Promise<string> => (await fetch(`${scene.http.url}/metrics`, { headers: json })).text();

    it('counts what is accepted by format, and what is not understood by why', async () => {
      const before = await read();
      await scene.postJson('/api/v1/events', [{ specversion: '1.0', id: '2', source: 's', type: 'x' }, { nobody: 'knows' }, { run: { runId: 'r' }, job: { namespace: 'n' }, eventType: 7 }], json);
      await scene.postJson('/api/v1/lineage', { hello: 'world' }, json);
      const after = await read();
      const growth = (name: string, labels: string): number => valueOf(after, name, labels) - valueOf(before, name, labels);

      expect(growth('orrery_records_accepted_total', 'format="cloudevents"')).toBe(1);
      expect(growth('orrery_records_accepted_total', 'format="unrecognised"')).toBeGreaterThanOrEqual(2);
      expect(growth('orrery_records_unrecognised_total', 'format="unrecognised",flag="unrecognised"')).toBe(1);
      expect(growth('orrery_records_unrecognised_total', 'format="unrecognised",flag="unmapped"')).toBeGreaterThanOrEqual(1);
    });

    it('counts what is refused by reason, also what no handler saw', async () => {
      const before = await read();
      const large = gzipSync(Buffer.alloc(11_000_000));
      await scene.post('/api/v1/events', '{', json);
      await scene.post('/v1/logs', '{', json);
      await scene.post('/api/v1/events', '{}', { 'content-type': 'application/json' });
      await scene.post('/v1/traces', large, { ...json, 'content-encoding': 'gzip' });
      await scene.post('/v1/traces', '{}', { ...json, 'content-type': 'text/plain' });
      const good = { traceId: '5b8efff798038103d269b633813fc60c', spanId: 'eee19b7ec3c1b174', name: 'a' };
      await scene.postJson('/v1/traces', { resourceSpans: [{ scopeSpans: [{ spans: [good, { name: 'b' }, { name: 'c' }] }] }] }, json);
      await scene.cable.cut();
      await scene.postJson('/api/v1/events', { specversion: '1.0', id: '3', source: 's', type: 'x' }, json);
      await scene.cable.mend();
      const after = await read();
      const reasons = ['invalid', 'unauthorised', 'too_large', 'unsupported_media_type', 'invalid_ids', 'log_unavailable', 'overloaded'];
      const growth = Object.fromEntries(reasons.map((reason) => [reason, valueOf(after, 'orrery_records_rejected_total', `reason="${reason}"`) - valueOf(before, 'orrery_records_rejected_total', `reason="${reason}"`)]));

      expect(growth).toEqual({ invalid: 2, unauthorised: 1, too_large: 1, unsupported_media_type: 1, invalid_ids: 2, log_unavailable: 1, overloaded: 0 });
    });

    it('tells how much waits for the log, and how long acknowledgements take', async () => {
      await scene.postJson('/api/v1/events', { specversion: '1.0', id: '4', source: 's', type: 'x' }, json);
      const idle = await read();
      scene.cable.freeze();
      const sent = scene.postJson('/api/v1/events', { specversion: '1.0', id: '5', source: 's', type: 'x', data: 'x'.repeat(10_000) }, json);
      const waitingBytes = (text: string): number => Number(/^orrery_ingest_in_flight_bytes(?:\{[^}]*\})? (\S+)/m.exec(text)?.[1]);
      let waiting = 0;
      while (waiting === 0) waiting = waitingBytes(await read());
      await scene.cable.mend();
      await sent;

      expect(waitingBytes(idle)).toBe(0);
      expect(waiting).toBeGreaterThan(10_000);
      expect(idle).toMatch(/^orrery_ingest_ack_duration_seconds_count(\{[^}]*\})? [1-9]/m);
    });
  });

  it('answers problem documents that name the code and the path', async () => {
    const answer = await scene.post('/api/v1/events?note=1', '{', json);

    expect(problemIn(answer)).toEqual({ type: 'about:blank', title: expect.any(String), status: 400, detail: 'the body is not valid JSON', code: 'ORRERY_VALIDATION', instance: '/api/v1/events' });
  });
});
