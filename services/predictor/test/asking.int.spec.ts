import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Code, createClient } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import { Predictor, PredictionTarget } from '@orrery/contracts';
import { eventually, specRunId, taskFinished, tenantHeader, type TestStore } from '@orrery/testing';
import { gib, minuteMs, pipelines, startOf } from './pipelines.js';
import { openStore, ServiceScene } from './predictor-scene.js';

let store: TestStore;
let scene: ServiceScene;
const nowMs = startOf(41);

beforeAll(async () => {
  store = await openStore();
  scene = await ServiceScene.open(store, () => nowMs);
  const { started, tasks, finished } = pipelines(40);
  await scene.tell([...started, ...tasks, ...finished]);
});
afterAll(async () => {
  await scene.close();
  await store.close();
});

const ask = (question: object) => scene.post('/api/v1/predictions', { workflow: 'release', ...question });

describe('asking about a task before it starts', () => {
  it('says how long it takes and how much memory it needs by the size of its input', async () => {
    const { status, body } = await ask({ task: 'test', input_size_bytes: 3 * gib });

    expect(status).toBe(200);
    const [{ duration, memory, failure }] = body.predictions;
    expect(duration.p50_ms / (3 * minuteMs)).toBeCloseTo(1, 1);
    expect(duration.p10_ms).toBeLessThanOrEqual(duration.p50_ms);
    expect(duration.p90_ms).toBeGreaterThanOrEqual(duration.p50_ms);
    expect(duration.basis).toMatchObject({ level: 0, version: 0 });
    expect(memory.p50_bytes / (1.5 * gib)).toBeCloseTo(1, 0);
    expect(memory.allocation_bytes).toBeGreaterThan(memory.p50_bytes * 0.9);
    expect(memory.retry_allocations_bytes[0]).toBeGreaterThan(memory.allocation_bytes);
    expect(failure.probability).toBeGreaterThan(0.02);
    expect(failure.probability).toBeLessThan(0.4);
    expect(failure.reasons.length).toBeGreaterThan(0);
  });

  it('answers for a machine that takes twice as long', async () => {
    const { body } = await ask({ task: 'build', machine_factor: 2, targets: ['duration'] });

    expect(body.predictions[0].duration.p50_ms / (2 * minuteMs)).toBeCloseTo(1, 1);
    expect(body.predictions[0].memory).toBeNull();
  });

  it('answers many at once, in their order, and says null where nothing is known', async () => {
    const { body } = await scene.post('/api/v1/predictions', { queries: [{ workflow: 'release', task: 'deploy' }, { workflow: 'unheard', engine: 'spec', namespace: 'team', task: 'x' }, { workflow: 'release' }] });

    expect(body.predictions).toHaveLength(3);
    expect(body.predictions[0].duration.p50_ms / 30_000).toBeCloseTo(1, 1);
    expect(body.predictions[1]).toMatchObject({ duration: null, memory: null, next_task: null });
    expect(body.predictions[2].duration.p50_ms).toBeGreaterThan(3 * minuteMs);
  });

  it('says what comes next after the tasks that ended', async () => {
    const { body } = await ask({ finished_tasks: ['build', 'test'], targets: ['next_task'] });

    expect(body.predictions[0].next_task).toMatchObject({ mode: 'shadow', advice: null, decision: null });
    expect(body.predictions[0].next_task.candidates[0].task).toBe('deploy');
  });
});

describe('a question that cannot be answered', () => {
  it.each([
    [{ workflow: '' }, 400, 'workflow'],
    [{ workflow: 'release', attempt: 0 }, 400, 'body.attempt'],
    [{ workflow: 'release', input_size_bytes: -1 }, 400, 'body.input_size_bytes'],
    [{ workflow: 'release', run_id: 'x' }, 400, 'body.run_id'],
    [{ workflow: 'unheard' }, 404, 'unheard'],
    [{ workflow: 'a\0b' }, 400, 'code'],
    [{ queries: [] }, 400, 'body.queries'],
  ])('says what is wrong: %j', async (body, status, word) => {
    const answer = await scene.post('/api/v1/predictions', body);

    expect(answer.status).toBe(status);
    expect(JSON.stringify(answer.body)).toContain(word);
  });
});

describe('a tenant', () => {
  it('gets no answer from what another has told', async () => {
    expect((await scene.post('/api/v1/predictions', { workflow: 'release', task: 'test' }, 'tenant-2')).status).toBe(404);
    const { body } = await scene.post('/api/v1/predictions', { engine: 'spec', namespace: 'team', workflow: 'release', task: 'test' }, 'tenant-2');

    expect(body.predictions[0]).toMatchObject({ duration: null, memory: null, next_task: null });
  });
});

describe('what was asked', () => {
  it('stands in the ledger, and is scored when the task ends', async () => {
    const startedAtMs = nowMs;
    const runId = specRunId('asked');
    const { body } = await ask({ task: 'build', run_id: runId, targets: ['duration', 'memory', 'failure'] });
    await eventually(async () => (await store.rows('select 1 from prediction where run_id = $1', [runId])).length === 3);
    await scene.tell([taskFinished('asked', { task: 'build', startedAtMs, durationMs: 66_000, memoryBytes: gib })]);

    const rows = await store.rows<{ prediction_id: string; target: string; actual: number; grade: string | null }>(`select prediction_id, target, actual, grade from prediction where run_id = $1 and origin = 'asked' order by target`, [runId]);

    expect(rows.map(({ target, actual }) => [target, actual])).toEqual([['duration', 66_000], ['failure', 0], ['memory', gib]]);
    expect(rows[0]?.prediction_id).toBe(body.predictions[0].duration.prediction_id);
    expect(rows[0]?.grade).toBe('excellent');
  });
});

describe('the accuracy report', () => {
  it('has the floors beside the score, and the score gets better', async () => {
    const { status, body } = await scene.get('/api/v1/accuracy?workflow=release');

    expect(status).toBe(200);
    expect(body.score).toBeGreaterThan(0.8);
    expect(body.verdict).toBe('target');
    const tracked = body.by_target.find(({ target, origin }: { target: string; origin: string }) => target === 'duration' && origin === 'tracked');
    expect(tracked.floors.map(({ name }: { name: string }) => name)).toEqual(['last_success', 'mean_of_ten', 'median', 'average']);
    for (const floor of tracked.floors) expect(floor.within_25).toBeLessThan(tracked.within_25);
    expect(body.thirds).toHaveLength(3);
    expect(body.thirds[2].pinball).toBeLessThan(body.thirds[0].pinball);
    expect(body.workflows[0]).toMatchObject({ workflow: 'release', engine: 'spec', namespace: 'team', drift: null });
  });

  it('says nothing was scored where nothing was', async () => {
    expect((await scene.get('/api/v1/accuracy?workflow=unheard')).body).toMatchObject({ score: null, verdict: null, scored: 0, thirds: [], improvement: null });
    expect((await scene.get('/api/v1/accuracy', 'tenant-2')).body.scored).toBe(0);
    expect((await scene.get('/api/v1/accuracy?since=yesterday')).status).toBe(400);
  });
});

describe('asking over gRPC', () => {
  const client = () => createClient(Predictor, createGrpcTransport({ baseUrl: scene.grpcUrl }));

  it('gives the same answers', async () => {
    const { duration, memory, failure, nextTask } = await client().predict({ workflow: 'release', task: 'test', inputSizeBytes: 3 * gib, finishedTasks: ['build'] });

    expect((duration?.p50Ms ?? 0) / (3 * minuteMs)).toBeCloseTo(1, 1);
    expect(memory?.retryAllocationsBytes.length).toBeGreaterThan(0);
    expect(failure?.reasons.length).toBeGreaterThan(0);
    expect(nextTask?.candidates[0]?.task).toBe('test');
  });

  it('answers a batch, and leaves out what was not asked', async () => {
    const { responses } = await client().predictBatch({ requests: [{ workflow: 'release', task: 'build', targets: [PredictionTarget.DURATION] }, { workflow: 'release', task: 'deploy' }] });

    expect(responses).toHaveLength(2);
    expect(responses[0]?.failure).toBeUndefined();
  });

  it('says what is wrong, with the code that fits', async () => {
    await expect(client().predict({ workflow: 'unheard' })).rejects.toMatchObject({ code: Code.NotFound });
    await expect(client().predict({})).rejects.toMatchObject({ code: Code.InvalidArgument });
    await expect(client().predictBatch({ requests: [] })).rejects.toMatchObject({ code: Code.InvalidArgument });
    await expect(client().predict({ workflow: 'release' }, { headers: { [tenantHeader]: 'nobody' } })).rejects.toMatchObject({ code: Code.Unauthenticated });
  });
});
