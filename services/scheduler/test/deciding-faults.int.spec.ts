import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, type TestStore } from '@orrery/testing';
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

const tables = ['policy', 'policy_choice', 'task_estimate', 'decision'];
const rename = async (from: string, to: string) => {
  for (const table of tables) await store.admin.query(`alter table ${table}${from} rename to ${table}${to}`);
};
const question = { scheduler: 'faults', policy: 'fifo', pools: [poolOf(2)], runs: [runOf(0, [{ name: 'build', count: 4 }])] };

describe('while the tables are away', () => {
  it('engines are answered, and what was decided is written when they are back, each once', async () => {
    await rename('', '_away');
    const answers = [await scene.decide(question), await scene.decide(question, 'tenant-2')];
    const { body: serving } = await scene.decide({ ...question, policy: '' });
    await rename('_away', '');

    expect(answers.map(({ status, body }) => [status, body.assignments[0].count])).toEqual([[200, 2], [200, 2]]);
    expect(serving.fallback).toBe('');
    await eventually(async () => (await store.rows(`select 1 from decision where scheduler = 'faults'`)).length === 3);
    expect((await store.rows<{ decision_id: string }>(`select decision_id from decision where scheduler = 'faults' and tenant_id = 'tenant-2'`)).map(({ decision_id: id }) => id)).toEqual([answers[1]?.body.decision_id]);
  });
});

describe('while somebody holds the tables', () => {
  it('engines wait for nobody', async () => {
    await store.admin.query('begin');
    await store.admin.query('lock table policy, policy_choice, task_estimate in access exclusive mode');
    const { status, body } = await scene.decide({ ...question, policy: '' }, 'tenant-3');
    await store.admin.query('rollback');

    expect([status, body.assignments[0].count]).toEqual([200, 2]);
  });
});
