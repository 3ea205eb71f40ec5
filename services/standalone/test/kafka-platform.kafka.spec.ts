import { readFileSync, readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { LogHeaders } from '@orrery/event-log';
import { eventually, KafkaPlatformScene, type RunningPlatform } from './kafka-platform-scene.js';

const fixtures = new URL('../../../fixtures/', import.meta.url);
const fixture = (path: string): Buffer => readFileSync(new URL(path, fixtures));
const week = 7 * 24 * 60 * 60 * 1000;
const settings = { ORRERY_TOPIC_PREFIX: 'spec-', ORRERY_INGEST_TOPICS: 'anything:auto,spans:otlp_traces,lineage:auto' };

interface RunPage {
  readonly items: readonly { readonly run_id: string; readonly engine: string; readonly external_id: string; readonly workflow: string; readonly status: string; readonly event_count: number }[];
}

describe('the platform on Kafka, one process a service', () => {
  let scene: KafkaPlatformScene;
  let platform: RunningPlatform;
  beforeAll(async () => {
    scene = await KafkaPlatformScene.open();
    const foreign = ['anything', 'spans', 'lineage'].map((name) => ({ name, key: 'none', partitions: 2, retentionMs: week, cleanupPolicy: 'delete' as const }));
    await scene.producer.ensureTopics(foreign);
    platform = await scene.start(settings);
  }, 180_000);
  afterAll(() => scene.close(), 120_000);

  const stated = (id: string, status = 'finished') => ({
    ...{ specversion: '1.0', id: `${id}/${status}`, source: 'urn:spec', type: 'dev.orrery.execution.v1' },
    data: { run: { id, workflow: 'nightly', status }, events: [{ id: `${id}/call`, kind: 'tool_call', name: 'search' }] },
  });
  const post = (event: object): Promise<Response> =>
    fetch(`${platform.url}/api/v1/events`, { method: 'POST', headers: { 'content-type': 'application/cloudevents+json' }, body: JSON.stringify(event) });
  const runs = async (query = ''): Promise<RunPage['items']> => ((await (await fetch(`${platform.url}/api/v1/runs?limit=500${query}`)).json()) as RunPage).items;
  const found = (id: string) => eventually(async () => expect(await runs()).toContainEqual(expect.objectContaining({ external_id: id, event_count: 1 })));
  const produce = (topic: string, value: Buffer, headers?: LogHeaders) => scene.producer.append([{ topic, key: null, value, ...(headers === undefined ? {} : { headers }) }]);

  it('takes an event in one process and shows the run from the other', async () => {
    const answer = await post(stated('one'));

    expect(answer.status).toBe(202);
    await found('one');
    expect(platform.pids.ingest).not.toBe(platform.pids.eventStore);
  });

  it('learns in a third process what is normal, and tells what is not', async () => {
    const beginMs = Date.now() - week / 7;
    const finished = (index: number, durationMs: number) => {
      const span = { status: 'finished', outcome: 'success', started_at: new Date(beginMs + index * 600_000).toISOString(), finished_at: new Date(beginMs + index * 600_000 + durationMs).toISOString() };
      return { ...stated(`release-${index}`), data: { run: { id: `release-${index}`, workflow: 'release', ...span }, tasks: [{ id: 'build', ...span }] } };
    };
    for (let index = 0; index < 30; index += 1) await post(finished(index, 60_000 + index * 100));
    await eventually(async () => expect(await (await fetch(`${platform.url}/api/v1/baselines?workflow=release&task=build`)).json()).toMatchObject({ items: [{ count: 30 }] }));
    await post(finished(30, 400_000));

    await eventually(async () => expect(await (await fetch(`${platform.url}/api/v1/anomalies?workflow=release&task=build`)).json()).toMatchObject({ items: [{ type: 'duration', status: 'open' }] }));
    expect(platform.pids.baseline).not.toBe(platform.pids.eventStore);
  });

  it('has the API, the web page and the live feed at one address', async () => {
    const { paths } = (await (await fetch(`${platform.url}/api/v1/openapi.json`)).json()) as { paths: object };
    const page = await fetch(platform.url);
    const live = new WebSocket(`${platform.url.replace('http', 'ws')}/api/v1/live`);
    const hello = await new Promise<string>((resolve, reject) => {
      live.addEventListener('message', ({ data }) => resolve(String(data)), { once: true });
      live.addEventListener('error', () => reject(new Error('the live feed refuses')), { once: true });
    });
    live.close();

    expect(Object.keys(paths)).toEqual(expect.arrayContaining(['/api/v1/runs', '/api/v1/events', '/api/v1/anomalies']));
    expect([page.status, page.headers.get('content-security-policy')]).toEqual([200, expect.stringContaining("default-src 'none'")]);
    expect(await page.text()).toContain('<html');
    expect(JSON.parse(hello)).toMatchObject({ type: 'hello' });
  });

  it('lets a refusal of the service through as it is', async () => {
    const answer = await fetch(`${platform.url}/api/v1/events`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: Buffer.alloc(11 * 1024 * 1024, 'x') });

    expect([answer.status, await answer.json()]).toEqual([413, expect.objectContaining({ code: 'ORRERY_LIMIT' })]);
  });

  it('puts the prefix before every topic of its own', async () => {
    const topics = await scene.producer.topics();

    expect(topics).toEqual(expect.arrayContaining(['spec-orrery.execution.v1', 'spec-orrery.run.started.v1', 'spec-orrery.task.finished.v1', 'spec-orrery.run.finished.v1', 'spec-orrery.baseline.state.v1']));
    expect(topics.filter((topic) => topic.startsWith('orrery.'))).toEqual([]);
  });

  describe('when other producers write to topics of theirs', () => {
    it('reads CloudEvents in binary mode', async () => {
      const { data, ...attributes } = stated('from-kafka');
      const headers = Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`ce_${name}`, value]));
      await produce('anything', Buffer.from(JSON.stringify(data)), { ...headers, 'content-type': 'application/json' });

      await found('from-kafka');
    });

    it('reads OpenLineage without being told that it is', async () => {
      const files = readdirSync(new URL('airflow-openlineage/', fixtures)).filter((file) => /^\d/.test(file));
      for (const file of files) await produce('lineage', fixture(`airflow-openlineage/${file}`));

      await eventually(async () => expect((await runs('&engine=airflow')).map(({ status }) => status)).toContain('finished'));
    });

    it('reads OTLP in protobuf', async () => {
      for (const file of ['0001-v1-traces.pb', '0002-v1-traces.pb', '0003-v1-traces.pb']) await produce('spans', fixture(`ag2-success/${file}`));

      await eventually(async () => expect(await runs()).toContainEqual(expect.objectContaining({ workflow: 'weekly-report', status: 'finished' })));
    });

    it('buries what it cannot read beside the topic, and reads on', async () => {
      await produce('anything', Buffer.from('{"a":'));
      await produce('anything', Buffer.from(JSON.stringify(stated('after-poison'))), { 'content-type': 'application/cloudevents+json' });

      await found('after-poison');
      await eventually(async () => expect((await scene.producer.offsets('anything.dlq'))[0]?.end).toBe(1n));
    });
  });

  it('answers 503 while the broker is away, and has everything once when it is back', async () => {
    await scene.broker.kill();
    const away = await post(stated('while-away'));
    await scene.broker.start();
    const sent = await Promise.all(
      Array.from({ length: 40 }, async (_, index) => {
        await eventually(async () => expect((await post(stated(`after-${index}`))).status).toBe(202));
        return `after-${index}`;
      }),
    );

    expect([away.status, away.headers.get('retry-after')]).toEqual([503, expect.stringMatching(/^\d+$/)]);
    await eventually(async () => expect((await runs()).map(({ external_id: id }) => id).filter((id) => id.startsWith('after-')).sort()).toEqual([...sent, 'after-poison'].sort()));
    for (const run of await runs()) if (run.external_id.startsWith('after-')) expect(run.event_count).toBe(1);
  });

  it('ends with a clear line and leaves nothing behind when a service dies, and finds the data at the next start', async () => {
    process.kill(platform.pids.eventStore, 'SIGKILL');

    expect(await platform.exited).toBe(1);
    expect(platform.output()).toMatch(/event-store ended by itself \(SIGKILL\)/);
    expect(() => process.kill(platform.pids.ingest, 0)).toThrow('ESRCH');
    platform = await scene.start(settings);
    await found('one');
    expect((await post(stated('again'))).status).toBe(202);
    await found('again');
  });
});
