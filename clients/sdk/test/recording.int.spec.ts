import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Orrery, type ExecutionData } from '../src/index.js';
import { FakeServer } from './fake-server.js';

let server: FakeServer;
let orrery: Orrery;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'orrery-recording-'));
  server = await FakeServer.start();
  orrery = new Orrery({ url: server.url, source: 'urn:test', flushOnSignals: [] });
});

afterEach(async () => {
  await orrery.close();
  await server.stop();
  await rm(folder, { recursive: true });
});

async function recorded(): Promise<readonly ExecutionData[]> {
  expect(await orrery.flush()).toBe(true);
  return server.events.map((event) => event.data);
}

describe('a run', () => {
  it('tells what it is when it starts and how it ended', async () => {
    const outer = orrery.run('release', { id: 'outer' });
    const run = orrery.run('nightly', {
      id: 'run-1',
      engine: 'make',
      source: 'https://example.com/shop',
      attempt: 2,
      parent: outer,
      versionControl: { revision: 'abc', ref_name: 'main', ref_type: 'branch' },
      labels: { team: 'data' },
      startedAt: Date.UTC(2026, 0, 1) + 0.5,
    });
    run.fail(new RangeError('no space'));

    const [, started, ended] = await recorded();

    expect(started?.run).toEqual({
      id: 'run-1',
      engine: 'make',
      source: 'https://example.com/shop',
      attempt: 2,
      workflow: 'nightly',
      parent: { id: 'outer' },
      version_control: { revision: 'abc', ref_name: 'main', ref_type: 'branch' },
      labels: { team: 'data' },
      status: 'running',
      started_at: '2026-01-01T00:00:00.000500Z',
    });
    expect(ended?.run).toMatchObject({ id: 'run-1', status: 'finished', outcome: 'failure', error: { type: 'RangeError', message: 'no space' }, started_at: '2026-01-01T00:00:00.000500Z' });
  });

  it('when it exists already, is recorded into without a word about itself', async () => {
    orrery.run(undefined, { id: 'run-1', existing: true }).task('t').finish();

    expect((await recorded()).map((data) => data.run)).toEqual([{ id: 'run-1' }, { id: 'run-1' }]);
  });

  it('waits in the queue until it is started', async () => {
    const run = orrery.run('w', { queued: true });
    const task = run.task('t', { queued: true });
    await task.record(() => 1);

    const states = (await recorded()).map(({ run: { status }, tasks }) => status ?? tasks?.[0]?.status);

    expect(states).toEqual(['queued', 'queued', 'running', 'finished']);
  });
});

describe('a task', () => {
  it('passes on what its work gives and records its edges, owner and end', async () => {
    const run = orrery.run('w', { id: 'r' });
    const extract = run.task('extract', { kind: 'step', executor: { host: 'a' }, commandHash: 'h' });
    const load = run.task('load', { id: 'load-1', dependsOn: [extract, 'other'], attempt: 2 });

    await expect(load.record(() => Promise.resolve(42))).resolves.toBe(42);
    const inner = load.task('inner');
    inner.finish({ outcome: 'skip' });

    const tasks = (await recorded()).flatMap((data) => data.tasks ?? []);
    expect(tasks[0]).toMatchObject({ id: 'extract', name: 'extract', kind: 'step', executor: { host: 'a' }, command_hash: 'h', status: 'running' });
    expect(tasks[1]).toMatchObject({ id: 'load-1', name: 'load', attempt: 2, depends_on: ['extract', 'other'], status: 'running' });
    expect(tasks[2]).toMatchObject({ id: 'load-1', attempt: 2, status: 'finished', outcome: 'success' });
    expect(tasks[3]).toMatchObject({ id: 'inner', parent: 'load-1' });
    expect(tasks[4]).toMatchObject({ id: 'inner', outcome: 'skip' });
  });

  it.each([
    ['failure', new TypeError('broken')],
    ['cancellation', new DOMException('stopped', 'AbortError')],
    ['timeout', new DOMException('too slow', 'TimeoutError')],
  ])('ends as %s by what its work throws, and throws it on', async (outcome, thrown) => {
    const work = orrery.run('w').task('t').record(() => Promise.reject(thrown));

    await expect(work).rejects.toBe(thrown);
    expect((await recorded()).at(-1)?.tasks?.[0]).toMatchObject({ outcome, error: { type: thrown.name, message: thrown.message } });
  });
});

describe('what happens inside', () => {
  it('nests calls in calls, and what they do in them', async () => {
    const task = orrery.run('w').task('answer');
    const agent = task.call('agent_call', { name: 'planner', actor: 'planner' });
    await agent.call('model_call', { model: 'm-1', input: 'why?' }).record((call) => {
      call.message({ sender: 'planner', receiver: 'm-1', role: 'user', content: 'why?' });
      call.sample('cost_usd', 0.25);
    });
    agent.finish({ output: { answer: 42 }, inputTokens: 10, outputTokens: 3, costUsd: 0.25 });

    const [, , agentStart, modelStart, message, sample, modelEnd, agentEnd] = await recorded();

    const [agentId, modelId] = [agentStart, modelStart].map((data) => data?.events?.[0]?.id);
    expect(agentStart?.events?.[0]).toMatchObject({ task: 'answer', kind: 'agent_call', actor: 'planner', status: 'running' });
    expect(modelStart?.events?.[0]).toMatchObject({ task: 'answer', parent: agentId, model: 'm-1', input: 'why?' });
    expect(message?.messages?.[0]).toMatchObject({ task: 'answer', event: modelId, sender: 'planner', receiver: 'm-1', role: 'user', content: 'why?' });
    expect(sample?.samples?.[0]).toMatchObject({ task: 'answer', event: modelId, name: 'cost_usd', unit: 'USD', kind: 'gauge', value: 0.25 });
    expect(modelEnd?.events?.[0]).toMatchObject({ id: modelId, parent: agentId, status: 'finished', outcome: 'success' });
    expect(agentEnd?.events?.[0]).toMatchObject({ id: agentId, actor: 'planner', output: '{"answer":42}', input_tokens: 10, output_tokens: 3, cost_usd: 0.25 });
  });

  it('records files with their digest, other things by name, and says why a digest is missing', async () => {
    const file = join(folder, 'a b.txt');
    await writeFile(file, 'abc');
    const task = orrery.run('w').task('t');
    task.artifact(file, { mediaType: 'text/plain' });
    task.artifact(pathToFileURL(file), { direction: 'input' });
    task.artifact(join(folder, 'gone'));
    task.artifact(folder);
    task.artifact('s3://bucket/key', { direction: 'input', digest: 'sha256:00', sizeBytes: 5 });
    task.artifact({ namespace: 'postgres://db', name: 'public.orders' });

    const artifacts = (await recorded()).flatMap((data) => data.artifacts ?? []);

    const digest = 'sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    const named = (uri: string | undefined) => artifacts.filter((artifact) => artifact.uri === uri);
    expect(named(pathToFileURL(file).href)).toEqual([
      expect.objectContaining({ task: 't', direction: 'output', digest, size_bytes: 3, media_type: 'text/plain' }),
      expect.objectContaining({ task: 't', direction: 'input', digest, size_bytes: 3 }),
    ]);
    expect(named(pathToFileURL(join(folder, 'gone')).href)).toEqual([expect.objectContaining({ attributes: { no_digest_because: 'ENOENT' } })]);
    expect(named(pathToFileURL(folder).href)).toEqual([expect.objectContaining({ attributes: { no_digest_because: 'not a file' } })]);
    expect(named('s3://bucket/key')).toEqual([expect.objectContaining({ direction: 'input', digest: 'sha256:00', size_bytes: 5 })]);
    expect(named(undefined)).toEqual([expect.objectContaining({ namespace: 'postgres://db', name: 'public.orders' })]);
  });

  it('shortens what is larger than an event may be and marks it', async () => {
    const task = orrery.run('w').task('t');
    task.event('log', { output: 'x'.repeat(3_000_000), name: 'long' });
    task.event('log', { attributes: Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`key-${index}`, 'value '.repeat(10)])) });

    await recorded();

    const [long, wide] = server.events.slice(-2);
    expect(long).toMatchObject({ truncated: 'true', data: { events: [{ name: 'long', task: 't', output: expect.stringMatching(/^x+… \[\d+ characters left out\]/) }] } });
    expect(Buffer.byteLength(JSON.stringify(wide))).toBeLessThan(1024 * 1024);
    expect(wide).toMatchObject({ truncated: 'true', data: { events: [{ attributes: { 'key-0': 'value '.repeat(10) } }] } });
  });
});

describe('a client', () => {
  it('that is switched off records and keeps nothing', async () => {
    const off = new Orrery({ url: server.url, isEnabled: false });
    off.run('w').task('t').artifact('/etc/hostname');

    await expect(off.close()).resolves.toMatchObject({ undelivered: [], statistics: { queuedEvents: 0, sentEvents: 0 } });
    expect(server.requests).toEqual([]);
  });

  it.each([{ url: 'ftp://host' }, { url: 'not an address' }, { maxQueuedBytes: 0 }, { flushIntervalMs: NaN }])('refuses %j when it is made', (options) => {
    expect(() => new Orrery(options)).toThrow(expect.objectContaining({ name: 'TypeError', message: expect.stringMatching(/must be/) }));
  });
});
