import { createHmac } from 'node:crypto';
import { create, toBinary } from '@bufbuild/protobuf';
import { executionTopic } from '@orrery/contracts';
import { LogsDataSchema, TracesDataSchema } from '@orrery/contracts/otlp';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, IngestScene } from './ingest-scene.js';

// Made up, and put together here so that no scanner takes this file for a leak.
const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const dashes = '-'.repeat(5);
const secrets = {
  github: `gh${'p'}_${letters.slice(3, 39)}`,
  aws: `AK${'IA'}Q3EGRIX5WPZT7NOB`,
  bearer: `${letters.slice(9, 49)}`,
  url: 'tr0ub4dor-and-3',
  password: 'hunter2-hunter2',
  key: letters.slice(0, 60),
  jwt: letters.slice(11, 54),
};
const jwt = ['ey' + 'JhbGciOiJIUzI1NiJ9', 'ey' + 'JzdWIiOiIxMjM0NTY3ODkwIn0', secrets.jwt].join('.');
const text = [
  `pushed with ${secrets.github} and ${secrets.aws}`,
  `Authorization: Bearer ${secrets.bearer}`,
  `cloning https://ci:${secrets.url}@git.example/app.git`,
  `DB_PASSWORD=${secrets.password}`,
  `session ${jwt}`,
  `${dashes}BEGIN PRIVATE KEY${dashes}\n${secrets.key}\n${dashes}END PRIVATE KEY${dashes}`,
].join('\n');

const apiKey = 'key-of-team-a-0123456789';
const hookSecret = 'the-secret-of-the-hook';
const sourceTopic = 'builds';
const json = { 'content-type': 'application/json', authorization: `Bearer ${apiKey}` };
const protobuf = { 'content-type': 'application/x-protobuf', 'x-api-key': apiKey };
const deep = (value: unknown, depth: number): unknown => (depth === 0 ? value : { inner: deep(value, depth - 1) });
const time = '2026-11-20T10:00:00Z';
const repository = { full_name: 'o/r', url: 'https://api.github.com/repos/o/r', html_url: 'https://github.com/o/r' };

const payloads: readonly (readonly [string, unknown])[] = [
  ['/api/v1/events', { specversion: '1.0', id: text, source: `urn:${text}`, type: 'dev.orrery.execution.v1', subject: text, data: { run: { id: 'r', error: { message: text }, labels: { note: text, password: secrets.password } }, events: [{ id: 'e', kind: 'log', output: text, attributes: { api_key: secrets.bearer } }] } }],
  ['/api/v1/events', { unknown: deep(text, 20), [text]: 1 }],
  ['/api/v1/events', [{ specversion: '1.0', id: '1', source: 's', type: 'x', data: text }, { broken: text }]],
  ['/api/v1/lineage', { eventType: 'FAIL', eventTime: time, producer: 'p', schemaURL: 'https://openlineage.io/spec/2-0-2/OpenLineage.json', run: { runId: 'r', facets: { errorMessage: { message: text, stackTrace: text } } }, job: { namespace: text, name: text } }],
  ['/api/v1/webhooks/argo', { apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', metadata: { name: 'w', namespace: 'n', uid: 'u', annotations: { note: text } }, status: { phase: 'Failed', message: text } }],
  ['/api/v1/webhooks/prefect', { id: 'e', occurred: time, event: 'prefect.flow-run.Failed', resource: { 'prefect.resource.id': 'prefect.flow-run.f', 'prefect.state-message': text }, related: [], payload: { text } }],
  ['/api/v1/webhooks/kestra', { id: 'x', namespace: 'c', flowId: 'f', state: { current: 'FAILED' }, taskRunList: [], inputs: { password: secrets.password, note: text } }],
  ['/api/v1/webhooks/temporal', { events: [{ eventId: '1', eventTime: time, eventType: 'EVENT_TYPE_WORKFLOW_EXECUTION_STARTED', workflowExecutionStartedEventAttributes: { workflowType: { name: text }, workflowId: 'w', originalExecutionRunId: 'r' } }] }],
  ['/v1/traces', { resourceSpans: [{ resource: { attributes: [{ key: 'service.name', value: { stringValue: text } }] }, scopeSpans: [{ spans: [{ traceId: '5b8efff798038103d269b633813fc60c', spanId: 'eee19b7ec3c1b174', name: text, attributes: [{ key: 'password', value: { stringValue: secrets.password } }], status: { code: 2, message: text } }] }] }] }],
];

const traceId = Buffer.from('5b8efff798038103d269b633813fc60c', 'hex');
const spanId = Buffer.from('eee19b7ec3c1b174', 'hex');
const attributes = [{ key: 'db.password', value: { value: { case: 'stringValue' as const, value: secrets.password } } }, { key: text, value: { value: { case: 'stringValue' as const, value: text } } }];
const traces = create(TracesDataSchema, { resourceSpans: [{ resource: { attributes }, scopeSpans: [{ scope: { name: text }, spans: [{ traceId, spanId, name: text, attributes, events: [{ name: text, attributes }], status: { message: text } }] }] }] });
const logs = create(LogsDataSchema, { resourceLogs: [{ scopeLogs: [{ logRecords: [{ traceId, spanId, body: { value: { case: 'stringValue', value: text } }, attributes }] }] }] });

/** Every way in which a secret could stand in stored bytes. */
function foundIn(bytes: Uint8Array): string[] {
  const latin1 = Buffer.from(bytes).toString('latin1');
  return Object.entries({ ...secrets, apiKey, hookSecret })
    .filter(([, secret]) => latin1.includes(secret) || latin1.includes(Buffer.from(secret).toString('base64').slice(0, 12)))
    .map(([name]) => name);
}

describe('secrets in payloads', () => {
  let scene: IngestScene;
  beforeAll(async () => {
    scene = await IngestScene.open({ apiKeys: [`team-a:${apiKey}`], githubSecrets: [`team-a:${hookSecret}`], sources: [{ topic: sourceTopic, tenantId: 'team-a' }] });
  });
  afterAll(() => scene.close());

  async function expectClean(): Promise<void> {
    const logged = await scene.takeLogged();

    expect(logged.length).toBeGreaterThan(0);
    for (const { bytes, headers, key, record } of logged) {
      expect([record.origin?.format, foundIn(bytes)]).toEqual([record.origin?.format, []]);
      expect(foundIn(Buffer.from(JSON.stringify([headers, key])))).toEqual([]);
      expect(record.flags).toContain('redacted');
    }
  }

  it.each(payloads)('never reach the log through %s', async (path, payload) => {
    expect((await scene.postJson(path, payload, json)).status).toBeLessThan(300);
    await expectClean();
  });

  it('never reach the log in protobuf', async () => {
    await scene.post('/v1/traces', toBinary(TracesDataSchema, traces), protobuf);
    await scene.post('/v1/logs', toBinary(LogsDataSchema, logs), protobuf);
    await expectClean();
  });

  it('never reach the log in the headers of a CloudEvent, nor does what authorizes the request', async () => {
    const headers = { 'ce-specversion': '1.0', 'ce-id': '1', 'ce-source': `https://ci:${secrets.url}@x/`, 'ce-type': 'x', 'ce-subject': `token ${secrets.github}`, 'ce-note': `password=${secrets.password}`, cookie: `session=${secrets.bearer}`, baggage: `user=${secrets.password}` };
    await scene.post('/api/v1/events', JSON.stringify({ text }), { ...json, ...headers });
    await expectClean();
  });

  it('never reach the log in a webhook, plain or as a form', async () => {
    const body = JSON.stringify({ action: 'completed', repository, sender: {}, workflow_run: { id: 1, run_attempt: 1, name: text, status: 'completed', conclusion: 'failure', head_commit: { message: text } } });
    for (const [sent, contentType] of [[body, 'application/json'], [new URLSearchParams({ payload: body }).toString(), 'application/x-www-form-urlencoded']] as const) {
      const signature = `sha256=${createHmac('sha256', hookSecret).update(sent).digest('hex')}`;
      const answer = await scene.post('/api/v1/webhooks/github', sent, { 'content-type': contentType, 'x-github-event': 'workflow_run', 'x-hub-signature-256': signature });
      expect(answer.status).toBe(202);
    }
    await expectClean();
  });

  it('never reach the log in plain text, nor in text that is no UTF-8', async () => {
    await scene.post('/api/v1/events', text, { ...json, 'content-type': 'text/plain' });
    await scene.post('/api/v1/events', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text)]), { ...json, 'content-type': 'application/octet-stream' });
    await expectClean();
  });

  it('never reach the log from another topic', async () => {
    await scene.log.append([{ topic: sourceTopic, key: text, value: Buffer.from(JSON.stringify({ unknown: text })), headers: { note: text } }]);
    await eventually(async () => expect(await scene.log.lag(`orrery-ingest.${sourceTopic}`, [sourceTopic])).toMatchObject([{ lag: 0n }, { lag: 0n }]));
    await expectClean();
  });

  it('are in no answer', async () => {
    const answers = [await scene.post('/api/v1/events', `{"broken": "${text}`, json), await scene.post('/v1/traces', text, protobuf)];

    expect(answers.map(({ status, bytes }) => [status, foundIn(bytes)])).toEqual([[400, []], [400, []]]);
  });

  it('are not in the topic itself, whatever it holds else', async () => {
    for (const { topic, partition, start } of await scene.log.offsets(executionTopic.name)) {
      for (const { value } of await scene.log.read({ topic, partition }, start, 1000)) expect(foundIn(value ?? new Uint8Array())).toEqual([]);
    }
  });
});
