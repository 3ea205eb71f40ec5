import { Module, type DynamicModule } from '@nestjs/common';
import { create } from '@bufbuild/protobuf';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MetricSampledSchema, observationsOf, Outcome, RunStartedSchema, runIdOf, TaskFinishedSchema } from '@orrery/contracts';
import { HealthRegistry, startHttpService, type HttpService } from '@orrery/http';
import { createLogger, startTelemetry } from '@orrery/telemetry';
import { specTenantOf, tenantHeader, TestStore } from '@orrery/testing';
import { executionOf } from '../src/domain/history/execution.js';
import { forecastingParts, forecastOpenApi, learnArrivals, learnSamples, type ForecastingParts } from '../src/forecasting/index.js';
import { predictorMigrations } from '../src/migrations/index.js';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
// A Monday at midnight, and a Tuesday four weeks later, at half past ten.
const firstMs = Date.UTC(2026, 1, 2);
const lastDay = 29;
let nowMs = firstMs + lastDay * dayMs + 10.5 * hourMs;

@Module({})
class ForecastModule {
  static on({ controllers, providers }: ForecastingParts): DynamicModule {
    return { module: ForecastModule, controllers: [...controllers], providers: [...providers] };
  }
}

let store: TestStore;
let parts: ForecastingParts;
let http: HttpService;

const run = { runId: runIdOf({ tenantId: 'default', engine: 'spec', source: 'urn:spec', externalId: '1' }), engine: 'spec', namespace: 'team', attempt: 1 };
const started = (workflow: string, atMs: number) => observationsOf(create(RunStartedSchema, { tenantId: 'default', run: { ...run, workflow, startedAtMs: atMs } }), atMs);

function ended(workflow: string, fromMs: number, costUsd: number) {
  const task = { taskId: run.runId, name: 'build', kind: 'job', attempt: 1, outcome: Outcome.SUCCESS, startedAtMs: fromMs, finishedAtMs: fromMs + hourMs / 2 };
  return executionOf(create(TaskFinishedSchema, { tenantId: 'default', run: { ...run, workflow }, task, samples: [{ sampleId: run.runId, name: 'cost_usd', unit: 'USD', value: costUsd }] }), fromMs + hourMs) ?? [];
}

/** Each day two runs at nine o'clock with half an hour of load each, and one run of another workflow at night. */
const facts = Array.from({ length: lastDay + 1 }, (_, day) => firstMs + day * dayMs).flatMap((atMs) => [
  ...[9.1, 9.3].flatMap((hour) => [...started('release', atMs + hour * hourMs), ended('release', atMs + hour * hourMs, 0.2)]),
  ...started('nightly', atMs + 2 * hourMs),
]);

beforeAll(async () => {
  store = await TestStore.open({ schema: 'predictor', migrations: predictorMigrations });
  await store.database.forTenant('default', async (transaction) => {
    await learnArrivals(transaction, 'default', [...facts.flat(), ...started('release', nowMs - 1000)]);
    const points = Array.from({ length: 200 }, (_, minute) => ({ atMs: nowMs - (200 - minute) * 60_000, value: 100 + (minute % 10) }));
    const series = [{ task: 'build', name: 'memory_bytes', unit: 'By', attributesJson: '{"device":"a"}', points }, { task: 'build', name: 'memory_bytes', unit: 'By', points: points.slice(0, 5) }];
    await learnSamples(transaction, 'default', [{ fact: create(MetricSampledSchema, { tenantId: 'default', run: { ...run, workflow: 'release' }, series }), recordedAtMs: nowMs }]);
  });
  parts = forecastingParts({ database: store.database, now: () => nowMs });
  const telemetry = await startTelemetry({ serviceName: 'spec' });
  http = await startHttpService({ module: ForecastModule.on(parts), host: '127.0.0.1', port: 0, logger: createLogger('spec', 'silent'), telemetry, health: new HealthRegistry(), authenticate: specTenantOf });
});
afterAll(async () => {
  await http.close();
  await parts.stop();
  await store.close();
});

async function get(path: string, tenantId = 'default') {
  const response = await fetch(`${http.url}/api/v1/forecast${path}`, { headers: { [tenantHeader]: tenantId } });
  const text = await response.text();
  const isJson = (response.headers.get('content-type') ?? '').includes('json');
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- answers are compared field by field
  return { status: response.status, type: response.headers.get('content-type'), text, body: (isJson ? JSON.parse(text) : null) as any };
}

describe('GET /api/v1/forecast', () => {
  it('tells when runs come, how long they keep machines busy, and what that costs', async () => {
    const { status, body } = await get('?workflow=release&hours=48');

    expect(status).toBe(200);
    expect(body).toMatchObject({ workflow: 'release', engine: null, as_of: '2026-03-03T10:00:00.000Z', since: '2026-02-02T09:00:00.000Z' });
    expect(body.hours).toHaveLength(48);
    const busy = body.hours.find(({ at }: { at: string }) => at === '2026-03-04T09:00:00.000Z');
    expect(busy.arrivals.p50).toBeCloseTo(2, 0);
    expect(busy.load_hours.p50).toBeCloseTo(1, 0);
    expect(busy.cost_usd).toBeCloseTo(busy.load_hours.p50 * 0.4, 6);
    expect(body.peaks[0]).toMatchObject({ text: expect.stringMatching(/^(Wednesday 4|Thursday 5) March, 09:00 UTC: .* hours of load .* times the mean; .* runs$/) });
    expect(body.cost).toMatchObject({ usd_per_hour: expect.closeTo(0.4, 6), price_origin: 'observed', text: expect.stringContaining('in 2 days') });
    expect(body.basis).toMatchObject({ history_hours: 29 * 24 + 1, runs: 60, load_hours: expect.closeTo(30, 6), text: expect.stringMatching(/; 60 runs were seen\.$/) });
  });

  it('shows the hours that are over with their gaps, and not the one in hand', async () => {
    const { history } = (await get('?workflow=release')).body;

    expect(history).toHaveLength(168);
    expect(history.at(-1)).toEqual({ at: '2026-03-03T09:00:00.000Z', runs: 2, load_hours: 1 });
    expect(history.at(-2)).toEqual({ at: '2026-03-03T08:00:00.000Z', runs: 0, load_hours: 0 });
  });

  it('sums all workflows up, at a price that is told', async () => {
    const { body } = await get('?price_per_hour=2&hours=24');

    expect(body.workflow).toBeNull();
    expect(body.basis.runs).toBe(90);
    expect(body.cost).toMatchObject({ usd_per_hour: 2, price_origin: 'given' });
    expect(body.totals.arrivals.p50).toBeCloseTo(3, 0);
  });

  it('has no cost where nothing cost anything', async () => {
    expect((await get('?workflow=nightly')).body).toMatchObject({ cost: null, hours: expect.arrayContaining([expect.objectContaining({ cost_usd: null })]) });
  });

  it('is CSV as well', async () => {
    const { type, text } = await get('?workflow=release&hours=24&format=csv');
    const lines = text.trimEnd().split('\r\n');

    expect(type).toBe('text/csv; charset=utf-8');
    expect(lines).toHaveLength(25);
    expect(lines[0]).toBe('at,arrivals_p10,arrivals_p50,arrivals_p90,load_hours_p10,load_hours_p50,load_hours_p90,cost_usd');
    expect(lines[1]).toMatch(/^2026-03-03T10:00:00\.000Z(,[\d.e-]+){7}$/);
  });

  it('tells workflows of one name apart where it is told how', async () => {
    expect((await get('?workflow=release&engine=spec&namespace=team')).body.basis.runs).toBe(60);
    expect((await get('?workflow=release&engine=other&namespace=team')).status).toBe(404);
  });

  it('keeps an answer for a minute', async () => {
    const before = (await get('?workflow=nightly&hours=2')).text;
    await store.database.forTenant('default', (transaction) => learnArrivals(transaction, 'default', started('nightly', nowMs - 2 * hourMs)));
    const kept = (await get('?workflow=nightly&hours=2')).text;
    nowMs += 60_000;

    expect(kept).toBe(before);
    expect((await get('?workflow=nightly&hours=2')).body.basis.runs).toBe(31);
  });

  it('does not keep that nothing is known', async () => {
    expect((await get('?workflow=late')).status).toBe(404);
    await store.database.forTenant('default', (transaction) => learnArrivals(transaction, 'default', started('late', nowMs - 2 * hourMs)));

    expect((await get('?workflow=late')).body.basis.runs).toBe(1);
  });

  it('knows nothing of what is another tenant\'s, and says so', async () => {
    expect(await get('', 'team-b')).toMatchObject({ status: 200, body: { since: null, hours: [], history: [], peaks: [], cost: null, basis: null, totals: null } });
    expect(await get('?workflow=release', 'team-b')).toMatchObject({ status: 404, body: { detail: 'the workflow release was not heard of for six weeks' } });
  });
});

describe('GET /api/v1/forecast/series', () => {
  it('tells what the gauge that was read last will show', async () => {
    const { status, body } = await get('/series?workflow=release&metric=memory_bytes&minutes=30');

    expect(status).toBe(200);
    expect(body.series).toMatchObject({ workflow: 'release', task: 'build', metric: 'memory_bytes', unit: 'By', attributes: '{"device":"a"}', others: 1 });
    expect(body.history).toHaveLength(200);
    expect([body.step_ms, body.steps.length, Date.parse(body.steps[0].at) - Date.parse(body.series.updated_at)]).toEqual([60_000, 30, 60_000]);
    for (const { p10, p50, p90 } of body.steps) expect([p10 <= p50, p50 <= p90, p50 > 90, p50 < 120]).toEqual([true, true, true, true]);
    expect(body.basis).toMatchObject({ samples: 200 });
  });

  it('tells that of the one that is asked for', async () => {
    expect((await get(`/series?workflow=release&metric=memory_bytes&attributes=${encodeURIComponent('{ "device": "a" }')}`)).body.series.others).toBe(0);
    expect((await get('/series?workflow=release&metric=memory_bytes&attributes=')).body.history).toHaveLength(5);
    expect((await get('/series?workflow=release&metric=memory_bytes&task=other')).status).toBe(404);
  });

  it('names what is measured where there is no such gauge', async () => {
    expect(await get('/series?workflow=release&metric=disk')).toMatchObject({ status: 404, body: { detail: 'there is no series disk of the workflow release; there are memory_bytes' } });
    expect(await get('/series?workflow=release&metric=memory_bytes', 'team-b')).toMatchObject({ status: 404, body: { detail: expect.stringContaining('nothing is measured of it') } });
  });
});

describe('a forecast that cannot be', () => {
  it.each([
    ['?hours=0', 'hours'],
    ['?hours=721', 'hours'],
    ['?price_per_hour=-1', 'price_per_hour'],
    ['?format=xml', 'format'],
    ['?flavour=x', 'flavour'],
    ['/series?workflow=release', 'metric'],
    ['/series?workflow=release&metric=memory_bytes&minutes=2000', 'minutes'],
  ])('is refused with a reason: %s', async (path, reason) => {
    const { status, body } = await get(path);

    expect([status, body.detail]).toEqual([400, expect.stringContaining(reason)]);
  });
});

describe('the OpenAPI fragment', () => {
  it('has both routes and all that it refers to', () => {
    const references = [...JSON.stringify(forecastOpenApi).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name);

    expect(Object.keys(forecastOpenApi.paths)).toEqual(['/api/v1/forecast', '/api/v1/forecast/series']);
    expect(references.filter((name) => forecastOpenApi.components.schemas[name ?? ''] === undefined)).toEqual([]);
  });
});
