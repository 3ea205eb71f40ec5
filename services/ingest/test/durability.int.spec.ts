import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { acceptanceIn, IngestScene, problemIn, type Answer } from './ingest-scene.js';

const event = (id: string, filling = '') => ({ specversion: '1.0', id, source: 'urn:app', type: 'dev.orrery.execution.v1', data: { run: { id: `run-${id}`, status: 'running', labels: { filling } } } });

describe('an acknowledged event', () => {
  let scene: IngestScene;
  beforeAll(async () => {
    scene = await IngestScene.open({ pendingBytes: 3_000_000 });
  });
  afterAll(() => scene.close());
  beforeEach(() => scene.takeLogged());

  const send = (id: string): Promise<Answer> => scene.postJson('/api/v1/events', event(id));

  it('is in the log at the moment of its answer', async () => {
    for (let index = 0; index < 20; index += 1) {
      const answer = await send(`now-${index}`);
      const logged = await scene.takeRecords();

      expect(logged.map(({ recordId }) => recordId)).toEqual([acceptanceIn(answer).records?.[0]?.record_id]);
    }
  });

  it('is in the log exactly once for each of 50 clients at a time', async () => {
    const client = async (name: number): Promise<string[]> => {
      const acknowledged: string[] = [];
      for (let index = 0; index < 20; index += 1) acknowledged.push(acceptanceIn(await send(`client-${name}-${index}`)).records?.[0]?.record_id ?? 'none');
      return acknowledged;
    };
    const acknowledged = (await Promise.all(Array.from({ length: 50 }, (_, name) => client(name)))).flat();
    const logged = (await scene.takeRecords()).map(({ recordId }) => recordId);

    expect(acknowledged).toHaveLength(1_000);
    expect(logged.sort()).toEqual(acknowledged.sort());
  });

  it('keeps its place among the events of its run when a client waits for each answer', async () => {
    for (let index = 0; index < 30; index += 1) await scene.postJson('/api/v1/events', { ...event('same'), id: `step-${index}` });

    expect((await scene.takeRecords()).map(({ origin }) => origin?.externalId)).toEqual(Array.from({ length: 30 }, (_, index) => `step-${index}`));
  });

  it('is never lost when the line to the log breaks again and again', async () => {
    const answers = new Map<string, Answer>();
    let isOver = false;
    const client = async (name: number): Promise<void> => {
      for (let index = 0; !isOver; index += 1) answers.set(`torn-${name}-${index}`, await send(`torn-${name}-${index}`));
    };
    const clients = Array.from({ length: 8 }, (_, name) => client(name));
    for (let round = 0; round < 5; round += 1) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      await scene.cable.cut();
      await new Promise((resolve) => setTimeout(resolve, 50));
      await scene.cable.mend();
    }
    isOver = true;
    await Promise.all(clients);
    const statuses = new Set([...answers.values()].map(({ status }) => status));
    const acknowledged = [...answers].filter(([, { status }]) => status === 202).map(([id]) => id);
    const logged = new Set((await scene.takeRecords()).map(({ origin }) => origin?.externalId));

    expect([...statuses].sort()).toEqual([202, 503]);
    expect(acknowledged.filter((id) => !logged.has(id))).toEqual([]);
  });
});

describe('ingest, when the log is down', () => {
  let scene: IngestScene;
  beforeAll(async () => {
    scene = await IngestScene.open();
  });
  afterAll(() => scene.close());

  const paths = ['/api/v1/events', '/api/v1/lineage', ...['github', 'argo', 'prefect', 'kestra', 'temporal'].map((name) => `/api/v1/webhooks/${name}`)];

  it('answers 503 with Retry-After on every route and says why when asked, and works again when the log is back', async () => {
    await scene.takeLogged();
    await scene.cable.cut();
    const refused = await Promise.all(paths.map((path) => scene.postJson(path, event('down'))));
    const ready = await fetch(`${scene.http.url}/health/ready`);
    const live = await fetch(`${scene.http.url}/health/live`);

    expect(refused.map(({ status }) => status)).toEqual(paths.map(() => 503));
    for (const answer of refused) {
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(problemIn(answer)).toMatchObject({ code: 'ORRERY_DEPENDENCY', detail: expect.not.stringMatching(/select|insert|postgres:\/\//i) });
    }
    expect([ready.status, live.status]).toEqual([503, 200]);
    expect(await ready.json()).toMatchObject({ details: { 'event log': { status: 'down' } } });

    await scene.cable.mend();
    expect((await scene.postJson('/api/v1/events', event('back'))).status).toBe(202);
    expect((await fetch(`${scene.http.url}/health/ready`)).status).toBe(200);
    expect((await scene.takeRecords()).map(({ origin }) => origin?.externalId)).toEqual(['back']);
  });

  it('still refuses what is wrong as wrong, so that nobody repeats it', async () => {
    await scene.cable.cut();
    const answer = await scene.post('/api/v1/events', '{"a":', { 'content-type': 'application/json' });
    await scene.cable.mend();

    expect(answer.status).toBe(400);
  });
});

describe('ingest, when the log is slow', () => {
  let scene: IngestScene;
  beforeAll(async () => {
    scene = await IngestScene.open({ pendingBytes: 3_000_000 });
  });
  afterAll(() => scene.close());

  it('lets so much wait and refuses the rest at once with Retry-After; what waited is in the log in the end', async () => {
    await scene.postJson('/api/v1/events', event('before'));
    await scene.takeLogged();
    scene.cable.freeze();
    const settled: Answer[] = [];
    const sent = Array.from({ length: 16 }, (_, index) =>
      scene.postJson('/api/v1/events', event(`slow-${index}`, 'x'.repeat(400_000))).then((answer) => {
        settled.push(answer);
        return answer;
      }),
    );
    while (settled.length < 8) await new Promise((resolve) => setTimeout(resolve, 10));
    const early = [...settled];
    await scene.cable.mend();
    const answers = await Promise.all(sent);
    const accepted = answers.flatMap((answer) => (answer.status === 202 ? [acceptanceIn(answer).records?.[0]?.record_id] : []));
    const logged = (await scene.takeRecords()).map(({ recordId }) => recordId);

    for (const answer of early) expect([answer.status, problemIn(answer).code, answer.headers.get('retry-after')]).toEqual([503, 'ORRERY_LIMIT', '1']);
    expect(accepted.length).toBeGreaterThan(0);
    expect(logged).toEqual(expect.arrayContaining(accepted));
  });
});

describe('ingest, when too many bodies are in hand', () => {
  it('refuses further ones with 503 until there is room', async () => {
    const scene = await IngestScene.open({ inFlightBytes: 500_000 });
    scene.cable.freeze();
    const waiting = [scene.postJson('/api/v1/events', event('held', 'x'.repeat(600_000)))];
    let refused: Answer | undefined;
    while (refused === undefined) {
      const probe = scene.postJson('/api/v1/events', event('probe'));
      const answer = await Promise.race([probe, new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), 50))]);
      if (answer === undefined) waiting.push(probe);
      else refused = answer;
    }
    await scene.cable.mend();

    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual(waiting.map(() => 202));
    expect((await scene.postJson('/api/v1/events', event('after'))).status).toBe(202);
    await scene.close();
  });
});
