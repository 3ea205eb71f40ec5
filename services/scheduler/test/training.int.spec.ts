import 'reflect-metadata';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { registeredRoutes, eventually, tenantHeader } from '@orrery/testing';
import { ScheduleEvaluationsController, ScheduleTrainingsController, ScheduleWorkloadsController } from '../src/training/jobs/learning.controllers.js';
import { evaluationOperations, trainingOpenApi, trainingOperations, workloadOperations } from '../src/training/training-openapi.js';
import { smallJobs, smallTraining, TrainingScene } from './training-scene.js';

let scene: TrainingScene;
beforeAll(async () => {
  scene = await TrainingScene.open();
});
afterEach(() => scene.reset());
afterAll(() => scene.close());

const trainings = '/api/v1/schedule/trainings';
const evaluations = '/api/v1/schedule/evaluations';
const workloads = '/api/v1/schedule/workloads';

describe('a training', () => {
  it('waits its turn, says how far it is, and ends with a report in which every claim has its baseline', async () => {
    const workload = await scene.upload();
    const { status, body: asked } = await scene.post(trainings, { ...smallTraining, workload, name: 'mine', by: 'ada', generations: 3 });
    expect(status).toBe(202);
    expect(asked).toMatchObject({ name: 'mine', status: 'queued', requested_by: 'ada', jobs_before: 0, progress: null, policy: null, card: null, request: { workload, lambda: 0, seed: 1, generations: 3, sequences: 6, scenario: 'batch' } });

    scene.work();
    const seen = new Set<string>();
    await eventually(async () => {
      const { body } = await scene.get(`${trainings}/${asked.training_id}`);
      if (body.progress !== null) seen.add(body.progress.phase);
      return !['queued', 'running'].includes(body.status);
    });
    const ended = await scene.ended(`trainings/${asked.training_id}`);
    expect(['succeeded', 'refused']).toContain(ended.status);
    expect(ended).toMatchObject({ attempt: 1, policy: ended.status === 'succeeded' ? { name: 'learned', version: 2 } : null, finished_at: expect.any(String) });
    expect(seen.size).toBeGreaterThan(0);
    expect(ended.card).toMatchObject({ name: 'mine', training_id: asked.training_id, requested_by: 'ada', objective: { lambda: 0 }, workload: { name: 'small', kinds: 2 }, training: { seed: 1, generations: 3 }, decision: { is_published: ended.status === 'succeeded' } });
    expect(ended.card.scenarios.map(({ is_stress: isStress }: { is_stress: boolean }) => isStress)).toEqual([false, ...new Array(12).fill(true)]);
    const [main] = ended.card.scenarios;
    expect(main).toMatchObject({ sequences: 6, first_seed: 1000, executors: 6, jobs: 5 });
    expect(main.figures.map(({ policy }: { policy: string }) => policy)).toEqual(['mine', 'tuned', 'fifo', 'fair', 'weighted-fair', 'sjf-cp', 'srpt-cp', 'critical-path']);
    expect(ended.card.claims[0]).toMatch(/ % (lower|higher) mean completion time \(95 % interval .* %, 6 sequences\) than tuned, .* on small, batch of 5 jobs on 6 executors$/);
    expect((await scene.get(trainings)).body.items).toMatchObject([{ training_id: asked.training_id, card: null }]);
  });

  it('gives the same policy for the same seed, whatever the number of threads', async () => {
    const workload = await scene.upload();
    const reportOf = async (workerCount: number) => {
      const { body } = await scene.post(trainings, { ...smallTraining, workload, name: 'mine' });
      scene.work({ workerCount });
      const { card } = await scene.ended(`trainings/${body.training_id}`);
      await scene.stopWork();
      return JSON.stringify(card.scenarios.map(({ figures }: { figures: readonly Record<string, unknown>[] }) => figures.map(({ mean_completion_s: mean, executor_seconds: cost }) => [mean, cost])));
    };
    expect(await reportOf(1)).toBe(await reportOf(3));
  });

  it('can be cancelled while it waits and while it runs', async () => {
    const workload = await scene.upload();
    const long = { ...smallTraining, workload, generations: 2000 };
    const [running, waiting] = [(await scene.post(trainings, long)).body, (await scene.post(trainings, long)).body];
    expect(waiting.jobs_before).toBe(1);
    const cancel = (id: string) => scene.call('DELETE', `${trainings}/${id}`, undefined, 'default');
    expect((await cancel(waiting.training_id)).status).toBe(204);
    scene.work();
    await eventually(async () => (await scene.get(`${trainings}/${running.training_id}`)).body.progress !== null);
    expect((await cancel(running.training_id)).status).toBe(204);
    expect(await scene.ended(`trainings/${running.training_id}`)).toMatchObject({ status: 'cancelled', message: 'cancelled by hand' });
    expect(await cancel(running.training_id)).toMatchObject({ status: 409, body: { detail: `training ${running.training_id} is over: cancelled` } });
    expect(await scene.store.rows('select 1 from learning_queue')).toEqual([]);
  });

  it('goes back into the queue when the service stops, and is done by the next', async () => {
    const workload = await scene.upload();
    const { body } = await scene.post(trainings, { ...smallTraining, workload, generations: 4 });
    scene.work();
    await eventually(async () => (await scene.get(`${trainings}/${body.training_id}`)).body.status === 'running');
    await scene.stopWork();
    expect((await scene.get(`${trainings}/${body.training_id}`)).body).toMatchObject({ status: 'queued', attempt: 1, message: 'it goes on when the service does' });
    scene.work();
    expect(await scene.ended(`trainings/${body.training_id}`)).toMatchObject({ attempt: 2 });
  });

  it('is begun anew when its process is lost, and given up with words after the third time', async () => {
    const workload = await scene.upload();
    const { body } = await scene.post(trainings, { ...smallTraining, workload });
    const lose = async (attempt: number) => {
      await scene.store.admin.query(`update learning_job set status = 'running', attempt = $1`, [attempt]);
      await scene.store.admin.query(`update learning_queue set claim_id = gen_random_uuid(), claimed_until = now() - interval '1 s'`);
    };
    await lose(3);
    scene.work();
    expect(await scene.ended(`trainings/${body.training_id}`)).toMatchObject({ status: 'interrupted', message: 'the process that had it was lost 3 times; ask for it again, with fewer generations or smaller jobs' });
    await scene.stopWork();
    const { body: second } = await scene.post(trainings, { ...smallTraining, workload });
    await scene.store.admin.query(`update learning_job set status = 'running', attempt = 1 where job_id = $1`, [second.training_id]);
    await scene.store.admin.query(`update learning_queue set claim_id = gen_random_uuid(), claimed_until = now() - interval '1 s'`);
    scene.work();
    expect(await scene.ended(`trainings/${second.training_id}`)).toMatchObject({ attempt: 2 });
  });

  it('is refused when its words make no sense, when its jobs are not there, and when too many wait', async () => {
    expect(await scene.post(trainings, { generations: 0, colour: 'red' })).toMatchObject({ status: 400, body: { detail: expect.stringMatching(/body\.generations: .*body: /) } });
    expect(await scene.post(trainings, { workload: '0b5b1a0e-5f4e-4c0b-9b5d-0f3f1f1f1f1f' })).toMatchObject({ status: 404 });
    for (let count = 0; count < 10; count += 1) expect((await scene.post(trainings, {})).status).toBe(202);
    expect(await scene.post(trainings, {})).toMatchObject({ status: 429, body: { detail: expect.stringMatching(/^10 trainings and evaluations wait or run already/) } });
    expect((await scene.post(trainings, {}, 'other')).status).toBe(202);
  });

  it('says when there is nothing recorded to learn from', async () => {
    const { body } = await scene.post(trainings, { ...smallTraining, workload: 'recorded' });
    scene.work();
    expect(await scene.ended(`trainings/${body.training_id}`)).toMatchObject({ status: 'failed', message: 'there are no recorded runs to learn from yet; `synthetic` needs none' });
  });
});

describe('an evaluation', () => {
  it('compares policies on the same sequences', async () => {
    const workload = await scene.upload();
    scene.work();
    const { status, body } = await scene.post(evaluations, { workload, executors: 6, batch_jobs: 5, stream_jobs: 8, sequences: 8, policies: ['fifo', 'fair', 'tuned'], against: ['fifo', 'tuned'] });
    expect(status).toBe(202);
    const ended = await scene.ended(`evaluations/${body.evaluation_id}`);
    expect(ended).toMatchObject({ status: 'succeeded', result: { scenarios: [{ name: 'batch', sequences: 8, first_seed: 0 }, { name: 'stream', sequences: 5 }], tuned: { batch: expect.any(String) } } });
    const [batch] = ended.result.scenarios;
    expect(batch.figures.map(({ policy }: { policy: string }) => policy)).toEqual(['tuned', 'fifo', 'fair']);
    expect(batch.comparisons.map(({ policy, baseline }: { policy: string; baseline: string }) => `${policy}/${baseline}`)).toEqual(['tuned/fifo', 'fifo/tuned', 'fair/fifo', 'fair/tuned']);
    expect(batch.comparisons[0].mean_completion).toMatchObject({ percent: expect.any(Number), wins: expect.any(Number) });
    expect((await scene.get(`${trainings}/${body.evaluation_id}`)).status).toBe(404);
  });

  it('fails with words when a policy is not there', async () => {
    scene.work();
    const { body } = await scene.post(evaluations, { policies: ['learned-7'] });
    expect(await scene.ended(`evaluations/${body.evaluation_id}`)).toMatchObject({ status: 'failed', message: 'there is no policy learned-7' });
  });
});

describe('uploaded jobs', () => {
  it('are kept once, listed, and forgotten', async () => {
    const { status, body } = await scene.post(`${workloads}?name=small`, smallJobs);
    expect(status).toBe(201);
    expect(body).toMatchObject({ name: 'small', format: 'dag', kinds: 2, tasks: 18 });
    expect((await scene.post(`${workloads}?name=small`, smallJobs)).body.workload_id).toBe(body.workload_id);
    expect((await scene.get(workloads)).body.workloads).toEqual([body]);
    expect((await scene.call('DELETE', `${workloads}/${body.workload_id}`, undefined, 'default')).status).toBe(204);
    expect((await scene.get(workloads)).body.workloads).toEqual([]);
  });

  it('may be gzipped files, with or without a word of it', async () => {
    const bytes = gzipSync(JSON.stringify(smallJobs));
    for (const headers of [{}, { 'content-encoding': 'gzip' }]) {
      const { url } = scene as unknown as { url: string };
      const response = await fetch(`${url}${workloads}?name=zipped`, { method: 'POST', body: bytes, headers: { ...headers, [tenantHeader]: 'default' } });
      expect(response.status).toBe(201);
    }
  });

  it('are refused with what is wrong in them', async () => {
    expect(await scene.post(`${workloads}?name=x`, { colour: 'red' })).toMatchObject({ status: 400, body: { detail: expect.stringMatching(/^these are no jobs/) } });
    expect((await scene.post(workloads, smallJobs)).status).toBe(400);
    const { url } = scene as unknown as { url: string };
    const bomb = gzipSync(Buffer.alloc(11 * 1024 * 1024, ' '));
    const sent = async (body: Uint8Array<ArrayBuffer>) => (await fetch(`${url}${workloads}?name=x`, { method: 'POST', body, headers: { [tenantHeader]: 'default' } })).status;
    expect(await sent(Uint8Array.from(bomb))).toBe(413);
    expect(await sent(Uint8Array.from(bomb.subarray(0, 50)))).toBe(400);
    expect(await sent(new Uint8Array(0))).toBe(400);
  });
});

describe('tenants', () => {
  it('see nothing of each other', async () => {
    const workload = await scene.upload();
    const { body } = await scene.post(trainings, { ...smallTraining, workload });
    expect((await scene.get(`${trainings}/${body.training_id}`, 'other')).status).toBe(404);
    expect((await scene.get(trainings, 'other')).body.items).toEqual([]);
    expect((await scene.get(workloads, 'other')).body.workloads).toEqual([]);
    expect((await scene.post(trainings, { ...smallTraining, workload }, 'other')).status).toBe(404);
    expect((await scene.call('DELETE', `${trainings}/${body.training_id}`, undefined, 'other')).status).toBe(404);
  });
});

describe('the description of the API', () => {
  it('names every route', () => {
    const described = [...trainingOperations, ...evaluationOperations, ...workloadOperations].map(({ method, path }) => `${method.toUpperCase()} ${path}`).sort();
    expect(registeredRoutes([ScheduleTrainingsController, ScheduleEvaluationsController, ScheduleWorkloadsController]).toSorted()).toEqual(described);
    expect(Object.keys(trainingOpenApi.paths)).toHaveLength(6);
  });
});
