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

const minuteMs = 60_000;
const beganAtMs = Date.now() - 40 * minuteMs;
const iso = (atMs: number): string => new Date(atMs).toISOString();

/** All that an engine tells of a run with one task. */
function eventsOf(id: string, { startedAtMs, durationMs }: { readonly startedAtMs: number; readonly durationMs: number }): readonly object[] {
  const times = { started_at: iso(startedAtMs), finished_at: iso(startedAtMs + durationMs) };
  return [executionEvent(id, { run: { id, workflow: 'nightly', outcome: 'success', status: 'finished', ...times }, tasks: [{ id: 'build', name: 'build', outcome: 'success', status: 'finished', ...times }] })];
}

interface Anomalies {
  readonly items: readonly { readonly anomaly_id: string; readonly text: string; readonly type: string; readonly status: string; readonly run_ids: readonly string[]; readonly subject: { readonly task: string } }[];
}

describe('the platform when a task takes much longer than usual', () => {
  it('says so within seconds, keeps quiet about the usual ones, and lets a person call it a false alarm', async () => {
    const usual = Array.from({ length: 25 }, (_, index) => eventsOf(`usual-${index}`, { startedAtMs: beganAtMs + index * minuteMs, durationMs: 30_000 + (index % 5) * 500 }));
    await api.send(usual.flat());
    await eventually(async () => (await api.get<{ items: readonly { count: number }[] }>('/api/v1/baselines?workflow=nightly&subject=task')).items.some(({ count }) => count === 25));
    expect((await api.get<Anomalies>('/api/v1/anomalies')).items).toEqual([]);

    await api.send(eventsOf('slow', { startedAtMs: beganAtMs + 30 * minuteMs, durationMs: 9 * minuteMs }));
    const found = await eventually(async () => (await api.get<Anomalies>('/api/v1/anomalies?workflow=nightly&status=open&task=build')).items[0]);

    const { items: runs } = await api.get<{ items: readonly { run_id: string; external_id: string }[] }>('/api/v1/runs');
    expect(found).toMatchObject({ type: 'duration', subject: { task: 'build' }, text: expect.stringContaining('9 min'), run_ids: [runs.find(({ external_id: id }) => id === 'slow')?.run_id] });
    const answer = await api.call('POST', `/api/v1/anomalies/${found.anomaly_id}/false-positive`, { body: JSON.stringify({ note: 'the runner was moved' }), headers: { 'content-type': 'application/json' } });
    expect(await answer.json()).toMatchObject({ status: 'resolved', resolution: { kind: 'false_positive', note: 'the runner was moved' } });
    expect(await api.get('/health/ready')).toMatchObject({ details: { consumer: { status: 'up' }, 'baseline consumer': { status: 'up' }, 'baseline outbox': { status: 'up' }, 'baseline alerts': { status: 'up' } } });
    const { paths } = await api.get<{ paths: Readonly<Record<string, object>> }>('/api/v1/openapi.json');
    expect(Object.keys(paths)).toEqual(expect.arrayContaining(['/api/v1/runs', '/api/v1/events', '/api/v1/anomalies', '/api/v1/baselines/{key_id}', '/api/v1/alert-routes']));
  });
});
