import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { metricSampledTopic, runFinishedTopic, runStartedTopic, taskFinishedTopic } from '@orrery/contracts';
import { eventually, factRecordOf, type TestStore } from '@orrery/testing';
import { baselineServiceOn } from '../src/baseline.module.js';
import type { BaselineService } from '../src/baseline.service.js';
import type { WorkflowFact } from '../src/domain/index.js';
import { batchOf, openStore, ServiceScene } from './baseline-scene.js';
import { factStream, sampledStream } from './fact-stream.js';

let store: TestStore;

beforeEach(async () => {
  store = await openStore();
});
afterEach(() => store.close());

const { started, tasks, finished } = factStream();
const sampled = sampledStream();

/** Everything that was learned, byte by byte. */
async function learned(): Promise<Readonly<Record<string, readonly object[]>>> {
  return {
    baselines: await store.rows(`select key_id, level, task, count::int, updated_at, encode(state, 'hex') as state from baseline order by key_id`),
    guards: await store.rows(`select workflow_id, encode(state, 'hex') as state from outage_guard order by 1`),
    cadences: await store.rows(`select workflow_id, last_run_id, encode(state, 'hex') as state from cadence order by 1`),
    anomalies: await store.rows('select anomaly_id, subject_key_id, cause, status, resolution, heard_at, anomaly from anomaly order by anomaly_id'),
    runs: await store.rows('select run_id, anomaly_id from anomaly_run order by 1, 2'),
    history: await store.rows('select key_id, at, count::int, duration_p50_ms, memory_max_bytes, success_rate from baseline_history order by 1, 2'),
    series: await store.rows(`select series_id, kind, workflow, task, metric, updated_at, encode(state, 'hex') as state from series order by 1`),
    running: await store.rows('select run_id from running_run order by 1'),
  };
}

async function applyIn(service: BaselineService, facts: readonly WorkflowFact[], batchSize: number): Promise<void> {
  for (let from = 0; from < facts.length; from += batchSize) await service.apply(batchOf(facts.slice(from, from + batchSize), BigInt(from)));
}

async function learnAll(batchSize: number): Promise<void> {
  const { service } = baselineServiceOn(store.database, Date.now);
  for (const topic of [started, tasks, finished, sampled]) await applyIn(service, topic, batchSize);
}

describe('learning', () => {
  it('comes to the same bytes and the same anomalies, however the log is cut into batches', async () => {
    await learnAll(1000);
    const inOneGo = await learned();
    await store.close();
    store = await openStore();
    await learnAll(7);

    expect(inOneGo['anomalies']?.length).toBeGreaterThan(10);
    expect(inOneGo['baselines']?.length).toBeGreaterThan(40);
    expect(inOneGo['history']?.length).toBeGreaterThan(10);
    expect(inOneGo['series']).toHaveLength(4 + 3);
    expect(inOneGo['running']).toEqual([]);
    expect(await learned()).toEqual(inOneGo);
  });

  it('changes nothing when facts come again, in the same batch, in another batch or in another month', async () => {
    await learnAll(50);
    const once = await learned();
    const { service } = baselineServiceOn(store.database, Date.now);

    await service.apply(batchOf([...tasks.slice(0, 40), ...tasks.slice(0, 40), ...tasks.slice(100, 150)], BigInt(tasks.length)));
    await service.apply(batchOf(tasks.slice(200, 260), BigInt(tasks.length + 130), Date.UTC(2026, 4, 1)));
    await service.apply(batchOf(started, BigInt(started.length)));
    await service.apply(batchOf(finished, BigInt(finished.length)));
    await service.apply(batchOf([...sampled.slice(-30), ...sampled], BigInt(sampled.length)));

    expect(await learned()).toEqual(once);
  });

  it('keeps nothing of a batch that fails at its end, and learns it once when it comes again', async () => {
    const whole = batchOf(tasks.slice(0, 60));
    const { service } = baselineServiceOn(store.database, Date.now);
    await service.apply(whole);
    const expected = await learned();
    await store.close();
    store = await openStore();
    const again = baselineServiceOn(store.database, Date.now).service;
    await store.admin.query('alter table baseline.outbox add constraint spec_full check (false) not valid');

    await expect(again.apply(whole)).rejects.toMatchObject({ code: 'ORRERY_VALIDATION' });
    expect(await store.rows('select from baseline')).toEqual([]);
    expect(await store.rows('select from seen_fact')).toEqual([]);
    await store.admin.query('alter table baseline.outbox drop constraint spec_full');
    await again.apply(whole);

    expect(await learned()).toEqual(expected);
    await expect(again.apply(whole)).rejects.toMatchObject({ code: 'ORRERY_CONFLICT' });
  });
});

describe('the service on its log', () => {
  it('waits, and gives no fact up, while what it stored is of another version', async () => {
    const scene = await ServiceScene.open(store);
    await scene.tell(tasks.slice(0, 10));
    const version = async (byte: number) => store.admin.query('update baseline set state = set_byte(state, 0, $1)', [byte]);
    await version(99);
    await scene.log.append(tasks.slice(10, 30).map(factRecordOf));
    await eventually(() => scene.consumer?.reason()?.includes('cannot be read by this version') === true);
    await version(1);
    await scene.settled();

    expect(await store.rows('select sum(count)::int as facts from observation_tally')).toEqual([{ facts: 30 }]);
    expect(await scene.log.offsets(`${taskFinishedTopic.name}.dlq`)).toMatchObject([{ end: 0n }]);
    await scene.close();
  });

  it('learns the same again from zero', async () => {
    const scene = await ServiceScene.open(store);
    try {
      await scene.tell([...started, ...tasks, ...finished, ...sampled]);
      const first = await learned();
      await scene.consumer?.stop();
      const tables = ['baseline', 'outage_guard', 'cadence', 'anomaly', 'anomaly_run', 'seen_fact', 'observation', 'baseline_history', 'observation_tally', 'running_run', 'watch', 'series', 'consumer_position'];
      await store.admin.query(`truncate ${tables.join(', ')}`);
      await scene.close();
      const next = await ServiceScene.open(store);
      await eventually(async () => (await store.rows<{ count: number }>('select coalesce(sum(count), 0)::int as count from observation_tally'))[0]?.count === tasks.length + finished.length);
      await next.settled();

      expect(first['anomalies']?.length).toBeGreaterThan(10);
      expect(await learned()).toEqual(first);
      await next.close();
    } finally {
      await scene.close();
    }
  });

  it('learns each fact once and loses none while its connections are cut and its partitions change hands', async () => {
    const scene = await ServiceScene.open(store);
    const other = await ServiceScene.open(store);
    let isOver = false;
    let cuts = 0;
    const cutting = (async () => {
      while (!isOver) {
        cuts += (await store.rows(`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and application_name = 'baseline' and random() < 0.4`)).length;
        await new Promise((resolve) => setTimeout(resolve, 40));
      }
    })();
    for (let from = 0; from < tasks.length; from += 20) {
      await scene.log.append(tasks.slice(from, from + 20).map(factRecordOf));
      if (from === 160) await other.close();
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    isOver = true;
    await cutting;
    await scene.settled();

    expect(cuts).toBeGreaterThan(5);
    expect(await store.rows('select sum(count)::int as facts from observation_tally')).toEqual([{ facts: tasks.length }]);
    expect(await store.rows(`select count(distinct b.key_id)::int as keys, sum(b.count)::int as learned from baseline b where level = 0`)).toMatchObject([{ learned: tasks.length }]);
    expect(await scene.log.offsets(`${taskFinishedTopic.name}.dlq`)).toMatchObject([{ end: 0n }]);
    await scene.close();
  });

  it.each([
    ['has no tenant', (fact: WorkflowFact) => ({ ...fact, tenantId: '' })],
    ['names no run', (fact: WorkflowFact) => ({ ...fact, run: undefined })],
  ])('puts a fact that %s into the dead letters and learns its neighbours', async (_name, broken) => {
    const scene = await ServiceScene.open(store);
    const [first, poison, ...rest] = tasks.slice(0, 30) as [WorkflowFact, WorkflowFact, ...WorkflowFact[]];

    await scene.tell([first, broken(poison) as WorkflowFact, ...rest]);
    await scene.log.append([{ topic: taskFinishedTopic.name, key: 'another workflow', value: factRecordOf(poison).value }]);
    await eventually(async () => ((await scene.log.offsets(`${taskFinishedTopic.name}.dlq`))[0]?.end ?? 0n) === 2n);

    expect(await store.rows('select sum(count)::int as facts from observation_tally')).toEqual([{ facts: 29 }]);
    expect(scene.consumer?.state()).toBe('running');
    for (const topic of [runStartedTopic.name, runFinishedTopic.name, metricSampledTopic.name]) expect(await scene.log.offsets(`${topic}.dlq`)).toMatchObject([{ end: 0n }]);
    await scene.close();
  });
});
