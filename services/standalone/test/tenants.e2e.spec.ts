import { readFileSync } from 'node:fs';
import path from 'node:path';
import { create, toBinary } from '@bufbuild/protobuf';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ExecutionRecordSchema, executionTopic } from '@orrery/contracts';
import { createEventLog } from '@orrery/event-log';
import { WebSocket } from 'ws';
import { Api, executionEvent } from './api.js';
import { eventually } from './eventually.js';
import { cleanUp, root, RunningPlatform } from './running-platform.js';

const keys = { a: 'key-of-team-a-0123456789', b: 'key-of-team-b-0123456789' } as const;
/** In every name and text that team A sends. */
const secret = 'known-to-team-a';
const digest = `sha256:${'ab'.repeat(32)}`;
const uri = `file:///${secret}/report.md`;

/** What team B knows of team A for whatever reason. */
interface Ids {
  readonly run: string;
  readonly task: string;
  readonly event: string;
  readonly letter: string;
  readonly baseline: string;
}

interface Case {
  readonly path?: (ids: Ids) => string;
  readonly body?: (ids: Ids) => object;
  /** What team B gets: nothing, as if it did not exist; a list without anything in it; or its own answer, checked here or by the service's specs. */
  readonly foreign: 404 | 'empty' | 'own' | 'specs of the service';
}

const ofRun = (suffix: string, query = ''): Case => ({ path: ({ run }) => `/api/v1/runs/${run}${suffix}${query}`, foreign: 404 });
const sends: Case = { foreign: 'own' };
const ofService: Case = { foreign: 'specs of the service' };

/** Every operation of the served document: one that is missing here fails a test below. */
const matrix: Readonly<Record<string, Case>> = {
  'GET /api/v1/runs': { path: () => '/api/v1/runs?limit=500', foreign: 'empty' },
  'GET /api/v1/runs/{run_id}': ofRun(''),
  'GET /api/v1/runs/{run_id}/graph': ofRun('/graph'),
  'GET /api/v1/runs/{run_id}/timeline': { path: ({ run, task }) => `/api/v1/runs/${run}/timeline?task=${task}`, foreign: 404 },
  'GET /api/v1/runs/{run_id}/artifacts': ofRun('/artifacts'),
  'GET /api/v1/runs/{run_id}/messages': ofRun('/messages'),
  'GET /api/v1/runs/{run_id}/samples': ofRun('/samples'),
  'GET /api/v1/runs/{run_id}/state': ofRun('/state', '?at=2026-11-20T11:00:00Z'),
  'GET /api/v1/runs/{run_id}/failure': ofRun('/failure'),
  'GET /api/v1/artifacts/provenance': { path: () => `/api/v1/artifacts/provenance?uri=${encodeURIComponent(uri)}`, foreign: 404 },
  'GET /api/v1/dead-letters': { path: () => '/api/v1/dead-letters?limit=500', foreign: 'empty' },
  'POST /api/v1/dead-letters/replay': { path: () => '/api/v1/dead-letters/replay', body: ({ letter }) => ({ ids: [letter] }), foreign: 404 },
  'GET /api/v1/baselines': { path: () => '/api/v1/baselines?limit=500', foreign: 'empty' },
  'GET /api/v1/baselines/{key_id}': { path: ({ baseline }) => `/api/v1/baselines/${baseline}`, foreign: 404 },
  'GET /api/v1/baselines/{key_id}/history': ofService,
  'DELETE /api/v1/baselines/{key_id}': ofService,
  'GET /api/v1/baselines/for': ofService,
  'GET /api/v1/anomalies': ofService,
  'GET /api/v1/anomalies/statistics': ofService,
  'GET /api/v1/anomalies/{anomaly_id}': ofService,
  'POST /api/v1/anomalies/{anomaly_id}/acknowledge': ofService,
  'POST /api/v1/anomalies/{anomaly_id}/resolve': ofService,
  'POST /api/v1/anomalies/{anomaly_id}/mute': ofService,
  'POST /api/v1/anomalies/{anomaly_id}/false-positive': ofService,
  'POST /api/v1/anomaly-rules/preview': ofService,
  'GET /api/v1/alert-routes': ofService,
  'GET /api/v1/alert-routes/{route_id}': ofService,
  'PUT /api/v1/alert-routes/{route_id}': ofService,
  'DELETE /api/v1/alert-routes/{route_id}': ofService,
  'POST /api/v1/alert-routes/{route_id}/test': ofService,
  'GET /api/v1/alert-deliveries': ofService,
  'GET /api/v1/runs/{run_id}/prediction': ofRun('/prediction'),
  'POST /api/v1/predictions': ofService,
  'GET /api/v1/accuracy': ofService,
  'GET /api/v1/forecast': ofService,
  'GET /api/v1/forecast/series': { path: () => `/api/v1/forecast/series?workflow=${secret}&metric=${secret}`, foreign: 404 },
  'GET /api/v1/annotations': ofService,
  'POST /api/v1/annotations': ofService,
  'DELETE /api/v1/annotations/{annotation_id}': ofService,
  'GET /api/v1/prediction-modes': ofService,
  'PUT /api/v1/prediction-modes': ofService,
  'DELETE /api/v1/prediction-modes': ofService,
  'GET /api/v1/models': ofService,
  'GET /api/v1/models/{kind}/{version}': ofService,
  'POST /api/v1/models/{kind}/{version}/promote': ofService,
  'POST /api/v1/models/{kind}/rollback': ofService,
  'GET /api/v1/trainings': ofService,
  'POST /api/v1/trainings': ofService,
  'GET /api/v1/trainings/{training_id}': ofService,
  'DELETE /api/v1/trainings/{training_id}': ofService,
  'POST /api/v1/schedule/decide': ofService,
  'GET /api/v1/schedule/decisions': ofService,
  'GET /api/v1/schedule/policies': ofService,
  'GET /api/v1/schedule/policies/{name}': ofService,
  'POST /api/v1/schedule/policies/{name}/promote': ofService,
  'POST /api/v1/schedule/policies/{name}/rollback': ofService,
  'POST /api/v1/schedule/trainings': ofService,
  'GET /api/v1/schedule/trainings': ofService,
  'GET /api/v1/schedule/trainings/{training_id}': ofService,
  'DELETE /api/v1/schedule/trainings/{training_id}': ofService,
  'POST /api/v1/schedule/evaluations': ofService,
  'GET /api/v1/schedule/evaluations': ofService,
  'GET /api/v1/schedule/evaluations/{evaluation_id}': ofService,
  'DELETE /api/v1/schedule/evaluations/{evaluation_id}': ofService,
  'POST /api/v1/schedule/workloads': ofService,
  'GET /api/v1/schedule/workloads': ofService,
  'DELETE /api/v1/schedule/workloads/{workload_id}': ofService,
  'POST /api/v1/schedule/experiments': ofService,
  'GET /api/v1/schedule/experiments': ofService,
  'GET /api/v1/schedule/experiments/{experiment_id}': ofService,
  'POST /api/v1/schedule/experiments/{experiment_id}/stop': ofService,
  'GET /api/v1/live': { foreign: 'own' },
  'GET /api/v1/openapi.json': { foreign: 'own' },
  'POST /api/v1/events': sends,
  'POST /api/v1/lineage': sends,
  'POST /v1/traces': sends,
  'POST /v1/metrics': sends,
  'POST /v1/logs': sends,
  'POST /api/v1/webhooks/github': sends,
  'POST /api/v1/webhooks/argo': sends,
  'POST /api/v1/webhooks/prefect': sends,
  'POST /api/v1/webhooks/kestra': sends,
  'POST /api/v1/webhooks/temporal': sends,
};
const operations = Object.entries(matrix).map(([operation, entry]) => {
  const [method = '', pattern = ''] = operation.split(' ');
  return { operation, method, pattern, ...entry };
});
const reads = operations.filter(({ foreign }) => foreign === 404 || foreign === 'empty');

const times = { started_at: '2026-11-20T10:00:00Z', finished_at: '2026-11-20T10:00:10Z' };
const failed = { status: 'finished', outcome: 'failure', ...times, error: { type: secret, message: secret, exit_code: 1 } };

/** A run that has something of each kind, all with the secret in it. */
const wholeRun = executionEvent(`${secret}/whole`, {
  run: { id: `${secret}-run`, workflow: secret, namespace: secret, labels: { [secret]: secret }, ...failed },
  tasks: [{ id: 'task', name: secret, ...failed }],
  events: [{ id: 'event', task: 'task', kind: 'tool_call', name: secret, actor: secret, input: secret, output: secret, ...failed }],
  artifacts: [{ task: 'task', event: 'event', direction: 'output', uri, digest, size_bytes: 7, actor: secret }],
  messages: [{ id: 'message', task: 'task', sender: secret, content: secret }],
  samples: [{ task: 'task', name: secret, value: 1 }],
});

const attribute = (key: string, value: string) => ({ key, value: { stringValue: value } });
const resource = { attributes: [attribute('service.name', secret), attribute('cicd.pipeline.run.id', secret)] };
const otlpTime = '1795172189000000000';
const fixture = (file: string) => readFileSync(path.join(root, 'fixtures', file), 'utf8');

/** A payload for each route that takes events. */
const payloads: Readonly<Record<string, { readonly body: object | string; readonly type?: string }>> = {
  '/api/v1/events': { body: [wholeRun], type: 'application/cloudevents-batch+json' },
  '/api/v1/lineage': { body: fixture('airflow-openlineage/0001-api-v1-lineage.json') },
  '/v1/traces': { body: { resourceSpans: [{ resource, scopeSpans: [{ spans: [{ traceId: '0a'.repeat(16), spanId: '0b'.repeat(8), name: secret, kind: 1, startTimeUnixNano: otlpTime, endTimeUnixNano: otlpTime }] }] }] } },
  '/v1/metrics': { body: { resourceMetrics: [{ resource, scopeMetrics: [{ metrics: [{ name: secret, gauge: { dataPoints: [{ timeUnixNano: otlpTime, asDouble: 1 }] } }] }] }] } },
  '/v1/logs': { body: { resourceLogs: [{ resource, scopeLogs: [{ logRecords: [{ timeUnixNano: otlpTime, traceId: '0a'.repeat(16), spanId: '0b'.repeat(8), body: { stringValue: secret } }] }] }] } },
  '/api/v1/webhooks/github': { body: { action: 'completed', repository: { full_name: secret, url: `https://example.org/${secret}` }, workflow_run: { id: 7, run_attempt: 1, name: secret, status: 'completed', conclusion: 'failure' } } },
  '/api/v1/webhooks/argo': { body: { apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', metadata: { uid: secret, name: secret, namespace: 'ci' }, status: { phase: 'Running' } } },
  '/api/v1/webhooks/prefect': { body: fixture('prefect-events/0001-api-v1-webhooks-prefect.json') },
  '/api/v1/webhooks/kestra': { body: { id: secret, namespace: secret, flowId: secret, state: { current: 'RUNNING', histories: [{ state: 'RUNNING', date: times.started_at }] } } },
  '/api/v1/webhooks/temporal': { body: { events: [{ eventId: '1', eventTime: times.started_at, eventType: 'EVENT_TYPE_WORKFLOW_EXECUTION_STARTED', workflowExecutionStartedEventAttributes: { workflowId: secret, originalExecutionRunId: secret, workflowType: { name: secret } } }] } },
};

const messagesOf = (socket: WebSocket): { type: string; run_id?: string }[] => {
  const messages: { type: string; run_id?: string }[] = [];
  socket.on('message', (data) => messages.push(JSON.parse(String(data)) as { type: string }));
  return messages;
};

describe('with keys of two teams', () => {
  let platform: RunningPlatform;
  let a: Api;
  let b: Api;
  let ids: Ids;

  const send = (api: Api, route: string): Promise<Response> => {
    const { body, type = 'application/json' } = payloads[route] ?? { body: {} };
    return api.call('POST', route, { body: typeof body === 'string' ? body : JSON.stringify(body), headers: { 'content-type': type } });
  };
  const ask = (api: Api, { method, pattern, path: pathOf, body }: (typeof operations)[number]): Promise<Response> =>
    api.call(method, pathOf?.(ids) ?? pattern, method === 'POST' ? { body: JSON.stringify(body?.(ids) ?? {}), headers: { 'content-type': 'application/json' } } : {});
  const runIdsOf = async (api: Api): Promise<string[]> => (await api.get<{ items: { run_id: string }[] }>('/api/v1/runs?limit=500')).items.map(({ run_id: id }) => id);
  /** All that team A can read, as text. */
  // When it was asked is of the answer alone.
  const viewOf = async (api: Api): Promise<string[]> => Promise.all(reads.filter(({ method }) => method === 'GET').map(async (entry) => (await (await ask(api, entry)).text()).replace(/"asked_at":"[^"]*"/, '')));

  beforeAll(async () => {
    platform = await RunningPlatform.start({ environment: { ORRERY_API_KEYS: `team-a:${keys.a},team-b:${keys.b}` } });
    a = new Api(platform.url).as(keys.a);
    b = new Api(platform.url).as(keys.b);
    for (const route of Object.keys(payloads)) expect((await send(a, route)).ok).toBe(true);
    await buryRecordOf('team-a', platform.databaseUrl);
    const { items: runs } = await eventually(async () => {
      const page = await a.get<{ items: { run_id: string; external_id: string; task_counts: { total: number } }[] }>('/api/v1/runs?limit=500');
      return page.items.length >= 7 && page;
    });
    const run = runs.find(({ external_id: id }) => id === `${secret}-run`)?.run_id ?? '';
    const { tasks } = await a.get<{ tasks: { task_id: string }[] }>(`/api/v1/runs/${run}/graph`);
    const { items: events } = await a.get<{ items: { event_id: string }[] }>(`/api/v1/runs/${run}/timeline`);
    const letter = await eventually(async () => (await a.get<{ items: { id: string }[] }>('/api/v1/dead-letters')).items[0]?.id);
    const baseline = await eventually(async () => (await a.get<{ items: { key_id: string }[] }>(`/api/v1/baselines?workflow=${secret}`)).items[0]?.key_id);
    // The predictor learns from samples by itself, and may be the last to do so.
    await eventually(async () => (await a.call('GET', `/api/v1/forecast/series?workflow=${secret}&metric=${secret}`)).ok);
    ids = { baseline, run, task: tasks[0]?.task_id ?? '', event: events[0]?.event_id ?? '', letter };
  });
  afterAll(async () => {
    await platform.stop();
    cleanUp();
  });

  it('the specs know every route that is served', async () => {
    const { paths } = await a.get<{ paths: Record<string, object> }>('/api/v1/openapi.json');
    const served = Object.entries(paths).flatMap(([route, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${route}`));

    expect(served.sort()).toEqual(Object.keys(matrix).sort());
    expect(Object.keys(payloads).map((route) => `POST ${route}`).sort()).toEqual(operations.filter((entry) => entry.foreign === 'own' && entry.method === 'POST').map(({ operation }) => operation).sort());
  });

  const metrics = { operation: 'GET /metrics', method: 'GET', pattern: '/metrics', foreign: 'own' as const };
  // The live feed is no HTTP call; it has a test of its own.
  describe.each([...operations.filter(({ pattern }) => pattern !== '/api/v1/live'), metrics])('$operation', (entry) => {
    it('asks for a key', async () => {
      for (const stranger of [new Api(platform.url), new Api(platform.url).as('key-of-nobody-0123456789')]) {
        const answer = await ask(stranger, entry);

        expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
      }
    });
  });

  describe.each(reads)('$operation', (entry) => {
    it('gives a team what is its own, and another team nothing of it', async () => {
      const foreign = await ask(b, entry);
      const foreignText = await foreign.text();
      const own = await ask(a, entry);
      const ownText = await own.text();

      expect(own.status).toBe(200);
      if (entry.foreign === 'empty') expect([foreign.status, JSON.parse(foreignText)]).toEqual([200, { items: [], next_cursor: null }]);
      else expect(foreign.status).toBe(entry.foreign);
      const asked = `${entry.path?.(ids) ?? ''}${JSON.stringify(entry.body?.(ids) ?? {})}`;
      for (const word of [secret, digest, ...Object.values(ids)]) if (!decodeURIComponent(asked).includes(word)) expect(foreignText).not.toContain(word);
      if (entry.method === 'GET' && !entry.pattern.endsWith('dead-letters')) expect(ownText).toContain(secret);
    });
  });

  it('filters reach no further than the rows of the team', async () => {
    for (const query of [`workflow=${secret}`, `q=${secret}`, `label=${secret}:${secret}`, 'outcome=failure', `namespace=${secret}`]) {
      expect((await a.get<{ items: object[] }>(`/api/v1/runs?${query}`)).items.length).toBeGreaterThan(0);
      expect(await b.get(`/api/v1/runs?${query}`)).toEqual({ items: [], next_cursor: null });
    }
    expect((await b.call('GET', `/api/v1/artifacts/provenance?hash=${digest}`)).status).toBe(404);
    expect(await (await b.call('POST', '/api/v1/dead-letters/replay', { body: JSON.stringify({ topic: executionTopic.name }) })).json()).toEqual({ replayed: 0 });
  });

  it('the live feed tells each team of its own runs alone, and a stranger of none', async () => {
    const address = `${platform.url.replace('http', 'ws')}/api/v1/live`;
    const refused = await new Promise<number>((resolve) => new WebSocket(address).once('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0)).on('error', () => undefined));
    const inBrowser = new WebSocket(address, ['orrery.v1', `orrery.key.${Buffer.from(keys.a).toString('base64url')}`]);
    const foreign = new WebSocket(`${address}?run_id=${ids.run}`, { headers: { authorization: `Bearer ${keys.b}` } });
    const sockets = [inBrowser, foreign];
    const [own, others] = sockets.map(messagesOf) as [{ type: string; run_id?: string }[], { type: string; run_id?: string }[]];
    await eventually(() => own.length === 1 && others.length === 1);

    await a.send([executionEvent('live', { run: { id: `${secret}-run` }, events: [{ id: 'one-more', kind: 'log' }] })]);
    await eventually(() => own.some(({ run_id: id }) => id === ids.run));
    await b.send([executionEvent('live-b', { run: { id: 'run-of-b' }, events: [{ id: 'first', kind: 'log' }] })]);
    await eventually(async () => (await runIdsOf(b)).length === 1);
    for (const socket of sockets) socket.terminate();

    expect(refused).toBe(401);
    expect(others).toEqual([expect.objectContaining({ type: 'hello' })]);
    expect(own.filter(({ type }) => type === 'run.changed').every(({ run_id: id }) => id === ids.run)).toBe(true);
  });

  it('the same payloads under another key are other runs, and change nothing', async () => {
    const before = await viewOf(a);
    for (const route of Object.keys(payloads)) expect((await send(b, route)).ok).toBe(true);
    const runsOfA = await runIdsOf(a);
    const runsOfB = await eventually(async () => {
      const found = await runIdsOf(b);
      return found.length >= runsOfA.length && found;
    });

    expect(runsOfB.filter((id) => runsOfA.includes(id))).toEqual([]);
    expect(await viewOf(a)).toEqual(before);
  });
});

/** Appends a record of the team that no consumer can take, since its key is not its run. */
async function buryRecordOf(tenantId: string, databaseUrl: string): Promise<void> {
  const log = createEventLog({ databaseUrl });
  const id = '01234567-89ab-8def-8123-456789abcdef';
  const record = create(ExecutionRecordSchema, { tenantId, recordId: id, runId: id, receivedAtMs: Date.now() });
  await log.append([{ topic: executionTopic.name, key: 'another', value: toBinary(ExecutionRecordSchema, record) }]);
  await log.close();
}
