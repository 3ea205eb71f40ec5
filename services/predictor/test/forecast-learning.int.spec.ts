import { create } from '@bufbuild/protobuf';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MetricSampledSchema, observationsOf, Outcome, RunStartedSchema, runIdOf, TaskFinishedSchema, type MetricSampled } from '@orrery/contracts';
import { TestStore } from '@orrery/testing';
import { executionOf } from '../src/domain/history/execution.js';
import { decodeRing } from '../src/domain/series/index.js';
import { learnArrivals, learnSamples, mostSeries, removeOldArrivals, removeStaleSeries } from '../src/forecasting/index.js';
import { predictorMigrations } from '../src/migrations/index.js';

const hourMs = 3_600_000;
const dayMs = Date.UTC(2026, 2, 2);
const hour = (hours: number) => dayMs + hours * hourMs;

let store: TestStore;

beforeAll(async () => {
  store = await TestStore.open({ schema: 'predictor', migrations: predictorMigrations });
});
afterAll(() => store.close());

const runId = runIdOf({ tenantId: 'default', engine: 'spec', source: 'urn:spec', externalId: '1' });
const run = { runId, engine: 'spec', namespace: 'team', attempt: 1 };
const started = (workflow: string, atMs: number) => observationsOf(create(RunStartedSchema, { tenantId: 'default', run: { ...run, workflow, startedAtMs: atMs } }), atMs);

function ended(workflow: string, fromMs: number, toMs: number) {
  const task = { taskId: runId, name: 'build', kind: 'job', attempt: 1, outcome: Outcome.SUCCESS, startedAtMs: fromMs, finishedAtMs: toMs };
  const samples = [{ sampleId: runId, name: 'cost_usd', unit: 'USD', value: 0.1 }];
  return executionOf(create(TaskFinishedSchema, { tenantId: 'default', run: { ...run, workflow }, task, samples }), toMs) ?? [];
}

const learn = (...facts: readonly Parameters<typeof learnArrivals>[2][]) => store.database.forTenant('default', (transaction) => learnArrivals(transaction, 'default', facts.flat()));

describe('what is learned of arrivals', () => {
  const facts = ['b', 'a'].flatMap((workflow) => [...started(workflow, hour(9.2)), ...started(workflow, hour(9.8)), ended(workflow, hour(9.5), hour(11.25)), ended(workflow, hour(0.1), hour(0.4))].flat());
  const rows = () => store.rows('select workflow, hour, runs::int, tasks::int, load_ms, cost_usd from arrival order by workflow, hour');

  it('are rows by workflow and hour', async () => {
    await learn(facts);

    expect((await rows()).filter(({ workflow }: { workflow?: string }) => workflow === 'a')).toEqual([
      { workflow: 'a', hour: new Date(hour(0)), runs: 0, tasks: 1, load_ms: 0.3 * hourMs, cost_usd: expect.closeTo(0.1, 8) },
      { workflow: 'a', hour: new Date(hour(9)), runs: 2, tasks: 1, load_ms: 0.5 * hourMs, cost_usd: 0 },
      { workflow: 'a', hour: new Date(hour(10)), runs: 0, tasks: 0, load_ms: hourMs, cost_usd: 0 },
      { workflow: 'a', hour: new Date(hour(11)), runs: 0, tasks: 0, load_ms: 0.25 * hourMs, cost_usd: expect.closeTo(0.1, 8) },
    ]);
  });

  it('are the same rows when they are learned one by one, in another order, and side by side', async () => {
    const atOnce = await rows();
    await store.admin.query('truncate arrival');

    await Promise.all([...facts].reverse().map((fact) => learn([fact])));

    expect(await rows()).toEqual(atOnce);
  });

  it('are forgotten from the oldest on', async () => {
    const removed = await store.database.forTenant('default', (transaction) => removeOldArrivals(transaction, 'default', hour(10), 3));

    expect(removed).toBe(3);
    expect(await rows()).toHaveLength(5);
  });
});

describe('what is learned of gauges', () => {
  const sampled = (metric: string, values: readonly number[], fromMs = dayMs): MetricSampled =>
    create(MetricSampledSchema, { tenantId: 'default', run: { ...run, workflow: 'a' }, factId: runId, series: [{ task: 'build', name: metric, unit: 'By', points: values.map((value, index) => ({ atMs: fromMs + index * 60_000, value })) }] });
  const learnFacts = (facts: readonly MetricSampled[], recordedAtMs = hour(1)) =>
    store.database.forTenant('default', (transaction) => learnSamples(transaction, 'default', facts.map((fact) => ({ fact, recordedAtMs }))));

  it('is a ring for each series', async () => {
    expect(await learnFacts([sampled('memory_bytes', [1, 2]), sampled('memory_bytes', [5, 6], dayMs + 120_000), sampled('cpu', [9])])).toEqual({ unkeptValues: 0 });
    await learnFacts([sampled('memory_bytes', [3], dayMs + 60_000)], hour(0.5));

    const [row, ...others] = await store.rows<{ state: Buffer; updated_at: Date; learned_at: Date }>(`select * from metric_series where metric = 'memory_bytes'`);
    expect(others).toEqual([]);
    expect(row).toMatchObject({ workflow: 'a', task: 'build', unit: 'By', attributes: '', updated_at: new Date(dayMs + 180_000), learned_at: new Date(hour(1)) });
    expect(decodeRing(row?.state ?? new Uint8Array()).samples.map(({ value }) => value)).toEqual([1, 3, 5, 6]);
  });

  it('is counted and not kept where a tenant has as many series as it can, while those that are there learn on', async () => {
    await store.admin.query(
      `insert into metric_series (tenant_id, series_id, workflow_id, workflow, task, metric, unit, attributes, updated_at, learned_at, state)
       select 'default', 'filled-' || n, '', 'w', '', 'm', '', '', now(), timestamptz '2020-01-01', '\\x0100' from generate_series(3, $1) as n`,
      [mostSeries],
    );

    expect(await learnFacts([sampled('new', [1, 2, 3]), sampled('cpu', [4], hour(2))])).toEqual({ unkeptValues: 3 });
    expect(await store.rows('select count(*)::int as count from metric_series')).toEqual([{ count: mostSeries }]);
    expect(await store.rows(`select updated_at from metric_series where metric = 'cpu'`)).toEqual([{ updated_at: new Date(hour(2)) }]);
  });

  it('is forgotten when nothing was learned for long', async () => {
    const remove = (limit: number) => store.database.forTenant('default', (transaction) => removeStaleSeries(transaction, 'default', hour(0), limit));

    expect([await remove(10), await remove(mostSeries), await remove(10)]).toEqual([10, mostSeries - 12, 0]);
  });
});
