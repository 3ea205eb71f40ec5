import { gzipSync, brotliCompressSync, deflateSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { acceptanceIn, IngestScene, problemIn, rawOf } from './ingest-scene.js';

const json = { 'content-type': 'application/json' };
const mebibyte = 1024 * 1024;

/** An event of Orrery's own format around a name, as JSON text that need not be what JSON.stringify would write. */
const eventWith = (name: string): string => `{"specversion":"1.0","id":"a","source":"urn:app","type":"dev.orrery.execution.v1","data":{"run":{"id":"r","workflow":${name}}}}`;
const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;
const sized = (sizeBytes: number, id = 'a'): string => {
  const head = `{"specversion":"1.0","id":"${id}","source":"urn:app","type":"x.y","data":{"text":"`;
  return `${head}${'x'.repeat(sizeBytes - head.length - 3)}"}}`;
};

describe('ingest, when input is hostile', () => {
  let scene: IngestScene;
  beforeAll(async () => {
    scene = await IngestScene.open();
  });
  afterAll(() => scene.close());
  beforeEach(() => scene.takeLogged());

  describe('when text holds what no store can keep', () => {
    it.each([
      ['NUL as an escape', '"a\\u0000b"'],
      ['half of a surrogate pair', '"a\\ud83db"'],
      ['the other half first', '"\\udc00a\\ud800"'],
    ])('takes %s and keeps neither', async (_what, name) => {
      const answer = await scene.post('/api/v1/events', eventWith(name), json);
      const [record] = await scene.takeRecords();

      expect(answer.status).toBe(202);
      expect(record?.run?.workflow).toMatch(/a/);
      expect(record?.run?.workflow).not.toMatch(/\0|\p{Surrogate}/u);
      expect(rawOf(record)).not.toMatch(/\\u0000|\\ud83d|\\udc00/i);
    });

    it('keeps whole characters beyond the basic plane', async () => {
      await scene.post('/api/v1/events', eventWith('"\\ud83d\\ude00 😀"'), json);

      expect(await scene.takeRecords()).toMatchObject([{ run: { workflow: '😀 😀' } }]);
    });
  });

  describe('when JSON is allowed but treacherous', () => {
    it('takes numbers beyond all bounds as not told', async () => {
      const answer = await scene.post('/api/v1/events', '{"specversion":"1.0","id":"a","source":"urn:app","type":"dev.orrery.execution.v1","data":{"run":{"id":"r","started_at":1e400,"attempt":1e400},"samples":[{"name":"s","value":1e400}]}}', json);
      const [record] = await scene.takeRecords();

      expect(answer.status).toBe(202);
      expect([record?.run?.startedAtMs, record?.samples]).toEqual([undefined, []]);
    });

    it('takes the last of duplicate keys, and the tenant from none', async () => {
      await scene.post('/api/v1/events', '{"specversion":"1.0","id":"a","id":"b","source":"urn:app","type":"dev.orrery.execution.v1","tenant_id":"evil","data":{"run":{"id":"q","id":"r"}}}', json);

      expect(await scene.takeRecords()).toMatchObject([{ tenantId: 'default', origin: { externalId: 'b' }, run: { externalId: 'r' } }]);
    });

    it('lets __proto__ and constructor keys change nothing', async () => {
      const body = '{"specversion":"1.0","id":"a","source":"urn:app","type":"dev.orrery.execution.v1","__proto__":{"polluted":1},"data":{"__proto__":{"polluted":1},"run":{"id":"r","labels":{"__proto__":"x","constructor":"y"},"__proto__":{"polluted":1}},"constructor":{"prototype":{"polluted":1}}}}';
      const answer = await scene.post('/api/v1/events', body, json);
      await scene.post('/v1/traces', body, json);

      expect(answer.status).toBe(202);
      expect(({} as { polluted?: number }).polluted).toBeUndefined();
      expect(Object.getOwnPropertyNames(Object.prototype)).not.toContain('polluted');
    });

    it('takes 100 levels of nesting and refuses 101, or 100,000', async () => {
      const answers = [];
      for (const depth of [100, 101, 100_000]) answers.push(await scene.post('/api/v1/webhooks/prefect', `{"deep":${nested(depth - 1)}}`, json));

      expect(answers.map(({ status }) => status)).toEqual([202, 400, 400]);
      expect(problemIn(answers[1]!).detail).toContain('101 levels');
      expect(await scene.takeRecords()).toHaveLength(1);
    });

    it('takes 100,000 keys and a text of a megabyte', async () => {
      const keys = `{${Array.from({ length: 80_000 }, (_, index) => `"k${index}":1`).join(',')}}`;
      const answers = [await scene.post('/api/v1/events', keys, json), await scene.post('/api/v1/events', JSON.stringify({ text: 'y'.repeat(1_000_000) }), json)];

      expect(answers.map(({ status }) => status)).toEqual([202, 202]);
    });
  });

  describe('when it is nothing at all', () => {
    it.each([
      ['bad JSON', '{"a":'],
      ['a bare word under the name of JSON', 'nonsense'],
      ['an empty body', ''],
      ['only white space', ' \n '],
      ['brackets that do not match', '[{"a":1}'],
      ['bad UTF-8', Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d])],
      ['UTF-16', Buffer.from('\ufeff{"a":1}', 'utf16le')],
    ])('refuses %s with a problem that does not repeat it', async (_what, body) => {
      for (const path of ['/api/v1/events', '/api/v1/lineage', '/api/v1/webhooks/github', '/api/v1/webhooks/argo', '/api/v1/webhooks/prefect', '/api/v1/webhooks/kestra', '/api/v1/webhooks/temporal']) {
        const answer = await scene.post(path, body, json);

        expect([path, answer.status, answer.headers.get('content-type')]).toEqual([path, 400, expect.stringContaining('application/problem+json')]);
        expect(problemIn(answer)).toMatchObject({ code: 'ORRERY_VALIDATION', detail: expect.not.stringContaining('nonsense') });
      }
      expect(await scene.takeRecords()).toEqual([]);
    });

    it('keeps text that only looks like JSON once its secrets are cut out', async () => {
      const body = `gh${'p'}_${'abcdefghijklmnopqrstuvwxyz0123456789'} was pushed`;
      const answer = await scene.post('/api/v1/events', body, { 'content-type': 'text/plain' });

      expect(answer.status).toBe(202);
      expect(rawOf((await scene.takeRecords())[0])).toMatch(/^\[redacted:.* was pushed$/);
    });

    it('refuses a body in an encoding that it cannot undo', async () => {
      const answers = [await scene.post('/api/v1/events', '{}', { ...json, 'content-encoding': 'zstd' }), await scene.post('/api/v1/events', '{}', { ...json, 'content-encoding': 'gzip' })];

      expect(answers.map(({ status }) => status)).toEqual([415, 400]);
    });
  });

  describe('when it is too large', () => {
    it('takes an event of 1 MiB and refuses one byte more, alone or in a batch', async () => {
      const answers = [
        await scene.post('/api/v1/events', sized(mebibyte), json),
        await scene.post('/api/v1/events', sized(mebibyte + 1), json),
        await scene.post('/api/v1/events', `[${sized(100)},${sized(mebibyte + 1)}]`, json),
      ];

      expect(answers.map(({ status }) => status)).toEqual([202, 413, 413]);
      expect(problemIn(answers[1]!)).toMatchObject({ code: 'ORRERY_LIMIT', detail: expect.stringContaining(String(mebibyte)) });
      const raws = (await scene.takeRecords()).flatMap(({ raw }) => raw ?? []).sort((one, other) => one.contentType.localeCompare(other.contentType));
      // Compared as a boolean: nobody wants to read the difference of two megabytes.
      expect(Buffer.concat(raws.map(({ body }) => body)).equals(Buffer.from(sized(mebibyte)))).toBe(true);
    });

    it('takes a batch of 10 MiB and refuses one byte more', async () => {
      const events = Array.from({ length: 10 }, (_, index) => sized(mebibyte - 2, String(index)));
      const batch = `[${events.join(',')}]`;
      const full = batch + ' '.repeat(10 * mebibyte - batch.length);
      const answers = [await scene.post('/api/v1/events', full, json), await scene.post('/api/v1/events', `${full} `, json)];

      expect(answers.map(({ status }) => status)).toEqual([202, 413]);
      expect(acceptanceIn(answers[0]!).accepted).toBe(10);
    });

    it('takes a batch of 10,000 events and refuses one more, however small they are', async () => {
      const answers = [await scene.post('/api/v1/events', `[${'1,'.repeat(9_999)}1]`, json), await scene.post('/api/v1/events', `[${'1,'.repeat(10_000)}1]`, json)];

      expect(answers.map(({ status }) => status)).toEqual([202, 413]);
      expect(acceptanceIn(answers[0]!).accepted).toBe(10_000);
      expect(problemIn(answers[1]!).detail).toContain('smaller parts');
    });

    it.each([
      ['gzip', gzipSync],
      ['deflate', deflateSync],
      ['br', brotliCompressSync],
    ])('stops a bomb in %s at the limit', async (encoding, compress) => {
      const bomb = compress(Buffer.alloc(200 * mebibyte));
      const before = process.memoryUsage.rss();
      const answers = await Promise.all(Array.from({ length: 4 }, () => scene.post('/api/v1/events', bomb, { ...json, 'content-encoding': encoding })));

      expect(answers.map(({ status }) => status)).toEqual([413, 413, 413, 413]);
      expect(process.memoryUsage.rss() - before).toBeLessThan(200 * mebibyte);
      expect(await scene.takeRecords()).toEqual([]);
    });

    it.each([499_000, 499_700, 499_860, 700_000])('keeps an event whose source has %i characters in a few records that any log takes', async (length) => {
      const source = `urn:${'s'.repeat(length)}`;
      const body = JSON.stringify({ specversion: '1.0', id: 'a', source, type: 'dev.orrery.execution.v1', data: { run: { id: 'r', url: 'u'.repeat(300_000) } } });
      const answer = await scene.post('/api/v1/events', body, json);
      const logged = await scene.takeLogged();

      expect(answer.status).toBe(202);
      expect(logged.length).toBeLessThan(10);
      expect(Math.max(...logged.map(({ bytes }) => bytes.byteLength))).toBeLessThanOrEqual(1_000_000);
      expect(logged.reduce((sum, { record }) => sum + (record.raw?.body.byteLength ?? 0), 0)).toBe(body.length);
    });
  });

  it('still works after all that', async () => {
    expect((await scene.post('/api/v1/events', eventWith('"fine"'), json)).status).toBe(202);
    expect(await scene.takeRecords()).toMatchObject([{ run: { workflow: 'fine' } }]);
  });
});
