import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { metricSampledTopic } from '@orrery/contracts';
import { epochMs, metricSampled, runStarted, specRunId, usualMemory, type TestStore } from '@orrery/testing';
import { baselineServiceOn } from '../src/baseline.module.js';
import { mostSeries } from '../src/learn-series.js';
import { batchOf, openStore, ServiceScene } from './baseline-scene.js';

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

const gib = 2 ** 30;
const minuteMs = 60_000;
const metricAnomalies = async (query = '') => (await scene.get(`/api/v1/anomalies?type=metric${query}`)).body.items;

describe('the baseline service when gauges show something', () => {
  const jump = metricSampled('jump', { startedAtMs: epochMs + 400 * minuteMs }, [3.1 * gib, 3.1 * gib, 3.1 * gib]);

  it('opens one anomaly for a value unlike all before, and shows it by the run', async () => {
    await scene.tell(usualMemory(400));
    expect(await metricAnomalies()).toEqual([]);

    await scene.tell([jump]);

    expect(await metricAnomalies(`&run_id=${specRunId('jump')}`)).toMatchObject([
      {
        ...{ type: 'metric', status: 'open', severity: 'critical', count: 1, metric: 'memory_bytes', unit: 'By', actual: 3.1 * gib, baseline: null },
        ...{ subject: { subject: 'task', workflow: 'release', task: 'build' }, run_ids: [specRunId('jump')], since: '2026-03-02T14:40:00.000Z' },
        text: 'memory_bytes of build was 3.1 GiB, unlike anything in its last 400 samples (usually 922 MiB to 1.2 GiB), since 14:40 UTC',
      },
    ]);
  });

  it('counts what is worse up in the same anomaly, and facts that come again not at all', async () => {
    await scene.tell([jump, ...usualMemory(400)]);
    expect(await metricAnomalies()).toMatchObject([{ count: 1 }]);

    await scene.tell([metricSampled('worse', { startedAtMs: epochMs + 403 * minuteMs }, [64 * gib])]);

    expect(await metricAnomalies()).toMatchObject([{ count: 2, run_ids: [specRunId('jump'), specRunId('worse')], text: expect.stringMatching(/64 GiB.*, 2 times, since 14:40 UTC$/) }]);
    expect(await store.rows('select workflow, task, metric, unit, kind from series')).toEqual([{ workflow: 'release', task: 'build', metric: 'memory_bytes', unit: 'By', kind: 'sampled' }]);
  });

  it('closes it when nothing new was seen for as long as it is silent of what it told', async () => {
    await scene.tell(usualMemory(60, {}, 410));
    expect(await metricAnomalies('&status=open')).toHaveLength(1);

    await scene.tell(usualMemory(20, {}, 470));

    expect(await metricAnomalies()).toMatchObject([{ status: 'resolved', resolution: { kind: 'normal_returned' } }]);
  });

  it('puts a fact of no id into the dead letters', async () => {
    await scene.tell([{ ...metricSampled('bad', { startedAtMs: epochMs }, [1]), factId: '' }]);

    expect(await scene.log.offsets(`${metricSampledTopic.name}.dlq`)).toMatchObject([{ end: 1n }]);
  });
});

describe('the baseline service when runs are started', () => {
  it('tells a number of starts unlike all before', async () => {
    const startedAt = (minute: number, index: number) => runStarted(`submitted-${minute}-${index}`, { workflow: 'queue', startedAtMs: epochMs + minute * minuteMs + index * 1000 });
    const usual = Array.from({ length: 200 }, (_, index) => Array.from({ length: 1 + (index % 2) }, (_, start) => startedAt(index * 5, start))).flat();
    await scene.tell([...usual, ...Array.from({ length: 30 }, (_, index) => startedAt(1000, index)), startedAt(1010, 0)]);

    expect(await metricAnomalies('&workflow=queue')).toMatchObject([
      { metric: 'submissions', actual: 30, subject: { subject: 'run', task: '' }, run_ids: [], text: expect.stringMatching(/^queue was started 30 times within 5 min, unlike in the 200 times 5 min before \(usually 1 to 2\)/) },
    ]);
  });
});

describe('a tenant that has as many series as can be watched', () => {
  it('has no new ones watched, and those that are learn on', async () => {
    const { service } = baselineServiceOn(store.database, Date.now);
    const of = (metric: string, startedAtMs: number) => metricSampled('crowd', { tenantId: 'crowded', metric, startedAtMs }, [1, 2]);
    await service.apply({ ...batchOf([of('first', epochMs)]), partition: 7 });
    await store.admin.query(
      `insert into series (tenant_id, series_id, kind, workflow, task, metric, unit, updated_at, state)
       select 'crowded', 'filled-' || n, 'sampled', 'w', '', 'm', '', now(), '\\x0100' from generate_series(2, $1) as n`,
      [mostSeries],
    );
    const before = await store.rows(`select state from series where tenant_id = 'crowded' and metric = 'first'`);

    await service.apply({ ...batchOf([of('second', epochMs + minuteMs), of('first', epochMs + 5 * minuteMs)], 1n), partition: 7 });

    expect(await store.rows(`select count(*)::int as count from series where tenant_id = 'crowded'`)).toEqual([{ count: mostSeries }]);
    expect(await store.rows(`select state from series where tenant_id = 'crowded' and metric = 'first'`)).not.toEqual(before);
  });
});
