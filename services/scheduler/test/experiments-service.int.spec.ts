import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { epochMs, eventually, runFinished, specRunId, taskFinished, type TestStore } from '@orrery/testing';
import { openStore, poolOf, SchedulerScene } from './scheduler-scene.js';

let store: TestStore;
let scene: SchedulerScene;
let nowMs = epochMs;

beforeAll(async () => {
  store = await openStore();
  scene = await SchedulerScene.open(store, { now: () => nowMs });
});
afterAll(async () => {
  await scene.close();
  await store.close();
});

const path = '/api/v1/schedule/experiments';
const minuteMs = 60_000;
const question = (name: string) => ({ now_ms: nowMs, pools: [poolOf(4)], runs: [{ run_id: specRunId(name), workflow: 'release', submitted_at_ms: nowMs, tasks: [{ name: 'build', duration_ms: 20_000 }] }] });

describe('an experiment in the service', () => {
  it('says of each decision whose it was, and finds out how the runs went', async () => {
    const { body: started } = await scene.post(path, { name: 'fifo', kind: 'switchback', policy: 'fifo', control: 'fair', block_seconds: 600, burn_in_seconds: 60, blocks: 16, hold_out: 0 });
    expect(started.status).toBe('running');
    const arms = new Map<string, string>();
    for (let block = 0; block < 16; block += 1) {
      nowMs = epochMs + block * 10 * minuteMs + 2 * minuteMs;
      const { body } = await scene.decide(question(`run-${block}`));
      expect(body).toMatchObject({ experiment_id: started.experiment_id, fallback: '', policy: { name: body.arm === 'treatment' ? 'fifo' : 'fair', version: 0 } });
      arms.set(`run-${block}`, body.arm);
    }
    expect([...arms.values()].filter((arm) => arm === 'treatment')).toHaveLength(8);
    // Whoever names a policy gets it; in a burn-in, where it does not count.
    nowMs = epochMs + 15 * 10 * minuteMs + 10_000;
    expect((await scene.decide({ ...question('asked'), policy: 'srpt-cp' })).body).toMatchObject({ experiment_id: '', arm: '' });
    await eventually(async () => (await store.rows('select from run_outcome where scheduler is not null')).length === 17);

    const told = [...arms].map(([name, arm], block) => ({ name, startedAtMs: epochMs + block * 10 * minuteMs + 2 * minuteMs, durationMs: (arm === 'treatment' ? 20_000 : 40_000) + block }));
    await scene.tell(told.map(({ name, ...times }) => taskFinished(name, { ...times, task: 'build' })));
    await scene.tell(told.map(({ name, ...times }) => runFinished(name, times)));
    nowMs = epochMs + 17 * 10 * minuteMs;
    await eventually(async () => (await scene.get(`${path}/${started.experiment_id}`)).body.status === 'completed');

    const { body } = await scene.get(`${path}/${started.experiment_id}`);
    expect(body.result).toMatchObject({ verdict: 'better', pairs: 8, p_value: 2 / 256, control: { runs: 8, unfinished: 0 }, treatment: { runs: 8, unfinished: 0 } });
    expect(body.result.completion.ratio).toBeCloseTo(0.5, 3);
    expect(body.result.resource.ratio).toBeCloseTo(0.5, 3);
  });

  it('knows the runs of an engine that asks by its own ids', async () => {
    await scene.decide({ ...question('own'), runs: [{ ...question('own').runs[0], run_id: 'own-1' }] });
    await eventually(async () => (await store.rows("select from run_outcome where run_id = 'own-1'")).length === 1);
    await scene.tell([runFinished('own-1', { startedAtMs: nowMs, durationMs: 5000 })]);

    await eventually(async () => (await store.rows("select from run_outcome where run_id = 'own-1' and finished_at is not null")).length === 1);
  });

  it('lets a shadow decide beside what serves', async () => {
    const { body: started } = await scene.post(path, { name: 'watch', kind: 'shadow', policy: 'srpt-cp' });
    const before = await scene.decide(question('shadowed'));
    expect(before.body).toMatchObject({ experiment_id: started.experiment_id, arm: 'control' });

    await eventually(async () => (await scene.get(`${path}/${started.experiment_id}`)).body.shadow.decisions === 1);
    expect((await scene.get(`${path}/${started.experiment_id}`)).body.shadow).toMatchObject({ missing: 0, agreement: 1, slot_agreement: 1, latency_ms: { p50: expect.any(Number) } });
    expect(await scene.post(`${path}/${started.experiment_id}/stop`)).toMatchObject({ status: 200, body: { status: 'stopped' } });
    expect((await scene.decide(question('later'))).body).toMatchObject({ experiment_id: '', arm: '' });
  });
});
