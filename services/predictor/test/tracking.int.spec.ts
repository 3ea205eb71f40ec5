import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { WorkflowFact } from '@orrery/contracts';
import { epochMs, taskFinished, usualTasks, type TestStore } from '@orrery/testing';
import { noChampions } from '../src/domain/index.js';
import { predictorServiceOn } from '../src/predictor.module.js';
import type { PredictorService } from '../src/predictor.service.js';
import { minuteMs, pipelines, startOf } from './pipelines.js';
import { batchOf, openStore } from './predictor-scene.js';

let store: TestStore;

beforeEach(async () => {
  store = await openStore();
});
afterEach(() => store.close());

const service = (): PredictorService => predictorServiceOn(store.database, { championsOf: async () => noChampions }, Date.now).service;

async function applyIn(target: PredictorService, facts: readonly WorkflowFact[], batchSize: number): Promise<void> {
  for (let from = 0; from < facts.length; from += batchSize) await target.apply(batchOf(facts.slice(from, from + batchSize), BigInt(from)));
}

/** Everything that was learned and scored, byte by byte. */
async function learned(): Promise<Readonly<Record<string, readonly object[]>>> {
  return {
    histories: await store.rows(`select key_id, level, task, count::int, updated_at, encode(state, 'hex') as state from history order by key_id`),
    workflows: await store.rows(`select workflow_id, subject, state::text, encode(transitions, 'hex') as transitions from workflow_state order by 1, 2`),
    predictions: await store.rows(`select prediction_id, target, origin, model, p10, p50, p90, probability, next_task, actual, ape, pinball, is_covered, brier, is_right, floors::text from prediction order by 1`),
    accuracy: await store.rows('select * from accuracy order by workflow_id, task, target, model, week'),
    examples: await store.rows('select example_id, features::text, failure_features::text, reference_ms, duration_ms from example order by 1'),
    arrivals: await store.rows('select hour, runs::int, tasks::int, round(load_ms) as load from arrival order by 1'),
  };
}

async function learnAll(batchSize: number): Promise<void> {
  const { started, tasks, finished } = pipelines(40);
  const target = service();
  for (const topic of [started, tasks, finished]) await applyIn(target, topic, batchSize);
}

describe('tracking', () => {
  it('comes to the same bytes and the same scores, however the log is cut into batches', async () => {
    await learnAll(1000);
    const inOneGo = await learned();
    await store.close();
    store = await openStore();
    await learnAll(7);

    expect(inOneGo['predictions']?.length).toBeGreaterThan(250);
    expect(await learned()).toEqual(inOneGo);
  });

  it('changes nothing when facts come again', async () => {
    await learnAll(50);
    const once = await learned();
    const { started, tasks, finished } = pipelines(40);
    const again = service();

    await again.apply(batchOf([...tasks.slice(0, 40), ...tasks.slice(0, 40)], BigInt(tasks.length)));
    await again.apply(batchOf(started, BigInt(started.length)));
    await again.apply(batchOf(finished, BigInt(finished.length)));

    expect(await learned()).toEqual(once);
  });

  it('keeps nothing of a batch whose place is another consumer\'s', async () => {
    const { tasks } = pipelines(10);
    await service().apply(batchOf(tasks.slice(0, 10)));
    const before = await learned();

    await expect(service().apply(batchOf(tasks.slice(10), 3n))).rejects.toMatchObject({ code: 'ORRERY_CONFLICT' });

    expect(await learned()).toEqual(before);
  });

  it('predicts from what had ended when the execution began, and from nothing that ended later', async () => {
    // The second begins while the first, which takes far longer, still runs; the log tells of it after the first.
    const first = taskFinished('slow', { startedAtMs: epochMs, durationMs: 60 * minuteMs });
    const second = taskFinished('quick', { startedAtMs: epochMs + minuteMs, durationMs: minuteMs });

    await service().apply(batchOf([first, second]));

    expect(await store.rows(`select 1 from prediction where target = 'duration'`)).toEqual([]);
  });

  it('learns that the second task takes as long as its input is large', async () => {
    const { tasks } = pipelines(40);
    await applyIn(service(), tasks, 20);

    const [late] = await store.rows<{ worst: number; floor: number }>(`
      select max(ape) as worst, avg(abs(floors[3] - actual) / actual) as floor from prediction
      where target = 'duration' and task = 'test' and made_at > timestamptz 'epoch' + interval '1 ms' * ${startOf(20)}`);

    expect(late?.worst).toBeLessThan(0.1);
    expect(late?.floor).toBeGreaterThan(0.3);
  });

  it('says what comes next, and is right once it has seen a few runs', async () => {
    const { tasks } = pipelines(40);
    await applyIn(service(), tasks, 20);

    const [{ right } = { right: 0 }] = await store.rows<{ right: number }>(`
      select avg(is_right::int)::float as right from prediction where target = 'next_task' and made_at > timestamptz 'epoch' + interval '1 ms' * ${startOf(10)}`);

    expect(right).toBeGreaterThan(0.8);
  });

  it('keeps tenants apart', async () => {
    await service().apply(batchOf([...usualTasks(5, { tenantId: 'tenant-1' }), ...usualTasks(5, { tenantId: 'tenant-2' })]));

    for (const tenantId of ['tenant-1', 'tenant-2']) {
      const seen = await store.database.forTenant(tenantId, (transaction) => transaction.query('select distinct tenant_id from prediction union select distinct tenant_id from history'));
      expect(seen).toEqual([{ tenant_id: tenantId }]);
    }
  });
});
