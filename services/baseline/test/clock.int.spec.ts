import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { runFinishedTopic } from '@orrery/contracts';
import { createLogger } from '@orrery/telemetry';
import { eventually, runFinished, runStarted, specRunId, usualTasks, type TestStore } from '@orrery/testing';
import { AnomalyWriter } from '../src/anomaly-writer.js';
import { baselineServiceOn } from '../src/baseline.module.js';
import { ClockSweep } from '../src/clock-sweep.js';
import { Housekeeping } from '../src/housekeeping.js';
import { batchOf, openStore, ServiceScene, specConfig } from './baseline-scene.js';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

let store: TestStore;
let scene: ServiceScene;
/** How far the service's clock is ahead. */
let aheadMs: number;

beforeEach(async () => {
  aheadMs = 0;
  store = await openStore();
  scene = await ServiceScene.open(store, () => Date.now() + aheadMs);
});
afterEach(async () => {
  await scene.close();
  await store.close();
});

const usualRuns = () => Array.from({ length: 25 }, (_, index) => runFinished(`usual-${index}`, { startedAtMs: Date.now() - (30 - index) * 20 * minuteMs, durationMs: minuteMs + (index % 5) * 1000 }));
const openAnomalies = async () => (await scene.get('/api/v1/anomalies?status=open')).body.items;

describe('a run that takes longer than it ever did', () => {
  it('is told while it runs, once, and is over when it ends', async () => {
    await scene.tell(usualRuns());
    await scene.tell([runStarted('stuck', { startedAtMs: Date.now() - 5000 })]);
    expect(await openAnomalies()).toEqual([]);

    aheadMs = 3 * minuteMs;
    await eventually(async () => (await openAnomalies()).length === 1);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const [anomaly] = await openAnomalies();
    await scene.tell([runFinished('stuck', { startedAtMs: Date.now() - 5000, durationMs: 3 * minuteMs })]);
    const { body } = await scene.get(`/api/v1/anomalies/${anomaly.anomaly_id}`);

    expect(anomaly).toMatchObject({ type: 'overrun', count: 1, run_ids: [specRunId('stuck')], subject: { subject: 'run', workflow: 'release' } });
    expect(body).toMatchObject({ status: 'resolved', resolution: { kind: 'normal_returned' } });
    expect(await store.rows('select run_id from running_run where run_id::text = $1 union all select subject_id::uuid from watch', [specRunId('stuck')])).toEqual([]);
  });

  it('is still told when another run of its workflow ends meanwhile', async () => {
    await scene.tell(usualRuns());
    await scene.tell([runStarted('stuck', { startedAtMs: Date.now() - 5000 })]);
    aheadMs = 3 * minuteMs;
    await eventually(async () => (await openAnomalies()).length === 1);

    await scene.tell([runFinished('fine', { startedAtMs: Date.now() - minuteMs, durationMs: minuteMs })]);

    expect(await openAnomalies()).toMatchObject([{ type: 'overrun', status: 'open' }]);
  });

  it('is not told when it had ended before its start was', async () => {
    await scene.tell(usualRuns());
    await scene.tell([runFinished('quick', { startedAtMs: Date.now() - minuteMs, durationMs: minuteMs })]);
    await scene.tell([runStarted('quick', { startedAtMs: Date.now() - minuteMs })]);

    expect(await store.rows('select from running_run where run_id = $1', [specRunId('quick')])).toEqual([]);
    expect(await store.rows(`select from watch where kind = 'run'`)).toEqual([]);
  });

  it('is not told while facts of its partition wait to be learned', async () => {
    await scene.tell(usualRuns());
    await scene.tell([runStarted('stuck', { startedAtMs: Date.now() - 5000 })]);
    const { anomalies } = baselineServiceOn(store.database, Date.now);
    const [{ partition } = { partition: 0 }] = await store.rows<{ partition: number }>(`select partition from watch where kind = 'run'`);
    const lagging = new ClockSweep({
      ...{ database: store.database, anomalies, now: () => Date.now() + 3 * minuteMs },
      log: { lag: async (_group, topics) => topics.map((topic) => ({ topic, partition, position: 0n, end: 1n, lag: topic === runFinishedTopic.name ? 1n : 0n })) },
    });

    await lagging.sweep();

    expect(await openAnomalies()).toEqual([]);
  });

  it('that is told long after the fact is history', async () => {
    await scene.tell(usualRuns());
    await scene.tell([runStarted('old', { startedAtMs: Date.now() - 3 * dayMs })]);

    expect(await store.rows(`select from watch where kind = 'run'`)).toEqual([]);
  });
});

describe('a workflow that starts every hour', () => {
  it('is told when it does not, once, and is over when it starts again', async () => {
    const first = Date.now() - 12 * hourMs;
    await scene.tell(Array.from({ length: 12 }, (_, index) => runStarted(`hourly-${index}`, { startedAtMs: first + (index + 0.5) * hourMs, trigger: 'schedule' })));
    expect(await openAnomalies()).toEqual([]);

    aheadMs = 2 * hourMs;
    await eventually(async () => (await openAnomalies()).length === 1);
    await new Promise((resolve) => setTimeout(resolve, 1200));
    const [anomaly] = await openAnomalies();
    await scene.tell([runStarted('hourly-12', { startedAtMs: Date.now() + hourMs, trigger: 'schedule' })]);

    expect(anomaly).toMatchObject({ type: 'missed_start', count: 1, subject: { workflow: 'release' }, run_ids: [specRunId('hourly-11')] });
    expect((await scene.get(`/api/v1/anomalies/${anomaly.anomaly_id}`)).body).toMatchObject({ status: 'resolved', resolution: { kind: 'normal_returned' } });
  });
});

describe('housekeeping', () => {
  const keep = (nowMs: number): Housekeeping => {
    const { outbox } = baselineServiceOn(store.database, () => nowMs);
    return new Housekeeping({ database: store.database, anomalies: new AnomalyWriter(outbox, () => nowMs), outbox, config: specConfig, logger: createLogger('spec', 'silent'), now: () => nowMs });
  };

  it('closes anomalies that nothing was heard of, and forgets what was not learned from for long; by when it was told, not when it was', async () => {
    const { service } = baselineServiceOn(store.database, Date.now);
    const toldAtMs = Date.UTC(2026, 5, 1);
    const old = Date.UTC(2024, 0, 1);
    const facts = [...usualTasks(20, { startedAtMs: old }), ...usualTasks(1, { startedAtMs: old, durationMs: 20 * minuteMs }, 20)];
    await service.apply(batchOf(facts, 0n, toldAtMs));

    await keep(toldAtMs + 13 * dayMs).sweep(() => false);
    const before = await scene.get('/api/v1/anomalies?status=open');
    await keep(toldAtMs + 15 * dayMs).sweep(() => false);
    const after = await scene.get('/api/v1/anomalies?status=resolved');
    const kept = await store.rows('select from baseline');
    await keep(toldAtMs + 91 * dayMs).sweep(() => false);

    expect(before.body.items).toHaveLength(1);
    expect(after.body.items).toMatchObject([{ resolution: { kind: 'lapsed' } }]);
    expect(kept).toHaveLength(1);
    expect(await store.rows('select from baseline')).toEqual([]);
  });

  it('drops facts, observations and history by whole months', async () => {
    const { service } = baselineServiceOn(store.database, Date.now);
    await service.apply(batchOf(usualTasks(5), 0n, Date.UTC(2026, 2, 10)));
    await service.apply(batchOf(usualTasks(5, {}, 5), 5n, Date.UTC(2026, 4, 10)));

    await keep(Date.UTC(2026, 5, 5)).sweep(() => false);

    expect(await store.rows('select bucket::text from seen_fact group by 1')).toEqual([{ bucket: '2026-05-01' }]);
    expect(await store.rows('select bucket::text from observation group by 1')).toEqual([{ bucket: '2026-05-01' }]);
    expect(await store.rows(`select from pg_tables where tablename = 'baseline_history_2026_03'`)).toHaveLength(1);
  });
});
