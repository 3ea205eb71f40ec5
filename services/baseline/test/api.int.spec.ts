import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Outcome } from '@orrery/contracts';
import { epochMs, runFinished, taskFinished, usualTasks, type TestStore } from '@orrery/testing';
import { openStore, ServiceScene } from './baseline-scene.js';

const dayMs = 86_400_000;

let store: TestStore;
let scene: ServiceScene;

beforeAll(async () => {
  store = await openStore();
  scene = await ServiceScene.open(store);
  for (const workflow of ['alpha', 'beta']) {
    for (const task of ['build', 'check']) {
      await scene.tell(usualTasks(25, { workflow, task }));
      await scene.tell([taskFinished(`slow-${workflow}`, { workflow, task, startedAtMs: epochMs + dayMs + (task === 'build' ? 0 : 3_600_000), durationMs: 900_000 })]);
    }
    await scene.tell([runFinished(`slow-${workflow}`, { workflow, startedAtMs: epochMs + dayMs, outcome: Outcome.FAILURE })]);
  }
});
afterAll(async () => {
  await scene.close();
  await store.close();
});

describe('GET /api/v1/anomalies', () => {
  const list = async (query: string) => (await scene.get(`/api/v1/anomalies${query}`)).body.items.map(({ subject }: { subject: { workflow: string; task: string } }) => `${subject.workflow}/${subject.task}`);

  it('lists the latest detection first, page by page', async () => {
    const all = await list('');
    const first = await scene.get('/api/v1/anomalies?limit=3');
    const second = await scene.get(`/api/v1/anomalies?limit=3&cursor=${first.body.next_cursor}`);

    expect(all).toHaveLength(4);
    expect(all.slice(0, 2).sort()).toEqual(['alpha/check', 'beta/check']);
    expect([first.body.items.length, second.body.items.length, second.body.next_cursor]).toEqual([3, 1, null]);
  });

  it.each([
    ['?workflow=alpha', ['alpha/build', 'alpha/check']],
    ['?task=check&workflow=beta', ['beta/check']],
    ['?status=acknowledged', []],
    ['?status=unresolved&type=duration&workflow=alpha&task=build', ['alpha/build']],
    ['?severity=info', []],
    ['?type=memory', []],
    [`?workflow=alpha&since=${new Date(epochMs + dayMs + 3_700_000).toISOString()}`, ['alpha/check']],
    [`?workflow=alpha&until=${new Date(epochMs + dayMs + 3_700_000).toISOString()}`, ['alpha/build']],
  ])('finds by %s', async (query, expected) => {
    expect([...(await list(query))].sort()).toEqual(expected);
  });

  it('finds by the run that shows it and by whose it is', async () => {
    const [anomaly] = (await scene.get('/api/v1/anomalies?workflow=alpha&task=build')).body.items;

    expect(await list(`?key_id=${anomaly.subject.key_id}`)).toEqual(['alpha/build']);
    expect([...(await list(`?run_id=${anomaly.run_ids[0]}`))].sort()).toEqual(['alpha/build', 'alpha/check']);
  });

  it('counts', async () => {
    const { body } = await scene.get(`/api/v1/anomalies/statistics?since=${new Date(epochMs).toISOString()}`);

    expect(body).toEqual({ detected: 4, open: 4, acknowledged: 0, resolved: 0, false_positives: 0, false_positive_rate: 0, by_type: { duration: { detected: 4, false_positives: 0 } }, observations: 106 });
  });
});

describe('GET /api/v1/baselines', () => {
  it('lists the latest update first, page by page', async () => {
    const all = await scene.get('/api/v1/baselines');
    const first = await scene.get('/api/v1/baselines?limit=4');
    const second = await scene.get(`/api/v1/baselines?limit=4&cursor=${first.body.next_cursor}`);
    const times = all.body.items.map(({ updated_at: at }: { updated_at: string }) => at);

    expect(all.body.items).toHaveLength(6);
    expect(times).toEqual([...times].sort().reverse());
    expect([...first.body.items, ...second.body.items]).toEqual(all.body.items);
  });

  it.each([
    ['?workflow=alpha', 3],
    ['?subject=run', 2],
    ['?task=check', 2],
    ['?engine=other', 0],
    ['?q=ALPH', 3],
    ['?q=%25', 0],
  ])('finds by %s', async (query, count) => {
    expect((await scene.get(`/api/v1/baselines${query}`)).body.items).toHaveLength(count);
  });

  it('shows a failed run in the success rate and not in the durations', async () => {
    const { body } = await scene.get('/api/v1/baselines?subject=run&workflow=alpha');

    expect(body.items[0]).toMatchObject({ count: 1, success_rate: { recent: 0 }, metrics: { duration: null } });
  });
});

describe('a request that cannot be', () => {
  it.each([
    ['/api/v1/anomalies?status=closed', 400, 'status'],
    ['/api/v1/anomalies?limit=501', 400, 'limit'],
    ['/api/v1/anomalies?since=yesterday', 400, 'since'],
    ['/api/v1/anomalies?cursor=abc', 400, 'cursor'],
    ['/api/v1/baselines?flavour=x', 400, 'flavour'],
    ['/api/v1/baselines/for', 400, 'workflow'],
    ['/api/v1/baselines/not-an-id', 400, 'key_id'],
    [`/api/v1/baselines/${'0'.repeat(32)}`, 404, 'there is no baseline'],
    [`/api/v1/anomalies/${'0'.repeat(32)}`, 404, 'there is no anomaly'],
  ])('to %s is refused with a reason', async (path, status, reason) => {
    const { status: given, body } = await scene.get(path);

    expect([given, body.detail]).toEqual([status, expect.stringContaining(reason)]);
  });

  it('does not take a cursor of another listing', async () => {
    const { body } = await scene.get('/api/v1/baselines?limit=1');

    expect((await scene.get(`/api/v1/anomalies?cursor=${body.next_cursor}`)).status).toBe(400);
  });

  it.each([
    ['/api/v1/anomaly-rules/preview', { workflow: 'alpha', metric: 'speed', threshold: 2 }, 'metric'],
    ['/api/v1/anomaly-rules/preview', { workflow: 'alpha', metric: 'duration', threshold: -1 }, 'threshold'],
    [`/api/v1/anomalies/${'0'.repeat(32)}/mute`, { for_s: 1, until: '2026-01-01T00:00:00Z' }, 'until or for_s'],
    [`/api/v1/anomalies/${'0'.repeat(32)}/resolve`, { why: 'x' }, 'why'],
  ])('posted to %s is refused with a reason', async (path, body, reason) => {
    expect(await scene.post(path, body)).toMatchObject({ status: 400, body: { detail: expect.stringContaining(reason) } });
  });
});
