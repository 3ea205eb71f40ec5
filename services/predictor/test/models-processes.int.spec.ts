import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@orrery/testing';
import { durationExamples, modelConfig, ModelsScene } from './models-scene.js';

let scene: ModelsScene;
const children = new Set<ChildProcess>();

beforeAll(async () => {
  scene = await ModelsScene.open();
  await scene.serve();
});
afterEach(() => scene.reset());
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await scene.close();
});

async function startProcess(): Promise<ChildProcess> {
  const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));
  const child = fork(file('models-training-process.ts'), [scene.store.url, '1000'], {
    execArgv: ['--conditions=orrery-source', '--import', file('../../../libs/persistence/test/typescript-hooks.mjs')],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  children.add(child);
  await once(child, 'message');
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
  children.delete(child);
}

/** Enough for a training that takes a while. */
const many = { ...modelConfig, ORRERY_PREDICTOR_TRAINING_ROWS: 50_000 };

const ask = async (kind = 'duration'): Promise<string> => (await scene.call('POST', 'trainings', { body: { kind } })).body.training_id;
const trainingOf = async (id: string) => (await scene.call('GET', `trainings/${id}`)).body;

async function came(id: string, status: string): Promise<void> {
  await eventually(async () => (await trainingOf(id)).status === status);
}

describe('a process that is killed while it trains', () => {
  it('loses its training, which is marked so and can be started again', async () => {
    await scene.addExamples(durationExamples(6000, 0.5));
    const child = await startProcess();
    const id = await ask();
    await came(id, 'running');
    await kill(child);
    scene.train();
    await came(id, 'lost');

    expect(await trainingOf(id)).toMatchObject({ message: 'the process that trained it is gone; it can be started again', model_version: null });
    expect(await scene.store.rows('select 1 from training_queue')).toEqual([]);
    expect(await scene.trained({ kind: 'duration' })).toMatchObject({ status: 'succeeded', model_version: 1 });
  }, 120_000);
});

describe('several processes', () => {
  it('never train the same: each training makes one model', async () => {
    await scene.addExamples(durationExamples(400, 0.5));
    const tenants = ['team-a', 'team-b', 'team-c'];
    for (const tenantId of tenants) await scene.addExamples(durationExamples(400, 0.5), tenantId);
    const asked = await Promise.all(tenants.flatMap((tenantId) => ['duration', 'memory'].map((kind) => scene.call('POST', 'trainings', { body: { kind }, tenantId }))));
    expect(asked.map(({ status }) => status)).toEqual(Array(6).fill(202));
    for (let process = 0; process < 3; process++) scene.train();
    await eventually(async () => (await scene.store.rows(`select 1 from training where status = 'succeeded'`)).length === 6);

    expect(await scene.store.rows('select tenant_id, kind, count(*)::int as count from model group by 1, 2 having count(*) > 1')).toEqual([]);
    expect(await scene.store.rows('select 1 from model')).toHaveLength(6);
    // Equal examples and seeds, whoever trains.
    expect(await scene.store.rows(`select distinct checksum from model where kind = 'duration'`)).toHaveLength(1);
  });

  it('leave the result to the one that has the training', async () => {
    await scene.addExamples(durationExamples(6000, 0.5));
    scene.train({ config: many });
    const id = await ask();
    await came(id, 'running');
    await scene.store.admin.query(`update training_queue set claimed_until = now() - interval '1 hour'`);
    scene.train({ config: many });
    await eventually(async () => ['lost', 'succeeded'].includes((await trainingOf(id)).status));
    await scene.stopTraining();

    const { status } = await trainingOf(id);
    expect(await scene.store.rows('select 1 from model')).toHaveLength(status === 'lost' ? 0 : 1);
  });
});

describe('a training that runs', () => {
  it('tells how far it is, and is cancelled without a model', async () => {
    await scene.addExamples(durationExamples(6000, 0.5));
    scene.train({ config: many });
    const id = await ask();
    await eventually(async () => (await trainingOf(id)).progress?.phase === 'training');

    expect((await trainingOf(id)).progress).toMatchObject({ share: expect.any(Number), words: expect.stringMatching(/^quantile 0\.5, tree \d+ of 300, validation loss \d/) });
    expect((await scene.call('DELETE', `trainings/${id}`)).status).toBe(204);
    expect(await trainingOf(id)).toMatchObject({ status: 'cancelled' });
    await scene.addExamples(durationExamples(400, 0.5), 'other');
    // The process is free for the next one.
    expect(await scene.trained({ kind: 'duration' }, 'other')).toMatchObject({ status: 'succeeded' });
    expect(await scene.store.rows(`select tenant_id from model`)).toEqual([{ tenant_id: 'other' }]);
  });

  it('goes back into the queue when its process is stopped, for the next one', async () => {
    await scene.addExamples(durationExamples(6000, 0.5));
    scene.train({ config: many });
    const id = await ask();
    await came(id, 'running');
    await scene.stopTraining();

    expect(await trainingOf(id)).toMatchObject({ status: 'queued', started_at: null });
    scene.train({ config: many });
    await came(id, 'succeeded');
  });

  it('does not keep the service from answering', async () => {
    await scene.addExamples(durationExamples(6000, 0.5));
    scene.train({ config: many });
    const id = await ask();
    let answers = 0;
    while ((await trainingOf(id)).status !== 'succeeded') answers++;

    // On this thread there would be one, at the end.
    expect(answers).toBeGreaterThan(10);
  });
});

describe('the queue', () => {
  it('says so while the database is away, and goes on when it is back', async () => {
    const process = scene.train();
    await scene.store.admin.query('alter table training_queue rename to training_queue_away');
    await eventually(() => process.fault() !== undefined);
    await scene.store.admin.query('alter table training_queue_away rename to training_queue');

    await eventually(() => process.fault() === undefined);
  });
});

describe('automatic training', () => {
  const config = { ...modelConfig, ORRERY_PREDICTOR_AUTO_TRAINING: true };
  const timing = { leaseMs: 2000, pollMs: 20, heartbeatMs: 50, championMs: 0, automaticMs: 50 };
  const asked = () => scene.store.rows<{ kind: string; requested_by: string; status: string }>(`select kind, requested_by, status from training where kind <> 'next_task' order by kind, requested_at`);

  it('begins when enough has come since the last time, for the kinds that can be learned, and not again before', async () => {
    await scene.store.admin.query(`insert into known_tenant values ('default')`);
    const withoutMemory = durationExamples(400, 0.5).map((example) => ({ ...example, outcome: 'success', peakMemoryBytes: 0 }));
    await scene.addExamples(withoutMemory);
    scene.train({ config, timing });
    await eventually(async () => (await asked()).some(({ status }) => status === 'succeeded'));

    expect(await asked()).toEqual([{ kind: 'duration', requested_by: 'automatic', status: 'succeeded' }]);
    await scene.addExamples(withoutMemory.slice(0, 250));
    await scene.addExamples(durationExamples(10, 0.5));
    expect(await asked()).toHaveLength(1);
    await scene.addExamples(withoutMemory.slice(0, 100));
    await eventually(async () => (await asked()).filter(({ status }) => status === 'succeeded').length === 2);
  });

  it('reaches each workflow that has enough tasks', async () => {
    await scene.store.admin.query(`insert into known_tenant values ('default')`);
    const of = (workflowId: string, count: number) => durationExamples(count, 0).map((example) => ({ ...example, workflowId, outcome: 'skip' }));
    await scene.addExamples([...of('w-1', 320), ...of('w-2', 250), ...of('w-3', 310)]);
    scene.train({ config, timing });
    const ofWorkflows = () => scene.store.rows<{ scope: string; status: string }>(`select scope, status from training where kind = 'next_task' order by scope`);

    await eventually(async () => (await ofWorkflows()).filter(({ status }) => status === 'succeeded').length === 2);
    expect((await ofWorkflows()).map(({ scope }) => scope)).toEqual(['w-1', 'w-3']);
  });

  it('comes once a day although little came, and can be switched off', async () => {
    await scene.store.admin.query(`insert into known_tenant values ('default')`);
    await scene.addExamples(durationExamples(400, 0.5));
    const off = scene.train({ timing });
    const dayLater = () => Date.now() + 25 * 3_600_000;
    await scene.trained({ kind: 'duration' });
    await scene.trained({ kind: 'memory' });
    await scene.addExamples(durationExamples(60, 0.5));
    await off.stop();
    expect(await asked()).toHaveLength(2);
    scene.train({ config, timing, now: dayLater });

    await eventually(async () => (await asked()).filter(({ requested_by: by }) => by === 'automatic').length === 2);
  });
});
