import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Code, createClient } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import { Scheduler } from '@orrery/contracts';
import { eventually, tenantHeader, type TestStore } from '@orrery/testing';
import { openStore, poolOf, runOf, SchedulerScene } from './scheduler-scene.js';

let store: TestStore;
let scene: SchedulerScene;

beforeAll(async () => {
  store = await openStore();
  scene = await SchedulerScene.open(store);
});
afterAll(async () => {
  await scene.close();
  await store.close();
});

const chain = [
  { name: 'build', duration_ms: 60_000, finished: 1 },
  { name: 'test', count: 4, duration_ms: 30_000, depends_on: ['build'], memory_bytes: 1000 },
  { name: 'deploy', duration_ms: 5000, depends_on: ['test'] },
];

describe('asking what to start next', () => {
  it('gives each run its share of the free slots, with reasons and what the heuristic would have done', async () => {
    const { status, body } = await scene.decide({ policy: 'fair', pools: [poolOf(4)], runs: [runOf(0, chain), runOf(1, chain)] });

    expect(status).toBe(200);
    expect(body.policy).toEqual({ name: 'fair', version: 0 });
    expect(body.assignments.map(({ run_id: run, task, count }: Record<string, unknown>) => [run, task, count]).sort()).toEqual([['run-0', 'test', 2], ['run-1', 'test', 2]]);
    expect(body.assignments[0]).toMatchObject({ pool_id: 'machine', memory_bytes: 1000, reason: expect.stringContaining('test') });
    expect(body.heuristic_assignments.length).toBeGreaterThan(0);
    expect(body).toMatchObject({ fallback: '', experiment_id: '', arm: '', took_ms: expect.any(Number) });
  });

  it('starts nothing that waits for something, does not fit, or would be more than a quota', async () => {
    const { body } = await scene.decide({
      pools: [poolOf(8, { memory_bytes: 4000, free_memory_bytes: 2500 })],
      runs: [runOf(0, chain), runOf(1, [{ name: 'big', memory_bytes: 3000 }]), runOf(2, [{ name: 'many', count: 50 }], { quota_slots: 3 }), runOf(3, [{ name: 'elsewhere', pool_ids: ['other'] }])],
    });

    const counts = Object.fromEntries(body.assignments.map(({ run_id: run, count }: { run_id: string; count: number }) => [run, count]));
    expect(counts).toEqual({ 'run-0': 2, 'run-2': 3 });
  });

  it('decides by the policy that is asked for', async () => {
    const runs = [runOf(0, [{ name: 'long', count: 4, duration_ms: 100_000 }]), runOf(1, [{ name: 'short', count: 4, duration_ms: 1000 }])];
    const firstBy = async (policy: string) => (await scene.decide({ policy, pools: [poolOf(2)], runs })).body;

    expect(await firstBy('fifo')).toMatchObject({ policy: { name: 'fifo', version: 0 }, assignments: [{ run_id: 'run-0', count: 2 }] });
    expect(await firstBy('srpt-cp')).toMatchObject({ policy: { name: 'srpt-cp', version: 0 }, assignments: [{ run_id: 'run-1', count: 2 }] });
  });

  it('has nothing to say where nothing can start', async () => {
    expect((await scene.decide({ pools: [poolOf(4)], runs: [] })).body.assignments).toEqual([]);
    expect((await scene.decide({ pools: [poolOf(4, { free_slots: 0 })], runs: [runOf(0, chain)] })).body.assignments).toEqual([]);
  });
});

describe('a question that cannot be answered', () => {
  const task = { name: 'a' };
  const cycle = [{ name: 'a', depends_on: ['b'] }, { name: 'b', depends_on: ['a'] }];
  const asking = (change: object) => ({ pools: [poolOf(1)], runs: [runOf(0, [task])], ...change });

  it.each([
    ['no pool', asking({ pools: [] }), 400, 'body.pools'],
    ['two runs of one name', asking({ runs: [runOf(0, [task]), runOf(0, [task])] }), 400, 'two runs are called run-0'],
    ['two tasks of one name', asking({ runs: [runOf(0, [task, task])] }), 400, 'run run-0: two tasks are called a'],
    ['two pools of one name', asking({ pools: [poolOf(1), poolOf(1)] }), 400, 'two pools are called machine'],
    ['a task that is not there', asking({ runs: [runOf(0, [{ name: 'a', depends_on: ['ghost'] }])] }), 400, 'depends on ghost'],
    ['a circle', asking({ runs: [runOf(0, cycle)] }), 400, 'wait for each other: a, b'],
    ['more free slots than slots', asking({ pools: [poolOf(1, { free_slots: 2 })] }), 400, '2 free slots of 1'],
    ['more done than there is', asking({ runs: [runOf(0, [{ name: 'a', running: 1, finished: 1 }])] }), 400, '1 running and 1 finished'],
    ['NUL', asking({ runs: [runOf(0, [{ name: 'a\0' }])] }), 400, 'NUL'],
    ['no number', asking({ runs: [runOf(0, [{ name: 'a', duration_ms: null }])] }), 400, 'body.runs.0.tasks.0.duration_ms'],
    ['an unknown policy', asking({ policy: 'fiffo' }), 404, 'fiffo'],
    ['too many runs', asking({ runs: Array.from({ length: 2001 }, (_, number) => runOf(number, [task])) }), 413, '2001 runs'],
  ])('says what is wrong: %s', async (_, question, status, word) => {
    const answer = await scene.decide(question);

    expect([answer.status, JSON.stringify(answer.body)]).toEqual([status, expect.stringContaining(word)]);
  });
});

describe('what was decided', () => {
  it('stands in the ledger with what the heuristic would have done, and goes to the log', async () => {
    const { body } = await scene.decide({ scheduler: 'ledger', policy: 'srpt-cp', pools: [poolOf(2)], runs: [runOf(7, chain)] });
    await eventually(async () => (await store.rows(`select 1 from decision where scheduler = 'ledger'`)).length === 1);
    const [kept] = (await scene.get('/api/v1/schedule/decisions?scheduler=ledger')).body.items;

    expect(kept).toMatchObject({ decision_id: body.decision_id, policy: { name: 'srpt-cp', version: 0 }, runs: 1, free_slots: 2, assignments: body.assignments, heuristic_assignments: body.heuristic_assignments });
    for (const query of ['run_id=run-7', 'policy=srpt-cp', 'fallback=none']) {
      const { items } = (await scene.get(`/api/v1/schedule/decisions?scheduler=ledger&${query}`)).body;
      expect(items.map(({ decision_id: id }: { decision_id: string }) => id)).toEqual([body.decision_id]);
    }
    expect((await scene.get('/api/v1/schedule/decisions?scheduler=ledger&run_id=run-8')).body.items).toEqual([]);
    expect((await scene.get('/api/v1/schedule/decisions?scheduler=ledger', 'tenant-2')).body.items).toEqual([]);
  });

  it('is given out page by page', async () => {
    for (let count = 0; count < 3; count += 1) await scene.decide({ scheduler: 'pages', pools: [poolOf(1)], runs: [runOf(count, chain)] });
    await eventually(async () => (await store.rows(`select 1 from decision where scheduler = 'pages'`)).length === 3);
    const first = (await scene.get('/api/v1/schedule/decisions?scheduler=pages&limit=2')).body;
    const second = (await scene.get(`/api/v1/schedule/decisions?scheduler=pages&limit=2&cursor=${first.next_cursor}`)).body;

    expect([first.items.length, second.items.length, second.next_cursor]).toEqual([2, 1, null]);
    expect(new Set([...first.items, ...second.items].map(({ decision_id: id }) => id)).size).toBe(3);
    expect((await scene.get('/api/v1/schedule/decisions?cursor=x')).status).toBe(400);
  });
});

describe('asking over gRPC', () => {
  const client = () => createClient(Scheduler, createGrpcTransport({ baseUrl: scene.grpcUrl }));
  const pools = [{ poolId: 'machine', slots: 4, freeSlots: 4 }];
  const runs = [{ runId: 'one', workflow: 'release', submittedAtMs: 0, tasks: [{ name: 'a', count: 3, durationMs: 1000 }] }];

  it('gives the same answers', async () => {
    const { assignments, heuristicAssignments, policy, decisionId } = await client().decide({ policy: 'fifo', pools, runs });

    expect(assignments).toMatchObject([{ runId: 'one', task: 'a', poolId: 'machine', count: 3 }]);
    expect(assignments[0]?.bid).toBeUndefined();
    expect([heuristicAssignments.length, policy?.name]).toEqual([1, 'fifo']);
    expect(decisionId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('says what is wrong, with the code that fits', async () => {
    await expect(client().decide({})).rejects.toMatchObject({ code: Code.InvalidArgument });
    await expect(client().decide({ policy: 'fiffo', pools, runs })).rejects.toMatchObject({ code: Code.NotFound });
    await expect(client().decide({ pools, runs: [{ ...runs[0], weight: NaN }] })).rejects.toMatchObject({ code: Code.InvalidArgument });
    await expect(client().decide({ pools, runs }, { headers: { [tenantHeader]: 'nobody' } })).rejects.toMatchObject({ code: Code.Unauthenticated });
  });
});
