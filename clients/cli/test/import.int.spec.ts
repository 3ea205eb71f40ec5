import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { CommandLine } from './command-line.js';
import { FakePlatform, type Handler } from './fake-platform.js';

let platform: FakePlatform;
let orrery: CommandLine;
let handler: Handler;

beforeEach(async () => {
  handler = () => undefined;
  platform = await FakePlatform.start((request, url) => handler(request, url));
  orrery = await CommandLine.create();
});

afterEach(async () => {
  await orrery.remove();
  await platform.stop();
});

function put(name: string, content: unknown): Promise<void> {
  return writeFile(join(orrery.folder, name), typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content));
}

function load(args: readonly string[], input?: string) {
  return orrery.run(['import', ...args], { url: platform.url, input });
}

function bodies(): string[] {
  return platform.received.map(({ body }) => body.toString());
}

const repository = { url: 'https://api.github.com/repos/acme/shop', full_name: 'acme/shop' };
const run = { id: 7, name: 'CI', path: '.github/workflows/ci.yml', workflow_id: 3, jobs_url: 'j', run_attempt: 2, status: 'completed', conclusion: 'success', repository };
const job = { id: 9, run_id: 7, run_url: 'https://api.github.com/repos/acme/shop/actions/runs/7', html_url: 'https://github.com/acme/shop/actions/runs/7/job/9', status: 'in_progress', steps: [] };

describe('import github', () => {
  it('sends webhook payloads byte for byte with the event they are of, and signed', async () => {
    const payload = '{ "action":"completed", "workflow_run": {"id": 12345678901234567890}, "workflow": {} }';
    await put('payload.json', payload);
    await put('secret', 'hunter2\n');

    const { code } = await load(['github', 'payload.json', '--secret-file', 'secret']);

    expect(code).toBe(0);
    expect(bodies()).toEqual([payload]);
    expect(platform.received[0]).toMatchObject({
      path: '/api/v1/webhooks/github',
      headers: {
        'x-github-event': 'workflow_run',
        'x-github-delivery': expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
        'x-hub-signature-256': `sha256=${createHmac('sha256', 'hunter2').update(payload).digest('hex')}`,
      },
    });
  });

  it('takes REST listings apart, also several in one file as gh prints them', async () => {
    const pages = `${JSON.stringify({ total_count: 3, workflow_runs: [run, { ...run, id: 8, status: 'queued' }] }, null, 2)}\n${JSON.stringify({ total_count: 3, workflow_runs: [{ ...run, id: 10 }] })}`;

    const { code, stdout } = await load(['github', '-', '--json'], pages + JSON.stringify({ total_count: 1, jobs: [job] }));

    const sent = platform.received.map(({ headers, body }) => ({ event: headers['x-github-event'], ...(JSON.parse(body.toString()) as Record<string, unknown>) }));
    expect({ code, requests: (JSON.parse(stdout) as { requests: number }).requests }).toEqual({ code: 0, requests: 4 });
    expect(sent).toEqual(
      expect.arrayContaining([
        { event: 'workflow_run', action: 'completed', workflow_run: run, workflow: { id: 3, name: 'CI', path: '.github/workflows/ci.yml' }, repository },
        expect.objectContaining({ event: 'workflow_run', action: 'requested' }),
        {
          event: 'workflow_job',
          action: 'in_progress',
          workflow_job: job,
          repository: { url: repository.url, name: 'shop', full_name: 'acme/shop', html_url: 'https://github.com/acme/shop', owner: { login: 'acme' } },
        },
      ]),
    );
  });

  it('gives the same delivery id to the same thing, so that a second import is a repeat', async () => {
    await put('runs.json', { workflow_runs: [run] });

    await load(['github', 'runs.json', 'runs.json']);
    await load(['github', 'runs.json']);

    expect(new Set(platform.received.map(({ headers }) => headers['x-github-delivery'])).size).toBe(1);
  });

  it('takes delivery records with their own id', async () => {
    await put('delivery.json', { guid: 'guid-1', event: 'workflow_job', request: { headers: {}, payload: { action: 'queued', workflow_job: job } } });

    await load(['github', 'delivery.json']);

    expect(platform.received[0]?.headers).toMatchObject({ 'x-github-event': 'workflow_job', 'x-github-delivery': 'guid-1' });
    expect(bodies()).toEqual([JSON.stringify({ action: 'queued', workflow_job: job })]);
  });
});

describe('import', () => {
  const argo = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', metadata: { name: 'a' } };
  const cdevent = { context: { type: 'dev.cdevents.build.started.0.3.0' } };

  it.each([
    { format: 'argo', content: { kind: 'WorkflowList', items: [{ metadata: { name: 'a' } }] }, path: '/api/v1/webhooks/argo', sent: argo },
    { format: 'argo', content: { kind: 'Workflow', spec: {} }, path: '/api/v1/webhooks/argo' },
    { format: 'openlineage', content: { eventType: 'START' }, path: '/api/v1/lineage' },
    { format: 'otlp', content: { resourceSpans: [] }, path: '/v1/traces' },
    { format: 'otlp', content: { resourceLogs: [] }, path: '/v1/logs' },
    { format: 'temporal', content: { events: [] }, path: '/api/v1/webhooks/temporal' },
    { format: 'cdevents', content: cdevent, path: '/api/v1/events' },
    { format: 'cdevents', content: [{ specversion: '1.0', type: 'x' }], path: '/api/v1/events', sent: { specversion: '1.0', type: 'x' }, type: 'application/cloudevents+json' },
  ])('$format sends $content to $path', async ({ format, content, path, sent = content, type = 'application/json' }) => {
    await put('file.json', content);

    const { code } = await load([format, 'file.json']);

    expect(code).toBe(0);
    expect(platform.received).toEqual([expect.objectContaining({ path, headers: expect.objectContaining({ 'content-type': type }) })]);
    expect(bodies().map((body) => JSON.parse(body) as unknown)).toEqual([sent]);
  });

  it('sends protobuf as it is to the signal that the name or the flag says', async () => {
    const bytes = Buffer.from([0x0a, 0x00, 0xff]);
    await put('metrics.pb', bytes);
    await put('export.bin', gzipSync(bytes));

    const { code, stderr } = await load(['otlp', 'metrics.pb', 'export.bin']);
    await load(['otlp', 'export.bin', '--signal', 'logs']);

    expect({ code, stderr }).toEqual({ code: 5, stderr: expect.stringContaining('export.bin: is protobuf') });
    expect(platform.received.map(({ path, headers, body }) => [path, headers['content-type'], body])).toEqual([
      ['/v1/metrics', 'application/x-protobuf', bytes],
      ['/v1/logs', 'application/x-protobuf', bytes],
    ]);
  });

  it('reads folders, JSON lines and gzip, and goes on past what is bad, saying which and why', async () => {
    await mkdir(join(orrery.folder, 'in/deep'), { recursive: true });
    await put('in/a.jsonl', '{"eventType":"START","n":1}\n\nnot json\n{"eventType":"COMPLETE","n":2}');
    await put('in/deep/b.json.gz', gzipSync('[{"n":3},{"n":4}]'));
    await put('in/c.json', '{"n":5');
    await put('in/empty.json', '');
    await put('in/readme.txt', 'not for us');
    handler = ({ body }) => (body.includes('"n":4') ? { status: 400, json: { detail: 'n is 4', code: 'ORRERY_VALIDATION' } } : undefined);

    const { code, stdout, stderr } = await load(['openlineage', 'in', 'gone.json', '--json']);

    expect(code).toBe(5);
    expect(JSON.parse(stdout)).toMatchObject({ format: 'openlineage', files: 5, requests: 4, accepted: 3, complete: true, runs: ['11111111-1111-4111-8111-111111111111'] });
    expect((JSON.parse(stdout) as { failed: { file: string; reason: string }[] }).failed.map(({ file, reason }) => `${file}: ${reason.slice(0, 20)}`).sort()).toEqual([
      'gone.json: does not exist',
      'in/a.jsonl:3: is not JSON: Unexpec',
      'in/c.json: is not JSON: it ends',
      'in/deep/b.json.gz: n is 4',
      'in/empty.json: is empty',
    ]);
    expect(stderr).toContain('orrery: in/a.jsonl:3: is not JSON');
    expect(bodies()).toEqual(expect.arrayContaining(['{"eventType":"START","n":1}', '{"eventType":"COMPLETE","n":2}', '{"n":3}']));
  });

  it('waits when the platform is busy and tells what it did not recognise', async () => {
    handler = () =>
      platform.received.length < 3
        ? { status: 503, headers: { 'retry-after': '0' }, json: {} }
        : { status: 202, json: { accepted: 1, unrecognised: 1, records: [{ record_id: 'r', run_ids: [] }] } };
    await put('odd.json', { odd: true });

    const { code, stdout } = await load(['openlineage', 'odd.json']);

    expect({ code, stdout }).toEqual({ code: 0, stdout: '1 file, 1 request, 1 event accepted, 0 runs, 1 not recognised (kept)\n  not recognised: odd.json\n' });
    expect(platform.received).toHaveLength(3);
  });

  it('counts what OTLP says was rejected', async () => {
    handler = () => ({ status: 200, json: { partialSuccess: { rejectedSpans: '2', errorMessage: 'too old' } } });
    await put('traces.json', { resourceSpans: [] });

    expect(await load(['otlp', 'traces.json'])).toMatchObject({ code: 1, stderr: 'orrery: traces.json: 2 rejected: too old\n' });
  });

  it('stops with one clear line when nobody answers', async () => {
    await put('a.json', {});

    const { code, stderr } = await orrery.run(['import', 'openlineage', 'a.json']);

    expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringMatching(/^orrery: stopped: no answer from http:\/\/127\.0\.0\.1:2 \(ECONNREFUSED\)\..*npm start.*\n$/) });
  });

  it('refuses a format that it does not know', async () => {
    expect(await load(['jenkins', 'x'])).toMatchObject({ code: 2, stderr: expect.stringContaining('there are github, argo') });
  });
});
