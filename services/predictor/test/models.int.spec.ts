import 'reflect-metadata';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { RequestMethod } from '@nestjs/common';
import { seededRandom } from '@orrery/stats';
import { predictBoosted } from '../src/domain/boosted/index.js';
import { durationFeatureNames } from '../src/domain/estimate/duration-features.js';
import { failureFeatureNames, failureProbability } from '../src/domain/failure/index.js';
import { modelOpenApi, modelOperations, trainingOperations, type ModelParts } from '../src/models/index.js';
import { ModelsController } from '../src/models/models.controller.js';
import { TrainingsController } from '../src/models/trainings.controller.js';
import { durationExamples, modelConfig, ModelsScene, type SpecExample } from './models-scene.js';

let scene: ModelsScene;
let served: ModelParts;

beforeAll(async () => {
  scene = await ModelsScene.open();
  served = await scene.serve();
});
afterEach(() => scene.reset());
afterAll(() => scene.close());

describe('a training', () => {
  it('puts a model that learned something into service, with a card that tells how good it is', async () => {
    scene.train();
    await scene.addExamples(durationExamples(800, 0.5));

    expect(await served.registry.championsOf('default')).toMatchObject({ duration: null, memory: null });
    const training = await scene.trained({ kind: 'duration', seed: 7 });
    expect(training).toMatchObject({ kind: 'duration', status: 'succeeded', scope: null, seed: 7, promote: 'if_better', requested_by: 'default', model_version: 1 });
    expect(training.message).toMatch(/^version 1 serves now: better than history \(0\.0\d+ against 0\.2\d+ on 120 rows\), last_success/);
    const { status, body: card } = await scene.call('GET', 'models/duration/1');
    expect(status).toBe(200);
    expect(card).toMatchObject({
      ...{ kind: 'duration', version: 1, scope: null, status: 'champion', seed: 7, training_id: training.training_id, runtime: null, tree: null },
      data: { from: '2026-01-01T00:00:00.000Z', rows: 800, training_rows: 560, validation_rows: 120, held_out_rows: 120 },
      hyper_parameters: { leaves: expect.any(Number), trees_50: expect.any(Number), seed: 7 },
      metrics: { boosted_trees: { rows: 120, mdape: expect.any(Number), coverage_80: expect.any(Number) }, history: { rows: 120 }, average: { rows: 0, mdape: null } },
      decisions: [{ what: 'promoted', by: 'rule' }],
    });
    expect(card.features).toEqual([...durationFeatureNames]);
    expect(card.calibration.map(({ nominal }: { nominal: number }) => nominal)).toEqual([0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95]);
    expect(card.metrics.boosted_trees.mdape).toBeLessThan(card.metrics.history.mdape / 2);
    const { duration } = await served.registry.championsOf('default');
    expect(duration?.version).toBe(1);
    const features = Float32Array.from(durationFeatureNames, (_, feature) => (feature === 0 ? 1 : Number.NaN));
    expect(predictBoosted(duration!.model, features, 1000).p50 / 1000).toBeCloseTo(Math.exp(0.5), 0);
  });

  it('rejects a model that learned noise, and says so with figures', async () => {
    scene.train();
    await scene.addExamples(durationExamples(800, 0));

    const training = await scene.trained({ kind: 'memory' });
    expect(training).toMatchObject({ status: 'succeeded', model_version: 1 });
    expect(training.message).toMatch(/^version 1 was rejected: not clearly better than history \(.* on 120 rows, at least .* less is needed\)/);
    expect((await scene.call('GET', 'models?kind=memory')).body.items).toMatchObject([{ version: 1, status: 'rejected', last_decision: { what: 'rejected', by: 'rule' } }]);
    expect((await served.registry.championsOf('default')).memory).toBeNull();
  });

  it('gives the same model for the same seed and the same examples', async () => {
    scene.train();
    await scene.addExamples(durationExamples(400, 0.5));

    for (const seed of [7, 7, 8]) await scene.trained({ kind: 'duration', seed, promote: 'never' });
    const checksums = (await scene.call('GET', 'models')).body.items.map(({ checksum }: { checksum: string }) => checksum);
    expect(checksums).toHaveLength(3);
    expect(checksums[1]).toBe(checksums[2]);
    expect(checksums[0]).not.toBe(checksums[1]);
  });

  it('does not promote when it was told not to, nor a model that is no better than the one that serves', async () => {
    scene.train();
    await scene.addExamples(durationExamples(400, 0.5));

    expect((await scene.trained({ kind: 'duration', promote: 'never' })).message).toMatch(/^version 1 waits: promotion was not wished for; better than history/);
    expect((await scene.trained({ kind: 'duration' })).message).toMatch(/^version 2 serves now/);
    expect((await scene.trained({ kind: 'duration' })).message).toMatch(/^version 3 was rejected: not clearly better than champion 2 .*; version 2 was the one to beat$/);
  });

  it('fails with few examples and says how many there are', async () => {
    scene.train();
    await scene.addExamples(durationExamples(40, 0.5));

    expect(await scene.trained({ kind: 'duration' })).toMatchObject({
      status: 'failed',
      model_version: null,
      message: 'too few examples: there are 40 successful executions with a duration and a history before them, 200 are needed',
    });
  });

  it('is refused while one of the same kind waits, and when its words make no sense', async () => {
    expect((await scene.call('POST', 'trainings', { body: { kind: 'duration' } })).status).toBe(202);
    expect(await scene.call('POST', 'trainings', { body: { kind: 'duration' } })).toMatchObject({ status: 409, body: { detail: 'a training of the duration model waits or runs already' } });
    expect((await scene.call('POST', 'trainings', { body: { kind: 'memory' } })).status).toBe(202);
    expect(await scene.call('POST', 'trainings', { body: { kind: 'weather' } })).toMatchObject({ status: 400 });
    expect(await scene.call('POST', 'trainings', { body: { kind: 'duration', workflow: 'nightly' } })).toMatchObject({ status: 400, body: { detail: 'the duration model is one for all workflows: expected no workflow' } });
    expect(await scene.call('POST', 'trainings', { body: { kind: 'next_task' } })).toMatchObject({ status: 400, body: { detail: 'each workflow has a next_task model of its own: expected workflow' } });
    expect(await scene.call('POST', 'trainings', { body: { kind: 'next_task', workflow: 'nightly' } })).toMatchObject({ status: 404 });
    expect(await scene.call('GET', 'trainings/0b5b1a0e-5f4e-4c0b-9b5d-0f3f1f1f1f1f')).toMatchObject({ status: 404 });
  });

  it('can be cancelled before it has begun', async () => {
    const { training_id: id } = (await scene.call('POST', 'trainings', { body: { kind: 'duration' } })).body;

    expect((await scene.call('DELETE', `trainings/${id}`)).status).toBe(204);
    expect(await scene.call('DELETE', `trainings/${id}`)).toMatchObject({ status: 409, body: { detail: `training ${id} is over: cancelled` } });
    expect((await scene.call('GET', 'trainings?status=cancelled')).body).toMatchObject({ items: [{ training_id: id, message: 'cancelled by hand' }], next_cursor: null });
    expect(await scene.store.rows('select 1 from training_queue')).toEqual([]);
  });
});

/** Two versions, the second of which serves. */
async function twoVersions(): Promise<void> {
  scene.train();
  await scene.addExamples(durationExamples(400, 0.5));
  await scene.trained({ kind: 'duration' });
  await scene.trained({ kind: 'duration', promote: 'never', seed: 2 });
  await scene.call('POST', 'models/duration/2/promote', { body: { by: 'ada', note: 'to look at it' } });
}

const statuses = async () => (await scene.store.rows<{ version: number; status: string }>('select version, status from model order by version')).map(({ status }) => status);

describe('a person', () => {
  it('promotes and rolls back, and the cards say so', async () => {
    await twoVersions();

    expect(await statuses()).toEqual(['retired', 'champion']);
    expect((await served.registry.championsOf('default')).duration?.version).toBe(2);
    expect((await scene.call('GET', 'models/duration/2')).body.decisions).toMatchObject([{ what: 'kept_waiting', by: 'rule' }, { what: 'promoted', by: 'ada', reason: 'to look at it' }]);
    const { status, body } = await scene.call('POST', 'models/duration/rollback', { body: { by: 'ada' } });
    expect([status, body.from.version, body.to.version]).toEqual([200, 2, 1]);
    expect(await statuses()).toEqual(['champion', 'retired']);
    expect((await served.registry.championsOf('default')).duration?.version).toBe(1);
    expect((await scene.call('GET', 'models/duration/1')).body.decisions.map(({ what }: { what: string }) => what)).toEqual(['promoted', 'retired', 'restored']);
  });

  it('who goes back from the first model is left with the history, and then has nothing to go back from', async () => {
    await twoVersions();
    await scene.call('POST', 'models/duration/rollback');

    expect((await scene.call('POST', 'models/duration/rollback')).body).toMatchObject({ from: { version: 1 }, to: null });
    expect((await served.registry.championsOf('default')).duration).toBeNull();
    expect(await scene.call('POST', 'models/duration/rollback')).toMatchObject({ status: 409, body: { detail: 'no duration model serves: there is nothing to go back from' } });
    expect(await scene.call('POST', 'models/duration/9/promote')).toMatchObject({ status: 404 });
  });
});

describe('a damaged model', () => {
  const damage = (version: number) => scene.store.admin.query('update model set artifact = set_byte(artifact, 40, (get_byte(artifact, 40) + 1) % 256) where version = $1', [version]);

  it('is never used: the one before it answers, or none, and the service says so', async () => {
    await twoVersions();
    await damage(2);

    const fresh = scene.parts();
    expect((await fresh.registry.championsOf('default')).duration?.version).toBe(1);
    expect(fresh.damage()).toMatch(/^version 2 of the duration model is damaged: its checksum is [0-9a-f]{64}, expected [0-9a-f]{64}$/);
    await damage(1);
    const another = scene.parts();
    expect((await another.registry.championsOf('default')).duration).toBeNull();
  });

  it('cannot be promoted or rolled back to, and is no hindrance to a new one', async () => {
    await twoVersions();
    await damage(1);

    expect(await scene.call('POST', 'models/duration/1/promote')).toMatchObject({ status: 400, body: { detail: expect.stringContaining('version 1 of the duration model is damaged') } });
    expect(await scene.call('POST', 'models/duration/rollback')).toMatchObject({ status: 400 });
    expect(await statuses()).toEqual(['retired', 'champion']);
    await damage(2);
    expect((await scene.trained({ kind: 'duration', seed: 3 })).message).toMatch(/^version 3 serves now: better than history/);
    expect((await served.registry.championsOf('default')).duration?.version).toBe(3);
  });
});

/** Runs whose first task decides the last, four tasks later, as examples. */
function runExamples(count: number): readonly SpecExample[] {
  const random = seededRandom(3);
  return Array.from({ length: count }).flatMap((_, run) => {
    const startedAtMs = Date.UTC(2026, 0, 1) + run * 3_600_000;
    const isRelease = random.next() < 0.5;
    const tasks = [isRelease ? 'release' : 'nightly', 'fetch', 'build', 'lint', isRelease ? 'deploy' : 'report'];
    const example = (task: string, index: number): SpecExample => ({ workflowId: 'w-9', task, run: `run ${run}`, startedAtMs, finishedAtMs: startedAtMs + (index + 1) * 60_000, subject: task === '' ? 'run' : 'task' });
    return [...tasks.map(example), example('', tasks.length)];
  });
}

const nameWorkflow = (workflowId: string, engine: string) =>
  scene.store.admin.query(`insert into workflow_state (tenant_id, workflow_id, subject, engine, namespace, workflow, learned_at, state, transitions) values ('default', $1, 'task', $2, '', 'ship', now(), '{}', '')`, [workflowId, engine]);

/** Runs that fail on some weekdays. */
function failureExamples(count: number): readonly SpecExample[] {
  const random = seededRandom(4);
  return Array.from({ length: count }, (_, run) => {
    const weekday = random.below(7);
    const startedAtMs = Date.UTC(2026, 0, 1) + run * 60_000;
    const outcome = random.next() < (weekday < 3 ? 0.8 : 0.1) ? 'failure' : 'success';
    return { run: `run ${run}`, subject: 'run', startedAtMs, finishedAtMs: startedAtMs + 30_000, failureFeatures: failureFeatureNames.map((name) => (name === 'weekday' ? weekday : name === 'rate_of_10' ? 0.4 : Number.NaN)), outcome };
  });
}

describe('a model of failures', () => {
  it('serves when it beats the rates of the past', async () => {
    scene.train();
    await scene.addExamples(failureExamples(800));

    expect((await scene.trained({ kind: 'failure' })).message).toMatch(/^version 1 serves now: better than share_before \(0\.\d+ against 0\.\d+ on 120 rows\), rate_of_10/);
    const card = (await scene.call('GET', 'models/failure/1')).body;
    expect(card).toMatchObject({ candidate: 'boosted_trees', features: [...failureFeatureNames], metrics: { boosted_trees: { failure_recall: expect.any(Number), brier: expect.any(Number), pr_auc: expect.any(Number) } } });
    const { failure } = await served.registry.championsOf('default');
    const risk = (weekday: number) => failureProbability(failure!.model, Float32Array.from(failureFeatureNames, (name) => (name === 'weekday' ? weekday : Number.NaN)));
    expect(risk(1)).toBeGreaterThan(risk(5));
  });
});

describe('a model of the next task', () => {
  it('is one workflow, is found by its name, and serves when it beats what is learned online', async () => {
    scene.train();
    await scene.addExamples(runExamples(90));
    await nameWorkflow('w-9', 'argo');

    const training = await scene.trained({ kind: 'next_task', workflow: 'ship' });
    expect(training).toMatchObject({ status: 'succeeded', scope: { workflow_id: 'w-9', workflow: 'ship' }, message: expect.stringMatching(/^version 1 serves now: better than n_gram/) });
    const card = (await scene.call('GET', 'models/next_task/1?workflow=ship')).body;
    expect(card).toMatchObject({ candidate: 'gradient_boosting', scope: { workflow_id: 'w-9', workflow: 'ship' }, metrics: { gradient_boosting: { accuracy: 1, f1: 1 }, n_gram: { precision: expect.any(Number), recall: expect.any(Number) }, decision_tree: { accuracy: expect.any(Number) } }, tree: expect.stringContaining('last task is') });
    expect((await scene.call('GET', 'models/next_task/1?scope=w-9')).body.checksum).toBe(card.checksum);
    const serving = await served.registry.championsOf('default');
    expect(serving.nextTask('w-9')?.version).toBe(1);
    expect(serving.nextTask('w-9')?.predict(['release', 'fetch', 'build', 'lint'])[0]).toMatchObject({ symbol: 'deploy' });
    expect(serving.nextTask('w-1')).toBeNull();
    await nameWorkflow('w-8', 'airflow');
    expect(await scene.call('POST', 'models/next_task/rollback?workflow=ship')).toMatchObject({ status: 400, body: { detail: 'there are 2 workflows ship (airflow, argo): expected engine and namespace too' } });
    expect((await scene.call('POST', 'models/next_task/rollback?workflow=ship&engine=argo')).body).toMatchObject({ from: { version: 1 }, to: null });
    expect((await served.registry.championsOf('default')).nextTask('w-9')).toBeNull();
  });

  it('has a network among its contenders, with a report of what it was computed on', async () => {
    scene.train({ config: { ...modelConfig, ORRERY_PREDICTOR_RUNTIME: 'wasm' } });
    await scene.addExamples(runExamples(90));
    await nameWorkflow('w-9', 'argo');

    expect((await scene.trained({ kind: 'next_task', workflow: 'ship' })).status).toBe('succeeded');
    const card = (await scene.call('GET', 'models/next_task/1?workflow=ship')).body;
    expect(card.metrics.network).toMatchObject({ rows: card.metrics.gradient_boosting.rows, accuracy: expect.any(Number) });
    expect(card.runtime).toMatchObject({ runtime: 'wasm', requested: 'wasm', selectedBecause: expect.any(String) });
    expect(card.hyper_parameters).toMatchObject({ network_units: 32, network_epochs: expect.any(Number), network_parity: expect.stringContaining('against') });
  });
});

describe('a runtime that is named', () => {
  it('must work here, or the service must not start', async () => {
    await expect(scene.parts({ config: { ...modelConfig, ORRERY_PREDICTOR_RUNTIME: 'cuda' } }).checkRuntime()).rejects.toMatchObject({ code: 'ORRERY_CONFIG' });
    await scene.parts({ config: { ...modelConfig, ORRERY_PREDICTOR_RUNTIME: 'cpu' } }).checkRuntime();
    await scene.parts().checkRuntime();
  });
});

describe('another tenant', () => {
  it('sees and changes nothing, and learns from nothing', async () => {
    await twoVersions();
    const tenantId = 'other';
    const [{ training_id: id }] = (await scene.call('GET', 'trainings')).body.items;

    expect((await scene.call('GET', 'models', { tenantId })).body.items).toEqual([]);
    expect((await scene.call('GET', 'trainings', { tenantId })).body.items).toEqual([]);
    expect((await scene.call('GET', `trainings/${id}`, { tenantId })).status).toBe(404);
    expect((await scene.call('DELETE', `trainings/${id}`, { tenantId })).status).toBe(404);
    expect((await scene.call('GET', 'models/duration/1', { tenantId })).status).toBe(404);
    expect((await scene.call('POST', 'models/duration/1/promote', { tenantId })).status).toBe(404);
    expect((await scene.call('POST', 'models/duration/rollback', { tenantId })).status).toBe(409);
    expect((await served.registry.championsOf(tenantId)).duration).toBeNull();
    expect((await scene.trained({ kind: 'duration' }, tenantId)).message).toContain('there are 0 successful executions');
    expect(await statuses()).toEqual(['retired', 'champion']);
  });
});

describe('the lists', () => {
  it('come page by page, the newest first', async () => {
    scene.train();
    await scene.addExamples(durationExamples(400, 0.5));
    for (const seed of [1, 2, 3]) await scene.trained({ kind: 'duration', seed, promote: 'never' });

    for (const list of ['models', 'trainings']) {
      const all = (await scene.call('GET', list)).body.items;
      const first = (await scene.call('GET', `${list}?limit=2`)).body;
      const rest = (await scene.call('GET', `${list}?limit=2&cursor=${first.next_cursor}`)).body;
      expect([...first.items, ...rest.items]).toEqual(all);
      expect([all.length, rest.next_cursor]).toEqual([3, null]);
      expect((await scene.call('GET', `${list}?kind=memory`)).body.items).toEqual([]);
      expect((await scene.call('GET', `${list}?status=none`)).status).toBe(400);
    }
    expect((await scene.call('GET', 'models?status=challenger')).body.items.map(({ version }: { version: number }) => version)).toEqual([3, 2, 1]);
  });
});

describe('the description of the API', () => {
  const names = { [RequestMethod.GET]: 'get', [RequestMethod.PUT]: 'put', [RequestMethod.POST]: 'post', [RequestMethod.DELETE]: 'delete' } as Record<number, string>;

  it('names every route of the controllers and no other', () => {
    const routes = [ModelsController, TrainingsController].flatMap((controller) => {
      const base = String(Reflect.getMetadata('path', controller));
      const methods = Object.getOwnPropertyNames(controller.prototype).filter((name) => name !== 'constructor').map((name) => (controller.prototype as unknown as Record<string, object>)[name]!);
      return methods.flatMap((method) => {
        const path = Reflect.getMetadata('path', method) as string | undefined;
        if (path === undefined) return [];
        const whole = `/${base}${path === '/' ? '' : `/${path}`}`.replace(/:(\w+)/g, '{$1}');
        return [`${names[Reflect.getMetadata('method', method) as number]} ${whole}`];
      });
    });

    expect([...modelOperations, ...trainingOperations].map(({ method, path }) => `${method} ${path}`).sort()).toEqual(routes.sort());
    expect(Object.keys(modelOpenApi.components.schemas).sort()).toEqual(['PredictorModel', 'PredictorModelCard', 'PredictorRollback', 'PredictorTraining']);
  });
});
