import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { epochMs, specRunId, taskFinished, usualTasks, type TestStore } from '@orrery/testing';
import { openStore, ServiceScene } from './baseline-scene.js';

let store: TestStore;
let scene: ServiceScene;

beforeAll(async () => {
  store = await openStore();
  scene = await ServiceScene.open(store);
});
afterAll(async () => {
  await scene.close();
  await store.close();
});

const later = epochMs + 86_400_000;

describe('the baseline service when facts come in', () => {
  it('shows what is normal for a task, on every level of its key', async () => {
    await scene.tell(usualTasks(30, { image: 'node:24', memoryBytes: 2 ** 28 }));

    const { body } = await scene.get('/api/v1/baselines?workflow=release&subject=task');

    expect(body.items.map(({ level }: { level: number }) => level).sort()).toEqual([0, 1]);
    expect(body.items[0]).toMatchObject({ workflow: 'release', task: 'build', count: 30, is_speaking: true, success_rate: { mean: expect.any(Number) }, metrics: { duration: { unit: 'ms', count: 30 }, memory: { unit: 'By' }, cost: null } });
    expect(body.items[0].metrics.duration.p50).toBeGreaterThan(60_000);
    expect(body.items[0].metrics.duration.p50).toBeLessThan(64_500);
  });

  it('opens an anomaly for a task that takes ten times as long, and shows it by the run', async () => {
    await scene.tell([taskFinished('slow', { startedAtMs: later, durationMs: 600_000, image: 'node:24' })]);

    const { body } = await scene.get(`/api/v1/anomalies?run_id=${specRunId('slow')}`);

    expect(body.items).toMatchObject([
      { type: 'duration', status: 'open', cause: 'duration:slow', actual: 600_000, unit: 'ms', count: 1, subject: { workflow: 'release', task: 'build' }, baseline: { level: 0 }, run_ids: [specRunId('slow')], resolution: null },
    ]);
  });
});
