import { toBinary } from '@bufbuild/protobuf';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ExecutionRecordSchema, executionTopic } from '@orrery/contracts';
import { eventually, type TestStore } from '@orrery/testing';
import { RunTeller } from './records.js';
import { openStore, ServiceScene } from './store-scene.js';

let store: TestStore;
let scene: ServiceScene;
const good = Array.from({ length: 60 }, (_, index) => new RunTeller(`good-${index}`));
const poison = new RunTeller('poison');
const theirs = new RunTeller('poison', 'team-b');
const nul = '{"text":"\\u0000"}';
const list = async (query = '', tenantId = 'default') => (await scene.get(`/api/v1/dead-letters?${query}`, tenantId)).body;

beforeAll(async () => {
  store = await openStore();
  scene = await ServiceScene.open(store);
  const record = (teller: RunTeller) => teller.record({ events: [{ eventId: teller.event('e'), kind: 'log' }] });
  const bad = (teller: RunTeller) => teller.record({ events: [{ eventId: teller.event('e'), attributesJson: nul }] });
  const stranger = record(new RunTeller('stranger'));
  await scene.append([...good.slice(0, 30).map(record), bad(poison), bad(theirs), ...good.slice(30).map(record)]);
  await scene.log.append([
    { topic: executionTopic.name, key: 'k', value: Buffer.from('not a record') },
    { topic: executionTopic.name, key: 'not its run', value: toBinary(ExecutionRecordSchema, stranger) },
  ]);
  await scene.settled();
});
afterAll(async () => {
  await scene.close();
  await store.close();
});

describe('records that cannot be stored', () => {
  it('reject none of their neighbours', async () => {
    expect(await store.rows('select count(*)::int as runs from run')).toEqual([{ runs: good.length }]);
  });

  it('are listed with the cause, to their own tenant', async () => {
    const ours = await list();

    expect(ours.next_cursor).toBeNull();
    expect(ours.items.map(({ error_code, reason }: { error_code: string; reason: string }) => `${error_code} ${reason.split(':')[0]}`).sort()).toEqual(['ORRERY_VALIDATION unprocessable', 'ORRERY_VALIDATION unprocessable', 'UNKNOWN undecodable']);
    expect(ours.items.find(({ reason }: { reason: string }) => reason.includes('key'))).toEqual({
      id: expect.stringMatching(/^orrery\.execution\.v1\.dlq\/0\/\d+$/),
      topic: executionTopic.name,
      partition: expect.any(Number),
      offset: expect.stringMatching(/^\d+$/),
      reason: expect.stringContaining('the key is not the run_id'),
      error_code: 'ORRERY_VALIDATION',
      received_at: expect.any(String),
      size_bytes: expect.any(Number),
      replayed: false,
    });
    expect((await list('', 'team-b')).items).toHaveLength(1);
    expect((await list('', 'team-c')).items).toEqual([]);
  });

  it('come page by page', async () => {
    const all = (await list()).items.map(({ id }: { id: string }) => id);
    const first = await list('limit=2');
    const second = await list(`limit=2&cursor=${first.next_cursor}`);

    expect([...first.items, ...second.items].map(({ id }: { id: string }) => id)).toEqual(all);
    expect((await list(`topic=${executionTopic.name}`)).items).toHaveLength(3);
    expect((await list('topic=unheard.of')).items).toEqual([]);
    expect((await scene.get('/api/v1/dead-letters?cursor=e30')).status).toBe(400);
  });
});

describe('a replay', () => {
  it('sends a letter once more, which comes back while its cause is not mended', async () => {
    const [letter] = (await list()).items.filter(({ error_code }: { error_code: string }) => error_code === 'ORRERY_VALIDATION');

    expect(await scene.post('/api/v1/dead-letters/replay', { ids: [letter.id] })).toEqual({ status: 200, body: { replayed: 1 } });

    await eventually(async () => (await list()).items.length === 4);
    expect((await list()).items.find(({ id }: { id: string }) => id === letter.id)).toMatchObject({ replayed: true });
  });

  it('of a topic leaves out what was sent before', async () => {
    const open = (await list()).items.filter(({ replayed }: { replayed: boolean }) => !replayed).length;

    expect(await scene.post('/api/v1/dead-letters/replay', { topic: executionTopic.name })).toEqual({ status: 200, body: { replayed: open } });
  });

  it('is refused for letters of others, for what is no letter, and for nothing', async () => {
    const [foreign] = (await list('', 'team-b')).items;

    expect(await scene.post('/api/v1/dead-letters/replay', { ids: [foreign.id] })).toMatchObject({ status: 404 });
    expect(await scene.post('/api/v1/dead-letters/replay', { ids: ['orrery.execution.v1/0/0'] })).toMatchObject({ status: 400 });
    expect(await scene.post('/api/v1/dead-letters/replay', {})).toMatchObject({ status: 400 });
  });
});
