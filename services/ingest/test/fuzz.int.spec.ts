import { deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { ingestRoutes } from '../src/refusals.js';
import { IngestScene } from './ingest-scene.js';

const requestCount = 2_000;
const clientCount = 10;
const seed = Number(process.env['ORRERY_FUZZ_SEED'] ?? 20_261_120);

/** Numbers that only look random: the same seed, the same requests. Source: mulberry32, public domain. */
function randomFrom(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const fixture = (path: string): Buffer => readFileSync(new URL(`../../../fixtures/${path}`, import.meta.url));
const samples = [
  fixture('ag2-success/0001-v1-traces.pb'),
  fixture('airflow-openlineage/0001-api-v1-lineage.json'),
  fixture('airflow-openlineage/0034-api-v1-lineage.json'),
  fixture('prefect-events/0004-api-v1-webhooks-prefect.json'),
  Buffer.from(JSON.stringify({ specversion: '1.0', id: 'a', source: 'urn:app', type: 'dev.orrery.execution.v1', data: { run: { id: 'r', started_at: 1 }, tasks: [{ id: 't' }], events: [{ id: 'e' }] } })),
  Buffer.from(JSON.stringify({ action: 'completed', workflow_run: { id: 1, run_attempt: 1, status: 'completed' }, repository: { full_name: 'o/r' }, sender: {} })),
  Buffer.from(JSON.stringify({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', metadata: { name: 'w', uid: 'u' }, status: { phase: 'Running', nodes: { a: { id: 'a', type: 'Pod', children: ['b'] } } } })),
  Buffer.from(JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'm', sum: { dataPoints: [{ asInt: '1', timeUnixNano: '1' }] } }] }] }] })),
];
const contentTypes = ['application/json', 'application/x-protobuf', 'application/cloudevents+json', 'application/cloudevents-batch+json', 'application/x-www-form-urlencoded', 'text/plain', 'application/json; charset=utf-16', ';;;', 'multipart/form-data', ''];
const tokens = ['{', '}', '[', ']', '"', ':', ',', 'null', '1e400', '-', '\\u0000', '\\ud800', '"__proto__"', '"id"', '"run"', '"data"', '"spans"', '\u00ff', '\0', '0x', ' '];

class Fuzzer {
  constructor(private readonly random: () => number) {}

  below(count: number): number {
    return Math.floor(this.random() * count);
  }

  pick<Value>(values: readonly Value[]): Value {
    return values[this.below(values.length)]!;
  }

  body(): Buffer {
    const kind = this.below(5);
    if (kind === 0) return Buffer.from(Array.from({ length: this.below(2_000) }, () => this.below(256)));
    if (kind === 1) return Buffer.from(Array.from({ length: this.below(200) }, () => this.pick(tokens)).join(''), 'latin1');
    if (kind === 2) return Buffer.concat([this.mutated(), this.mutated()]);
    if (kind === 3) return this.pick([gzipSync, deflateSync])(this.mutated());
    return this.mutated();
  }

  headers(): Record<string, string> {
    const headers: Record<string, string> = { 'content-type': this.pick(contentTypes) };
    if (this.below(6) === 0) headers['content-encoding'] = this.pick(['gzip', 'deflate', 'br', 'identity', 'gzip, gzip', 'x']);
    if (this.below(4) === 0) headers['x-github-event'] = this.pick(['workflow_run', 'workflow_job', 'push', '', '__proto__']);
    if (this.below(4) === 0) Object.assign(headers, { 'ce-specversion': this.pick(['1.0', '0.3', '9']), 'ce-id': this.pick(['', 'x', '%00', '%ff']), 'ce-source': this.pick(['/s', ' ']), 'ce-type': this.pick(['x', 'dev.cdevents.x', 'dev.orrery.execution.v1']) });
    if (this.below(4) === 0) headers['traceparent'] = this.pick(['00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', '0', 'ff-ff-ff-ff']);
    return headers;
  }

  /** A sample with some bytes changed, cut out or repeated. */
  private mutated(): Buffer {
    const bytes = Buffer.from(this.pick(samples));
    for (let change = this.below(12); change > 0; change -= 1) bytes[this.below(bytes.length)] = this.below(256);
    const from = this.below(bytes.length);
    return this.below(3) === 0 ? Buffer.concat([bytes.subarray(0, from), bytes.subarray(this.below(bytes.length))]) : bytes;
  }
}

describe('every route of ingest, sent random bytes', () => {
  let scene: IngestScene;
  beforeAll(async () => {
    scene = await IngestScene.open();
  });
  afterAll(() => scene.close());

  it(`answers 2xx or 4xx to ${requestCount} requests, tells nothing of its inside, and lives on (seed ${seed})`, async () => {
    const fuzzer = new Fuzzer(randomFrom(seed));
    const paths = [...ingestRoutes.keys()];
    const requests = Array.from({ length: requestCount }, (_, index) => ({ path: paths[index % paths.length]!, body: fuzzer.body(), headers: fuzzer.headers() }));
    const faults: unknown[] = [];
    const statuses = new Map<number, number>();
    const client = async (): Promise<void> => {
      for (let request = requests.pop(); request !== undefined; request = requests.pop()) {
        const { path, body, headers } = request;
        const { status, bytes } = await scene.post(path, body, headers);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        const isTelling = /\bat .*\.[jt]s:\d+|node_modules|TypeError|RangeError|select .* from/i.test(status < 400 ? '' : bytes.toString('latin1'));
        if (status < 200 || status >= 500 || (status >= 300 && status < 400) || isTelling) faults.push({ path, headers, status, answer: bytes.toString(), body: body.toString('base64').slice(0, 2_000) });
      }
    };
    await Promise.all(Array.from({ length: clientCount }, client));

    expect(faults.slice(0, 3)).toEqual([]);
    // Were everything refused, or everything taken, nothing would have been tried.
    expect(statuses.get(202) ?? 0).toBeGreaterThan(requestCount / 10);
    expect(statuses.get(400) ?? 0).toBeGreaterThan(requestCount / 10);
    expect((await scene.postJson('/api/v1/events', { specversion: '1.0', id: 'last', source: 's', type: 'x' })).status).toBe(202);
    for (const { record } of await scene.takeLogged()) expect([record.recordId.length, record.tenantId, record.origin?.format]).toEqual([36, 'default', expect.any(String)]);
  });
});
