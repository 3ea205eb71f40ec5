import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fromBinary } from '@bufbuild/protobuf';
import { anomalyDetectedTopic, AnomalySchema, BaselineStateSchema, baselineStateTopic, decodeKafka } from '@orrery/contracts';
import { eventually, specRunId, taskFinished, usualTasks, type TaskTold, type TestStore } from '@orrery/testing';
import { openStore, ServiceScene } from './baseline-scene.js';

const minuteMs = 60_000;
const beganAtMs = Date.now() - 20 * 3_600_000;

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

let taskNumber = 0;

/** A task that nothing was said of yet, with what is normal for it. */
async function usual(): Promise<Partial<TaskTold> & { readonly workflow: string }> {
  const told = { workflow: `people-${taskNumber++}`, startedAtMs: beganAtMs };
  await scene.tell(usualTasks(25, told));
  return told;
}

const anomaliesOf = async (workflow: string, query = '') => (await scene.get(`/api/v1/anomalies?workflow=${workflow}${query}`)).body.items;

async function slow(told: Partial<TaskTold> & { readonly workflow: string }, name: string, durationMs = 10 * minuteMs): Promise<any> { // eslint-disable-line @typescript-eslint/no-explicit-any -- compared field by field
  await scene.tell([taskFinished(name, { ...told, startedAtMs: Date.now() - durationMs, durationMs })]);
  return (await anomaliesOf(told.workflow))[0];
}

describe('an anomaly', () => {
  it('is acknowledged by a person, once, and closed by one, for good', async () => {
    const told = await usual();
    const { anomaly_id: id } = await slow(told, 'ack');

    const first = await scene.post(`/api/v1/anomalies/${id}/acknowledge`, { by: 'ada' });
    const again = await scene.post(`/api/v1/anomalies/${id}/acknowledge`, { by: 'bob' });
    const unresolved = await anomaliesOf(told.workflow, '&status=unresolved');
    const resolved = await scene.post(`/api/v1/anomalies/${id}/resolve`, { note: 'mended' });
    const next = await slow(told, 'ack-2');

    expect(first).toMatchObject({ status: 200, body: { status: 'acknowledged', acknowledged_by: 'ada', acknowledged_at: expect.any(String) } });
    expect(again.body).toEqual(first.body);
    expect(unresolved).toEqual([first.body]);
    expect(resolved.body).toMatchObject({ status: 'resolved', resolution: { kind: 'person', by: 'default', note: 'mended' } });
    expect(next.anomaly_id).not.toBe(id);
    expect(next).toMatchObject({ status: 'open', count: 1 });
  });

  it('called a false alarm widens the bounds of its cause, so that the same is normal from then on', async () => {
    const told = await usual();
    const value = 2.5 * minuteMs;
    let alarms = 0;
    let found = await slow(told, 'false-0', value);
    expect(found.status).toBe('open');
    while (found.status === 'open' && alarms < 10) {
      alarms += 1;
      const said = await scene.post(`/api/v1/anomalies/${found.anomaly_id}/false-positive`, {});
      expect(said.body).toMatchObject({ status: 'resolved', resolution: { kind: 'false_positive' } });
      await scene.post(`/api/v1/anomalies/${found.anomaly_id}/false-positive`, {});
      found = await slow(told, `false-${alarms}`, value);
    }
    const [setting] = await store.rows<{ threshold: number }>('select threshold from cause_setting where key_id = $1', [found.subject.key_id]);

    expect(found.status).toBe('resolved');
    expect(alarms).toBeLessThan(6);
    expect(setting?.threshold).toBeCloseTo(1.5 ** alarms, 5);
    expect((await scene.get('/api/v1/anomalies/statistics')).body.by_type.duration.false_positives).toBeGreaterThanOrEqual(alarms);
  });

  it('is muted for its cause: the next episode is as well', async () => {
    const told = await usual();
    const { anomaly_id: id } = await slow(told, 'mute-1');

    const muted = await scene.post(`/api/v1/anomalies/${id}/mute`, { for_s: 3600 });
    await scene.post(`/api/v1/anomalies/${id}/resolve`, {});
    const next = await slow(told, 'mute-2');
    const refused = await scene.post(`/api/v1/anomalies/${id}/mute`, {});

    expect(Date.parse(muted.body.muted_until)).toBeGreaterThan(Date.now() + 3_500_000);
    expect(next).toMatchObject({ status: 'open', muted_until: muted.body.muted_until });
    expect(refused).toMatchObject({ status: 400, body: { code: 'ORRERY_VALIDATION', detail: expect.stringContaining('until or for_s') } });
  });

  it('counts up while it lasts, keeps its runs, and resolves itself when the task is as usual again', async () => {
    const told = await usual();
    await slow(told, 'again-1');
    const twice = await slow(told, 'again-2');
    await scene.tell(usualTasks(3, { ...told, startedAtMs: Date.now() - 3_600_000 }, 100));

    expect(twice).toMatchObject({ count: 2, run_ids: [specRunId('again-1'), specRunId('again-2')] });
    expect(await anomaliesOf(told.workflow)).toMatchObject([{ anomaly_id: twice.anomaly_id, status: 'resolved', resolution: { kind: 'normal_returned', by: null } }]);
  });

  it('leaves for other services with how it stands, and so does what is normal', async () => {
    const told = await usual();
    const { anomaly_id: id, subject } = await slow(told, 'told');
    await scene.post(`/api/v1/anomalies/${id}/resolve`, {});
    const read = async (topic: string) => {
      const partitions = await scene.log.offsets(topic);
      return (await Promise.all(partitions.map((at) => scene.log.read(at, at.start, 5000)))).flat();
    };
    const events = async () => (await read(anomalyDetectedTopic.name)).map(decodeKafka).filter(({ subject: about }) => about === id);
    const anomalies = async () => (await events()).map(({ data }) => fromBinary(AnomalySchema, data?.kind === 'bytes' ? data.bytes : new Uint8Array()));
    await eventually(async () => (await anomalies()).length === 2);

    expect(await events()).toMatchObject([1, 2].map(() => ({ type: 'orrery.anomaly.detected.v1', source: 'urn:orrery:baseline', datacontenttype: 'application/protobuf' })));
    expect(new Set((await events()).map((event) => event.id)).size).toBe(2);
    expect(await anomalies()).toMatchObject([{ resolution: '', subject: { keyId: subject.key_id, workflow: told.workflow } }, { resolution: 'person', count: 1n }]);
    await eventually(async () => {
      const states = (await read(baselineStateTopic.name)).filter(({ key }) => key === `default/${subject.key_id}`);
      const value = states.at(-1)?.value;
      return value !== undefined && value !== null && fromBinary(BaselineStateSchema, value).count === 26n;
    });
  });

  it('with texts that no database holds is stored all the same', async () => {
    const told = await usual();
    const cut = `${'x'.repeat(100)}\u{1f9ea}`.repeat(3).slice(0, 204);

    await scene.tell([taskFinished('odd', { ...told, startedAtMs: Date.now() - minuteMs, outcome: 2, errorLines: [cut, `it broke \u{1f9ea}`] })]);

    expect((await anomaliesOf(told.workflow, '&type=new_error')).length).toBeGreaterThan(0);
  });
});

describe('a baseline', () => {
  it('that is forgotten starts afresh, also for those who follow its topic', async () => {
    const told = await usual();
    const { body } = await scene.get(`/api/v1/baselines?workflow=${told.workflow}`);
    const path = `/api/v1/baselines/${body.items[0].key_id}`;

    const forgotten = await scene.call('DELETE', path, undefined, 'default');
    const gone = await scene.get(path);
    await scene.tell(usualTasks(1, told, 50));
    const fresh = await scene.get(path);

    expect([forgotten.status, gone.status, gone.body.code]).toEqual([204, 404, 'ORRERY_NOT_FOUND']);
    expect(fresh.body).toMatchObject({ count: 1, is_speaking: false, is_stale: false });
    expect((await scene.call('DELETE', path.replace(/.$/, 'z'), undefined, 'default')).status).toBe(400);
  });

  it('answers for the finest level that knows enough', async () => {
    const told = await usual();
    await scene.tell(usualTasks(6, { ...told, image: 'app:2' }, 60));
    await scene.tell(usualTasks(2, { ...told, image: 'app:3' }, 70));
    const ask = async (image: string) => (await scene.get(`/api/v1/baselines/for?workflow=${told.workflow}&task=build&image=${image}`)).body;

    expect(await ask('app:2')).toMatchObject({ asked: { engine: 'spec', namespace: 'team' }, answered_by: { level: 0, image: 'app:2', count: 6 } });
    expect((await scene.get(`/api/v1/baselines/for?engine=other&workflow=${told.workflow}&task=build`)).body.answered_by).toBeNull();
    expect((await ask('app:3')).answered_by).toMatchObject({ image: '', count: 33 });
    expect((await scene.get('/api/v1/baselines/for?workflow=unheard')).body).toMatchObject({ asked: { workflow: 'unheard', subject: 'run' }, answered_by: null });
  });

  it('shows how it changed, hour by hour while it is young', async () => {
    const told = await usual();
    const { body } = await scene.get(`/api/v1/baselines?workflow=${told.workflow}`);
    const path = `/api/v1/baselines/${body.items[0].key_id}/history`;

    const all = await scene.get(path);
    const first = await scene.get(`${path}?limit=2`);
    const second = await scene.get(`${path}?limit=2&cursor=${first.body.next_cursor}`);

    expect(all.body.items.length).toBeGreaterThanOrEqual(4);
    expect(all.body.items[0]).toMatchObject({ count: 25, duration: { p50_ms: expect.any(Number) }, memory: null });
    expect(all.body.next_cursor).toBeNull();
    expect([...first.body.items, ...second.body.items]).toEqual(all.body.items.slice(0, 4));
  });
});

describe('a rule that somebody thinks of', () => {
  it('is tried on what was observed', async () => {
    const told = await usual();
    await slow(told, 'preview-slow');

    const narrow = await scene.post('/api/v1/anomaly-rules/preview', { workflow: told.workflow, task: 'build', metric: 'duration', threshold: 2 });
    const wide = await scene.post('/api/v1/anomaly-rules/preview', { workflow: told.workflow, task: 'build', metric: 'duration', threshold: 1000 });
    const none = await scene.post('/api/v1/anomaly-rules/preview', { workflow: 'unheard', metric: 'memory', threshold: 3 });

    expect(narrow.body).toMatchObject({ observations: 26, with_current: { flagged: 1 } });
    expect(narrow.body.flagged).toBeGreaterThanOrEqual(1);
    expect(narrow.body.examples[0]).toMatchObject({ run_id: specRunId('preview-slow'), actual: 600_000, expected: expect.any(Number) });
    expect(wide.body.flagged).toBe(0);
    expect(none.body).toMatchObject({ observations: 0, flagged: 0, share: 0 });
  });
});
