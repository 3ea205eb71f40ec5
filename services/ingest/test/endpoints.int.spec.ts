import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Outcome, recordIdOf, runIdOf, Status, taskIdOf } from '@orrery/contracts';
import { acceptanceIn, IngestScene, problemIn, rawOf } from './ingest-scene.js';

const tenantId = 'default';
const lineage = {
  ...{ eventType: 'COMPLETE', eventTime: '2026-11-20T10:00:05Z', producer: 'urn:p', schemaURL: 'https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent' },
  ...{ run: { runId: '01a1f89b-be0e-7a4a-a59f-5484b27fa40d' }, job: { namespace: 'sales', name: 'orders' } },
};
const repository = { full_name: 'o/r', url: 'https://api.github.com/repos/o/r', html_url: 'https://github.com/o/r' };
const workflowJob = {
  action: 'completed',
  workflow_job: { id: 7, run_id: 5, run_attempt: 1, name: 'build', status: 'completed', conclusion: 'failure', created_at: '2026-11-20T10:00:00Z', started_at: '2026-11-20T10:00:01Z', completed_at: '2026-11-20T10:00:09Z', steps: [] },
  ...{ repository, sender: { login: 's' } },
};
const workflow = {
  ...{ apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', metadata: { name: 'build-x', namespace: 'ci', uid: 'u-1', creationTimestamp: '2026-11-20T10:00:00Z' } },
  status: { phase: 'Running', startedAt: '2026-11-20T10:00:00Z', nodes: { 'build-x': { id: 'build-x', name: 'build-x', displayName: 'build-x', type: 'Pod', phase: 'Running', startedAt: '2026-11-20T10:00:00Z' } } },
};
const prefect = {
  ...{ id: 'e-1', occurred: '2026-11-20T10:00:00Z', event: 'prefect.flow-run.Running', payload: {}, related: [] },
  resource: { 'prefect.resource.id': 'prefect.flow-run.f-1', 'prefect.resource.name': 'gray-fox', 'prefect.state-type': 'RUNNING' },
};
const kestra = { id: 'x-1', namespace: 'company', flowId: 'daily', state: { current: 'SUCCESS', histories: [{ state: 'CREATED', date: '2026-11-20T10:00:00Z' }, { state: 'SUCCESS', date: '2026-11-20T10:00:09Z' }] }, taskRunList: [] };
const temporal = {
  events: [
    { eventId: '1', eventTime: '2026-11-20T10:00:00Z', eventType: 'EVENT_TYPE_WORKFLOW_EXECUTION_STARTED', workflowExecutionStartedEventAttributes: { workflowType: { name: 'Order' }, workflowId: 'order-1', originalExecutionRunId: 'r-1' } },
    { eventId: '2', eventTime: '2026-11-20T10:00:00Z', eventType: 'EVENT_TYPE_WORKFLOW_TASK_SCHEDULED', workflowTaskScheduledEventAttributes: {} },
    { eventId: '3', eventTime: '2026-11-20T10:00:01Z', eventType: 'EVENT_TYPE_WORKFLOW_TASK_STARTED', workflowTaskStartedEventAttributes: { scheduledEventId: '2' } },
  ],
};
const orrery = (id: string, data: object = { run: { id: 'run-1', workflow: 'nightly', status: 'running' } }) => ({ specversion: '1.0', id, source: 'urn:app', type: 'dev.orrery.execution.v1', data });
const appRun = runIdOf({ tenantId, engine: 'orrery', source: 'urn:app', externalId: 'run-1' });

describe('ingest over HTTP', () => {
  let scene: IngestScene;
  beforeAll(async () => {
    scene = await IngestScene.open();
  });
  afterAll(() => scene.close());
  beforeEach(() => scene.takeLogged());

  describe.each([
    ['/api/v1/events', orrery('a'), 202, { origin: { format: 'orrery', source: 'urn:app', externalId: 'a' }, run: { engine: 'orrery', workflow: 'nightly', status: Status.RUNNING } }],
    ['/api/v1/lineage', lineage, 201, { origin: { format: 'openlineage' }, run: { namespace: 'sales', workflow: 'orders', outcome: Outcome.SUCCESS } }],
    ['/api/v1/webhooks/github', workflowJob, 202, { origin: { format: 'github' }, tasks: [{ name: 'build', outcome: Outcome.FAILURE }] }],
    ['/api/v1/webhooks/argo', workflow, 202, { origin: { format: 'argo' }, run: { engine: 'argo', namespace: 'ci', status: Status.RUNNING } }],
    ['/api/v1/webhooks/prefect', prefect, 202, { origin: { format: 'prefect' }, run: { engine: 'prefect', status: Status.RUNNING } }],
    ['/api/v1/webhooks/kestra', kestra, 202, { origin: { format: 'kestra' }, run: { engine: 'kestra', workflow: 'daily', outcome: Outcome.SUCCESS } }],
    ['/api/v1/webhooks/temporal', temporal, 202, { origin: { format: 'temporal' }, run: { engine: 'temporal', workflow: 'Order', status: Status.RUNNING } }],
  ])('POST %s', (path, payload, status, facts) => {
    it(`answers ${status} when the log has the record, keyed by its run, with the bytes as they came`, async () => {
      const body = JSON.stringify(payload, undefined, 1);
      const answer = await scene.post(path, body, { 'content-type': 'application/json' });
      const [logged, ...others] = await scene.takeLogged();

      expect(answer.status).toBe(status);
      expect(others).toEqual([]);
      expect(logged!.record).toMatchObject({ tenantId, ...facts });
      expect(logged!.key).toBe(logged!.record.runId);
      expect(rawOf(logged!.record)).toBe(body);
      expect(acceptanceIn(answer)).toMatchObject({ accepted: 1, unrecognised: 0, records: [{ record_id: logged!.record.recordId, run_ids: [logged!.record.runId] }] });
    });

    it('gives the same event the same record id when it comes again', async () => {
      await scene.postJson(path, payload);
      await scene.postJson(path, payload);
      const ids = (await scene.takeRecords()).map(({ recordId }) => recordId);

      expect(ids).toEqual([ids[0], ids[0]]);
    });
  });

  describe('when headers say what a payload is', () => {
    it('reads a GitHub event by X-GitHub-Event and its delivery id', async () => {
      const answer = await scene.postJson('/api/v1/events', workflowJob, { 'x-github-event': 'workflow_job', 'x-github-delivery': 'd-77' });

      expect(answer.status).toBe(202);
      expect(await scene.takeRecords()).toMatchObject([{ origin: { format: 'github', type: 'workflow_job.completed', externalId: 'd-77' } }]);
    });

    it('reads the payload field of a form, as GitHub can send it', async () => {
      const form = new URLSearchParams({ payload: JSON.stringify(workflowJob) }).toString();
      await scene.post('/api/v1/webhooks/github', form, { 'content-type': 'application/x-www-form-urlencoded', 'x-github-event': 'workflow_job' });

      expect(await scene.takeRecords()).toMatchObject([{ origin: { format: 'github' }, tasks: [{ name: 'build' }] }]);
    });

    it('reads a CloudEvent from ce- headers, and keeps what the data was', async () => {
      const headers = { 'ce-specversion': '1.0', 'ce-id': 'b-1', 'ce-source': 'urn:app', 'ce-type': 'dev.orrery.execution.v1', 'ce-subject': 'nightly', 'ce-traceparent': '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };
      await scene.postJson('/api/v1/events', orrery('x').data, headers);

      expect(await scene.takeRecords()).toMatchObject([
        { recordId: recordIdOf(tenantId, 'urn:app', 'b-1'), runId: appRun, origin: { externalId: 'b-1', subject: 'nightly', traceparent: headers['ce-traceparent'] }, run: { traceId: '0af7651916cd43dd8448eb211c80319c' } },
      ]);
    });

    it('reads structured CloudEvents and batches by their content type', async () => {
      const one = await scene.post('/api/v1/events', JSON.stringify(orrery('s')), { 'content-type': 'application/cloudevents+json; charset=utf-8' });
      const many = await scene.post('/api/v1/events', JSON.stringify([orrery('t'), orrery('u')]), { 'content-type': 'application/cloudevents-batch+json' });

      expect([acceptanceIn(one).accepted, acceptanceIn(many).accepted]).toEqual([1, 2]);
      expect((await scene.takeRecords()).map(({ origin }) => origin?.externalId)).toEqual(['s', 't', 'u']);
    });
  });

  describe('when a batch comes', () => {
    it('keeps the neighbours of a bad element, in order, and the bad one with its reason', async () => {
      const batch = `[${JSON.stringify(orrery('1'))},{"broken": tru},${JSON.stringify(orrery('2'))},${JSON.stringify(lineage)}]`;
      const answer = await scene.post('/api/v1/events', batch, { 'content-type': 'application/json' });
      const records = await scene.takeRecords();

      expect([answer.status, acceptanceIn(answer)]).toMatchObject([202, { accepted: 4, unrecognised: 1 }]);
      expect(records.filter(({ runId }) => runId === appRun).map(({ origin }) => origin?.externalId)).toEqual(['1', '2']);
      const bad = records.find(({ origin }) => origin?.format === 'unrecognised');
      expect([rawOf(bad), bad?.flags]).toEqual(['{"broken": tru}', ['unrecognised', 'unmapped', 'the body is not valid JSON']]);
      expect(acceptanceIn(answer).records?.map(({ record_id }) => record_id).sort()).toEqual(records.map(({ recordId }) => recordId).sort());
    });

    it('counts a large event once, though the log has it in parts', async () => {
      const tasks = Array.from({ length: 7_500 }, (_, index) => ({ id: `task-${index}`, name: `step ${index}`, kind: 'step', status: 'running', url: `https://ci.example/tasks/${index}/0123456789` }));
      const answer = await scene.postJson('/api/v1/events', orrery('large', { run: { id: 'run-1' }, tasks }));
      const logged = await scene.takeLogged();

      expect(acceptanceIn(answer)).toMatchObject({ accepted: 1, records: [{ record_id: recordIdOf(tenantId, 'urn:app', 'large'), run_ids: [appRun] }] });
      expect(logged.length).toBeGreaterThan(1);
      expect(Math.max(...logged.map(({ bytes }) => bytes.byteLength))).toBeLessThanOrEqual(1_000_000);
      expect(new Set(logged.flatMap(({ record }) => record.tasks.map(({ taskId }) => taskId)))).toEqual(new Set(tasks.map(({ id }) => taskIdOf(appRun, id))));
    });

    it('takes an empty one and many, and leaves the ids out of a long answer', async () => {
      const empty = await scene.postJson('/api/v1/events', []);
      const many = await scene.postJson('/api/v1/events', Array.from({ length: 2_000 }, (_, index) => orrery(`many-${index}`)));

      expect(acceptanceIn(empty)).toEqual({ accepted: 0, unrecognised: 0, flags: [], records: [] });
      expect(acceptanceIn(many)).toEqual({ accepted: 2_000, unrecognised: 0, flags: [] });
      expect(await scene.takeRecords()).toHaveLength(2_000);
    });
  });

  it('keeps what nobody knows, with its bytes, and says so', async () => {
    const answer = await scene.post('/api/v1/events', 'plain words', { 'content-type': 'text/plain' });

    expect([answer.status, acceptanceIn(answer)]).toMatchObject([202, { accepted: 1, unrecognised: 1, flags: ['unrecognised'], records: [{ run_ids: [] }] }]);
    const [record] = await scene.takeRecords();
    expect([record?.runId, rawOf(record), record?.raw?.contentType]).toEqual(['', 'plain words', 'text/plain']);
  });
});

describe('ingest over HTTP, when keys and webhook secrets are configured', () => {
  const keyA = 'key-of-team-a-0123456789';
  const keyB = 'key-of-team-b-0123456789';
  const body = JSON.stringify(workflowJob);
  const github = { 'content-type': 'application/json', 'x-github-event': 'workflow_job', 'x-github-delivery': 'd-1' };
  const signed = (secret: string, over = body) => ({ ...github, 'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(over).digest('hex')}` });
  let scene: IngestScene;
  beforeAll(async () => {
    scene = await IngestScene.open({ apiKeys: [`team-a:${keyA}`, `team-b:${keyB}`], githubSecrets: ['team-a:secret-of-a', 'team-b:secret-of-b'] });
  });
  afterAll(() => scene.close());
  beforeEach(() => scene.takeLogged());

  it('gives each event to the tenant of its key, and the same run of two tenants two ids', async () => {
    await scene.postJson('/api/v1/events', orrery('a'), { authorization: `Bearer ${keyA}` });
    await scene.postJson('/api/v1/events', orrery('a'), { 'x-api-key': keyB });
    const records = await scene.takeRecords();

    expect(records.map((record) => record.tenantId).sort()).toEqual(['team-a', 'team-b']);
    expect(new Set(records.map(({ runId }) => runId)).size).toBe(2);
    expect(new Set(records.map(({ recordId }) => recordId)).size).toBe(2);
  });

  it('lets no payload choose its tenant', async () => {
    await scene.postJson('/api/v1/events', { ...orrery('a'), tenantid: 'team-b', tenant: 'team-b', tenantId: 'team-b' }, { authorization: `Bearer ${keyA}`, 'x-tenant-id': 'team-b' });

    expect(await scene.takeRecords()).toMatchObject([{ tenantId: 'team-a' }]);
  });

  it.each([[{}], [{ authorization: 'Bearer key-of-nobody-0123456789' }], [{ authorization: `Basic ${keyA}` }]])('refuses every route without a valid key: %j', async (headers) => {
    for (const path of ['/api/v1/events', '/api/v1/lineage', '/v1/traces', '/v1/metrics', '/v1/logs', ...['argo', 'prefect', 'kestra', 'temporal'].map((name) => `/api/v1/webhooks/${name}`)]) {
      expect([path, (await scene.postJson(path, orrery('a'), headers)).status]).toEqual([path, 401]);
    }
    expect(await scene.takeRecords()).toEqual([]);
  });

  it('takes a signed webhook without a key as its tenant\'s', async () => {
    const answers = [await scene.post('/api/v1/webhooks/github', body, signed('secret-of-b')), await scene.post('/api/v1/webhooks/github', body, signed('secret-of-a'))];

    expect(answers.map(({ status }) => status)).toEqual([202, 202]);
    expect((await scene.takeRecords()).map((record) => record.tenantId).sort()).toEqual(['team-a', 'team-b']);
  });

  it.each([
    ['no signature', github],
    ['the signature of another secret', signed('guess')],
    ['the signature of other bytes', signed('secret-of-a', body.replace('completed', 'Completed'))],
    ['a signature that is none', { ...github, 'x-hub-signature-256': 'sha256=' }],
    ['a key instead of a signature', { ...github, authorization: `Bearer ${keyA}` }],
  ])('refuses a webhook with %s', async (_what, headers) => {
    const answer = await scene.post('/api/v1/webhooks/github', body, headers);

    expect([answer.status, problemIn(answer).code]).toEqual([401, 'ORRERY_FORBIDDEN']);
    expect(await scene.takeRecords()).toEqual([]);
  });
});
