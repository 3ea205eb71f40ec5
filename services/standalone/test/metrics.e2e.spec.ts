import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Api, executionEvent } from './api.js';
import { eventually } from './eventually.js';
import { cleanUp, RunningPlatform } from './running-platform.js';

let platform: RunningPlatform;
let api: Api;

beforeAll(async () => {
  platform = await RunningPlatform.start();
  api = new Api(platform.url);
});
afterAll(async () => {
  await platform.stop();
  cleanUp();
});

const usualCount = 200;
const beganAtMs = Date.now() - 3_600_000;
const atMs = (index: number): number => beganAtMs + index * 10_000;
/** To and fro between 10 and 20. */
const usual = Array.from({ length: usualCount }, (_, index) => 15 + 5 * Math.sin((index % 20) * (Math.PI / 10)));

interface Anomalies {
  readonly items: readonly { readonly text: string; readonly type: string; readonly severity: string; readonly metric: string; readonly actual: number; readonly run_ids: readonly string[]; readonly subject: object }[];
}

const anomalies = async (query: string) => (await api.get<Anomalies>(`/api/v1/anomalies?type=metric&${query}`)).items;
const runIdOf = async (externalId: string) => (await api.get<{ items: readonly { run_id: string; external_id: string }[] }>('/api/v1/runs')).items.find(({ external_id: id }) => id === externalId)?.run_id;

describe('the platform when a gauge shows what it never did', () => {
  it('says so of samples in its own events', async () => {
    const eventOf = (id: string, values: readonly number[], from: number) => {
      const samples = values.map((value, index) => ({ task: 'consume', name: 'queue_length', unit: '{message}', value, occurred_at: new Date(atMs(from + index)).toISOString() }));
      return executionEvent(id, { run: { id: 'drain-1', workflow: 'drain', status: 'running', started_at: new Date(beganAtMs).toISOString() }, tasks: [{ id: 'consume', name: 'consume', status: 'running' }], samples });
    };
    await api.send([eventOf('usual', usual, 0), eventOf('near', [15.5], usualCount)]);
    await eventually(async () => (await api.get<{ items: readonly unknown[] }>(`/api/v1/runs/${await runIdOf('drain-1')}/samples?limit=500`)).items.length === usualCount + 1);

    await api.send([eventOf('jump', [400], usualCount + 1), eventOf('jump', [400], usualCount + 1)]);
    const found = await eventually(async () => (await anomalies('workflow=drain'))[0]);

    expect(found).toMatchObject({
      ...{ severity: 'critical', metric: 'queue_length', actual: 400, run_ids: [await runIdOf('drain-1')], subject: { workflow: 'drain', task: 'consume' } },
      text: expect.stringMatching(/^queue_length of consume was 400, unlike anything in its last 201 samples \(usually 10 to 20\), since /),
    });
    expect(await anomalies('workflow=drain')).toHaveLength(1);
  });

  it('says so of OTLP metrics of a pipeline run that told its workflow', async () => {
    const attribute = (key: string, value: string) => ({ key, value: { stringValue: value } });
    const resource = { attributes: [attribute('service.name', 'ci'), attribute('cicd.pipeline.run.id', '42'), attribute('cicd.pipeline.name', 'nightly')] };
    const nanoseconds = (ms: number) => `${Math.round(ms)}000000`;
    const post = (path: string, body: object) => api.call('POST', path, { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
    const span = { traceId: '0a'.repeat(16), spanId: '0b'.repeat(8), name: 'nightly', kind: 1, startTimeUnixNano: nanoseconds(beganAtMs), endTimeUnixNano: nanoseconds(Date.now()) };
    const metrics = (values: readonly number[], from: number) => {
      const dataPoints = values.map((value, index) => ({ timeUnixNano: nanoseconds(atMs(from + index)), asDouble: value }));
      return { resourceMetrics: [{ resource, scopeMetrics: [{ metrics: [{ name: 'process.memory.usage', unit: 'By', gauge: { dataPoints } }] }] }] };
    };

    for (const [path, body] of [
      ['/v1/traces', { resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] }],
      ['/v1/metrics', metrics(usual.map((value) => value * 2 ** 20), 0)],
      ['/v1/metrics', metrics([2 ** 30], usualCount)],
    ] as const) expect((await post(path, body)).status).toBe(200);
    const found = await eventually(async () => (await anomalies('workflow=nightly'))[0]);

    expect(found).toMatchObject({ severity: 'critical', metric: 'process.memory.usage', subject: { workflow: 'nightly', subject: 'run' }, text: expect.stringMatching(/^process\.memory\.usage of nightly was 1 GiB, unlike anything in its last 200 samples \(usually 10 MiB to 20 MiB\)/) });
  });
});
