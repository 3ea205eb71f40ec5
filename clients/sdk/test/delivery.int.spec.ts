import { afterEach, describe, expect, it } from '@jest/globals';
import { createServer } from 'node:net';
import { Orrery, type OrreryOptions, type Problem } from '../src/index.js';
import { FakeServer, type ReceivedRequest, type Treatment } from './fake-server.js';

const opened: { stop(): Promise<unknown> }[] = [];

async function serve(treat?: (request: ReceivedRequest, number: number) => Treatment): Promise<FakeServer> {
  const server = await FakeServer.start(treat);
  opened.push(server);
  return server;
}

function connect(server: { url: string }, options: OrreryOptions = {}): Orrery {
  const orrery = new Orrery({ url: server.url, source: 'urn:test', firstRetryMs: 5, longestRetryMs: 20, flushOnSignals: [], ...options });
  opened.unshift({ stop: () => orrery.close({ deadlineMs: 1, isPatient: false }) });
  return orrery;
}

afterEach(async () => {
  for (const thing of opened.splice(0)) await thing.stop();
});

function logLines(server: FakeServer): unknown[] {
  return server.events.flatMap((event) => event.data.events ?? []).map((event) => event.output);
}

describe('delivery', () => {
  it('sends what a program records as batches of CloudEvents, in order, without being asked', async () => {
    const server = await serve();
    const run = connect(server, { apiKey: 'secret' }).run('nightly', { id: 'run-1' });
    const task = run.task('extract');
    for (let line = 0; line < 20; line++) task.event('log', { output: `line ${line}` });

    await server.until(() => server.events.length === 22);

    expect(server.requests.length).toBeLessThan(5);
    expect(server.requests[0]).toMatchObject({ path: '/api/v1/events', headers: { 'content-type': 'application/cloudevents-batch+json', authorization: 'Bearer secret' } });
    expect(server.events[0]).toMatchObject({ specversion: '1.0', type: 'dev.orrery.execution.v1', source: 'urn:test', data: { run: { id: 'run-1', workflow: 'nightly', status: 'running' } } });
    expect(server.events[1]).toMatchObject({ data: { tasks: [{ id: 'extract', name: 'extract', status: 'running' }] } });
    expect(logLines(server)).toEqual(Array.from({ length: 20 }, (_, line) => `line ${line}`));
  });

  it('keeps batches within their number of events and within their bytes', async () => {
    const server = await serve();
    const orrery = connect(server, { maxBatchEvents: 10, maxBatchBytes: 20_000 });
    const run = orrery.run('w');
    for (let line = 0; line < 100; line++) run.event('log', { output: 'x'.repeat(line % 2 === 0 ? 10 : 8_000) });

    await expect(orrery.flush()).resolves.toBe(true);

    const sizes = server.requests.map((request) => ({ events: request.events.length, bytes: JSON.stringify(request.events).length }));
    expect(sizes.every(({ events, bytes }) => events <= 10 && bytes <= 20_100)).toBe(true);
    expect(server.events).toHaveLength(101);
  });

  it('compresses bodies above the size', async () => {
    const server = await serve();
    const orrery = connect(server, { compressFromBytes: 1_000 });

    orrery.run('w').event('log', { output: 'x'.repeat(5_000) });
    await orrery.flush();

    expect(server.requests.at(-1)?.headers['content-encoding']).toBe('gzip');
    expect(logLines(server)).toEqual(['x'.repeat(5_000)]);
  });

  it('sends objects as they were when they were recorded, also when the program changes them afterwards', async () => {
    const server = await serve();
    const orrery = connect(server);
    const conversation = [{ role: 'user', content: 'hello' }];

    const run = orrery.run('chat');
    run.call('model_call', { input: conversation });
    await Promise.resolve();
    conversation.push({ role: 'assistant', content: 'later' });
    await orrery.flush();

    expect(server.events.at(-1)?.data.events?.[0]?.input).toBe('[{"role":"user","content":"hello"}]');
  });
});

describe('delivery when the server does not take a batch', () => {
  it.each<[string, Treatment]>([
    ['answers 503', { kind: 'answer', status: 503 }],
    ['answers 429', { kind: 'answer', status: 429, headers: { 'retry-after': '0' } }],
    ['does not know the key yet', { kind: 'answer', status: 401 }],
    ['resets the connection', { kind: 'reset' }],
    ['does not answer in time', { kind: 'hang' }],
  ])('sends the same events with the same ids again when it %s', async (_, treatment) => {
    const server = await serve((_request, number) => (number <= 2 ? treatment : { kind: 'accept' }));
    const orrery = connect(server, { requestTimeoutMs: 200, flushIntervalMs: 5 });

    orrery.run('w').event('log', { output: 'hello' });
    await expect(orrery.flush({ deadlineMs: 20_000 })).resolves.toBe(true);

    const ids = server.requests.map((request) => request.events.map((event) => event.id).join());
    expect(new Set(ids.slice(0, 3)).size).toBe(1);
    expect(logLines(server)).toEqual(['hello']);
    expect(orrery.stats()).toMatchObject({ sentEvents: 2, failedAttempts: 2, queuedEvents: 0 });
  });

  it('waits as long as Retry-After says, even when asked to flush', async () => {
    const arrivals: number[] = [];
    const server = await serve((_request, number) => {
      arrivals.push(performance.now());
      return number === 1 ? { kind: 'answer', status: 429, headers: { 'retry-after': '1' } } : { kind: 'accept' };
    });
    const orrery = connect(server);
    orrery.run('w');
    await server.until(() => server.requests.length === 1);

    await orrery.flush({ deadlineMs: 20_000 });

    expect((arrivals[1] ?? 0) - (arrivals[0] ?? 0)).toBeGreaterThan(950);
  });

  it('finds the one event that the server refuses, delivers the others and counts it', async () => {
    const server = await serve(({ events }) =>
      events.some((event) => event.data.events?.[0]?.output === 'bad') ? { kind: 'answer', status: 400, body: '{"detail":"bad event"}' } : { kind: 'accept' },
    );
    const orrery = connect(server);
    const run = orrery.run('w');
    for (let line = 0; line < 30; line++) run.event('log', { output: line === 17 ? 'bad' : `line ${line}` });

    await orrery.flush();

    expect(logLines(server)).toHaveLength(29);
    expect(orrery.stats()).toMatchObject({ lost: { rejected: 1 }, queuedEvents: 0, lastProblem: 'HTTP 400: bad event' });
  });

  it('does not search for bad events for ever when the server refuses everything', async () => {
    const server = await serve(() => ({ kind: 'answer', status: 400 }));
    const orrery = connect(server);
    const run = orrery.run('w');
    for (let line = 0; line < 399; line++) run.event('log', { output: `line ${line}` });

    await orrery.flush();

    expect(server.requests.length).toBeLessThan(60);
    expect(orrery.stats()).toMatchObject({ lost: { rejected: 400 }, queuedEvents: 0 });
  });

  it('splits a batch that is too large for the server', async () => {
    const server = await serve(({ events }) => (events.length > 8 ? { kind: 'answer', status: 413 } : { kind: 'accept' }));
    const orrery = connect(server);
    const run = orrery.run('w');
    for (let line = 0; line < 60; line++) run.event('log', { output: `line ${line}` });

    await orrery.flush();

    expect(logLines(server)).toEqual(Array.from({ length: 60 }, (_, line) => `line ${line}`));
  });
});

describe('delivery when there is no server', () => {
  const nobody = { url: 'http://127.0.0.1:1' };

  it('bounds what waits, lets the oldest detail go first, counts it and keeps runs and tasks', async () => {
    const problems: Problem[] = [];
    const orrery = connect(nobody, { maxQueuedEvents: 100, onProblem: (problem) => problems.push(problem) });
    const run = orrery.run('w');
    const task = run.task('t');
    for (let line = 0; line < 1_000; line++) task.event('log', { output: `line ${line}` });
    task.finish();
    run.finish();

    const { undelivered, statistics } = await orrery.close({ isPatient: false });

    const kept = undelivered.map((json) => (JSON.parse(json) as { data: { tasks?: unknown; events?: [{ output: string }] } }).data);
    expect(statistics).toMatchObject({ sentEvents: 0, lost: { queueFull: 904 } });
    expect(kept).toHaveLength(100);
    expect(kept.filter((data) => data.events === undefined)).toHaveLength(4);
    expect(kept[2]?.events?.[0].output).toBe('line 904');
    expect(problems).toContainEqual(expect.objectContaining({ kind: 'lost' }));
  });

  it('bounds the bytes that wait as well', async () => {
    const orrery = connect(nobody, { maxQueuedBytes: 100_000 });
    const run = orrery.run('w');
    for (let line = 0; line < 100; line++) run.event('log', { output: 'x'.repeat(9_000) });
    await Promise.resolve();

    const { queuedBytes, queuedEvents, lost } = orrery.stats();

    expect(queuedBytes).toBeLessThanOrEqual(100_000);
    expect(queuedEvents + lost.queueFull).toBe(101);
  });

  it('tells once that the server is away, whatever the listener does', async () => {
    const told: string[] = [];
    const orrery = connect(nobody, {
      onProblem: (problem) => {
        told.push(`${problem.kind}: ${problem.message}`);
        throw new TypeError('the listener is broken');
      },
    });
    orrery.run('w');

    await orrery.flush({ deadlineMs: 200 });

    expect(told).toEqual(['unreachable: ECONNREFUSED']);
    expect(orrery.stats().failedAttempts).toBeGreaterThan(1);
  });

  it('delivers everything when the server comes', async () => {
    const probe = createServer();
    await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
    const { port } = probe.address() as { port: number };
    await new Promise((resolve) => probe.close(resolve));
    const orrery = connect({ url: `http://127.0.0.1:${port}` });
    orrery.run('w').event('log', { output: 'early' });
    await orrery.flush({ deadlineMs: 100 });

    const server = await FakeServer.startAt(port);
    opened.push(server);
    await orrery.flush({ deadlineMs: 20_000 });

    expect(logLines(server)).toEqual(['early']);
    expect(orrery.stats().lost).toEqual({ queueFull: 0, rejected: 0, tooLarge: 0, afterClose: 0 });
  });

  it('counts what is recorded after the end', async () => {
    const orrery = connect(nobody);
    const run = orrery.run('w');
    await orrery.close({ isPatient: false });

    run.finish();

    expect(orrery.stats().lost.afterClose).toBe(1);
  });
});
