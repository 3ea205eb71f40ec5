import { create } from '@bufbuild/protobuf';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MetricSampledSchema, runIdOf } from '@orrery/contracts';
import { eventually, TestStore } from '@orrery/testing';
import { ForecastService } from '../src/forecasting/forecast.service.js';
import { ForecastThread } from '../src/forecasting/forecast-thread.js';
import { learnSamples } from '../src/forecasting/index.js';
import { SeriesNetworks } from '../src/forecasting/series-networks.js';
import { predictorMigrations } from '../src/migrations/index.js';
import { workerTrainer } from '../src/networks/index.js';
import './runtime-realm.js';

const startMs = Date.UTC(2026, 2, 2);
const minuteMs = 60_000;
const runId = runIdOf({ tenantId: 'default', engine: 'spec', source: 'urn:spec', externalId: '1' });
const warnings: unknown[] = [];

let store: TestStore;
let thread: ForecastThread;
let networks: SeriesNetworks;
let nowMs = startMs + 500 * minuteMs;

beforeAll(async () => {
  store = await TestStore.open({ schema: 'predictor', migrations: predictorMigrations });
  thread = new ForecastThread();
  networks = new SeriesNetworks({ trainer: (spec, data, options) => workerTrainer('wasm')(spec, data, { ...options, epochLimit: 6 }), thread, warn: (...told) => warnings.push(told) });
});
afterAll(async () => {
  await networks.stop();
  await thread.stop();
  await store.close();
});

const learn = (metric: string, count: number, valueAt: (minute: number) => number) =>
  store.database.forTenant('default', (transaction) => {
    const points = Array.from({ length: count }, (_, minute) => ({ atMs: startMs + minute * minuteMs, value: valueAt(minute) }));
    const fact = create(MetricSampledSchema, { tenantId: 'default', run: { runId, engine: 'spec', namespace: 'team', workflow: 'release' }, factId: runId, series: [{ task: 'build', name: metric, unit: '1', points }] });
    return learnSamples(transaction, 'default', [{ fact, recordedAtMs: nowMs }]);
  });

describe('the network of a series', () => {
  it('is trained when somebody asks, and answers where it was closer than the statistical forecast', async () => {
    // A saw with a period that no calendar has.
    await learn('saw', 500, (minute) => minute % 37);
    const service = new ForecastService(store.database, thread, () => nowMs, networks);
    const ask = (minutes = 30) => service.series('default', { workflow: 'release', metric: 'saw', minutes });

    const first = await ask();
    let answered = first;
    await eventually(async () => {
      // Answers are kept for a minute.
      nowMs += minuteMs;
      answered = await ask();
      return answered.network?.state !== 'training';
    });

    expect(first).toMatchObject({ model: 'statistical', network: { state: 'training' } });
    expect(warnings).toEqual([]);
    if (answered.network === null || !('contest' in answered.network)) throw new Error(`the network is ${String(answered.network?.state)}`);
    const { origins, networkError, statisticalError } = answered.network.contest;
    expect(origins).toBe(10);
    expect(answered.network.state).toBe(networkError < statisticalError ? 'won' : 'lost');
    expect(answered.model).toBe(networkError < statisticalError ? 'network' : 'statistical');
    expect(answered.forecast.steps).toHaveLength(30);
    expect(answered.forecast.steps[0]?.atMs).toBe(startMs + 500 * minuteMs);
    for (const { p10, p50, p90 } of answered.forecast.steps) expect(p10 <= p50 && p50 <= p90).toBe(true);
    expect((await ask(90)).model).toBe('statistical');
  });

  it('is not trained for few readings', async () => {
    await learn('young', 100, (minute) => minute);
    const service = new ForecastService(store.database, thread, () => nowMs, networks);

    expect(await service.series('default', { workflow: 'release', metric: 'young', minutes: 5 })).toMatchObject({ model: 'statistical', network: { state: 'too_short' } });
  });
});

describe('the forecast thread', () => {
  it('tells what is wrong with a question, and goes on', async () => {
    await expect(thread.run('samples', { samples: [], horizonMinutes: 5 })).rejects.toMatchObject({ code: 'ORRERY_VALIDATION' });
    expect((await thread.run('samples', { samples: [{ atMs: 0, value: 1 }], horizonMinutes: 5 })).steps).toHaveLength(5);
  });

  it('takes no more questions than it can answer soon', async () => {
    const own = new ForecastThread();
    const answers = await Promise.allSettled(Array.from({ length: 40 }, () => own.run('samples', { samples: [{ atMs: 0, value: 1 }], horizonMinutes: 5 })));
    await own.stop();

    const refused = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason as unknown] : []));
    expect(refused).toHaveLength(8);
    expect(refused[0]).toMatchObject({ code: 'ORRERY_LIMIT', retriable: true });
  });

  it('tells those who wait when it is stopped', async () => {
    const own = new ForecastThread();
    const asked = own.run('samples', { samples: [{ atMs: 0, value: 1 }], horizonMinutes: 5 });
    const refused = expect(asked).rejects.toMatchObject({ code: 'ORRERY_DEPENDENCY' });
    await own.stop();

    await refused;
  });
});
