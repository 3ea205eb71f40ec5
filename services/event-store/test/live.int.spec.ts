import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Outcome, Status } from '@orrery/contracts';
import { eventually, tenantHeader, type TestStore } from '@orrery/testing';
import { WebSocket, type RawData } from 'ws';
import { at, RunTeller } from './records.js';
import { openStore, ServiceScene } from './store-scene.js';

let store: TestStore;
let scene: ServiceScene;

beforeAll(async () => {
  store = await openStore();
  scene = await ServiceScene.open(store, { maxClients: 4 });
});
afterAll(async () => {
  await scene.close();
  await store.close();
});

interface LiveMessage {
  readonly type: string;
  readonly cursor: string;
  readonly run_id?: string;
  readonly gap?: boolean;
}

class Client {
  readonly messages: LiveMessage[] = [];
  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data: RawData) => this.messages.push(JSON.parse(String(data)) as LiveMessage));
  }

  static async connect(query = '', tenantId = 'default', protocols: string[] = []): Promise<Client> {
    const url = `${scene.http.url.replace('http', 'ws')}/api/v1/live${query}`;
    const client = new Client(new WebSocket(url, protocols, { headers: { [tenantHeader]: tenantId } }));
    await new Promise((resolve, reject) => client.socket.once('open', resolve).once('error', reject));
    await eventually(() => client.messages.length > 0);
    return client;
  }

  get changes(): readonly LiveMessage[] {
    return this.messages.filter(({ type }) => type === 'run.changed');
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.socket.once('close', resolve));
    this.socket.close();
    await closed;
  }
}

describe('GET /api/v1/live', () => {
  it('greets and then tells what changes in which run', async () => {
    const client = await Client.connect();
    const teller = new RunTeller('live-1');

    await scene.tell([
      teller.record({
        run: { runId: teller.runId, engine: 'argo', workflow: 'build', status: Status.RUNNING },
        tasks: [{ taskId: teller.task('t'), name: 'compile', status: Status.FINISHED, outcome: Outcome.SUCCESS }],
        events: [{ eventId: teller.event('e'), kind: 'log' }],
        artifacts: [{ artifactId: teller.event('a') }],
      }),
    ]);
    await eventually(() => client.changes.length > 0);
    await client.close();

    expect(client.messages[0]).toEqual({ type: 'hello', cursor: expect.any(String), gap: false });
    expect(client.messages[1]).toEqual({
      cursor: expect.any(String),
      type: 'run.changed',
      run_id: teller.runId,
      run: { status: 'running', outcome: null, workflow: 'build', engine: 'argo' },
      tasks: [{ task_id: teller.task('t'), name: 'compile', status: 'finished', outcome: 'success' }],
      events: 1,
      artifacts: 1,
    });
  });

  it('goes on where a client left, without loss or repeat', async () => {
    const tellers = Array.from({ length: 30 }, (_, index) => new RunTeller(`resume-${index}`));
    const first = await Client.connect();
    for (const teller of tellers.slice(0, 10)) await scene.append([teller.record({ run: { runId: teller.runId } })]);
    await eventually(() => first.changes.length >= 4);
    await first.close();
    for (const teller of tellers.slice(10, 20)) await scene.append([teller.record({ run: { runId: teller.runId } })]);

    const second = await Client.connect(`?cursor=${first.messages.at(-1)?.cursor}`);
    for (const teller of tellers.slice(20)) await scene.append([teller.record({ run: { runId: teller.runId } })]);
    await eventually(() => first.changes.length + second.changes.length >= tellers.length);
    await second.close();

    const seen = [...first.changes, ...second.changes].map(({ run_id }) => run_id);
    expect([...seen].sort()).toEqual(tellers.map(({ runId }) => runId).sort());
  });

  it('does not pass over a change that commits after later ones', async () => {
    const client = await Client.connect();
    const slow = new RunTeller('slow');
    const quick = new RunTeller('quick');
    const change = (runId: string) => JSON.stringify({ runId, status: 2, outcome: 0, workflow: null, engine: null, tasks: [], events: 0, artifacts: 0 });
    const insert = 'insert into event_store.change_feed (tenant_id, run_id, change) values ($1, $2, $3)';
    await scene.store.admin.query('begin');
    await scene.store.admin.query(insert, ['default', slow.runId, change(slow.runId)]);
    await scene.tell([quick.record({ run: { runId: quick.runId } })]);

    // Longer than several polls: a reader by number alone would have gone past the open transaction's row.
    await new Promise((resolve) => setTimeout(resolve, 700));
    const before = client.changes.length;
    await scene.store.admin.query('commit');
    await eventually(() => client.changes.length === 2);
    await client.close();

    expect(before).toBe(0);
    expect(client.changes.map(({ run_id }) => run_id)).toEqual([slow.runId, quick.runId]);
  });

  it('tells of one run alone when asked to, and of no other tenant\'s runs', async () => {
    const [wanted, other, foreign] = [new RunTeller('wanted'), new RunTeller('other'), new RunTeller('foreign', 'team-b')];
    const client = await Client.connect(`?run_id=${wanted.runId}`);
    const all = await Client.connect();

    for (const teller of [foreign, other, wanted]) await scene.tell([teller.record({ occurredAtMs: at(0), run: { runId: teller.runId } })]);
    await eventually(() => client.changes.length > 0 && all.changes.length > 1);
    await Promise.all([client.close(), all.close()]);

    expect(client.changes.map(({ run_id }) => run_id)).toEqual([wanted.runId]);
    expect(all.changes.map(({ run_id }) => run_id)).toEqual([other.runId, wanted.runId]);
  });

  it('says when a client was away too long to be told everything', async () => {
    const old = Buffer.from(`1.0.${Date.now() - 2 * 60 * 60 * 1000}`).toString('base64url');
    const client = await Client.connect(`?cursor=${old}`);
    await client.close();

    expect(client.messages[0]).toMatchObject({ type: 'hello', gap: true });
  });

  it('tells a client that reads too slowly, and closes it, rather than keep what it does not read', async () => {
    const client = await Client.connect();
    const closed = new Promise<{ code: number; reason: string }>((resolve) => client.socket.once('close', (code, reason) => resolve({ code, reason: String(reason) })));
    client.socket.pause();
    const change = JSON.stringify({ runId: new RunTeller('flood').runId, status: 2, outcome: 0, workflow: 'x'.repeat(10_000), engine: null, tasks: [], events: 0, artifacts: 0 });
    await scene.store.admin.query('insert into event_store.change_feed (tenant_id, run_id, change) select $1, gen_random_uuid(), $2 from generate_series(1, 3000)', ['default', change]);

    await new Promise((resolve) => setTimeout(resolve, 1000));
    client.socket.resume();

    expect(await closed).toEqual({ code: 1013, reason: expect.stringContaining('too slow') });
    expect(client.changes.length).toBeLessThan(3000);
    await scene.store.admin.query('delete from event_store.change_feed');
  });

  it('chooses one of the subprotocols that a browser offers', async () => {
    const both = await Client.connect('', 'default', ['orrery.key.c2VjcmV0', 'orrery.v1']);
    const keyOnly = await Client.connect('', 'default', ['orrery.key.c2VjcmV0']);
    await Promise.all([both.close(), keyOnly.close()]);

    expect([both.socket.protocol, keyOnly.socket.protocol]).toEqual(['orrery.v1', 'orrery.key.c2VjcmV0']);
  });

  it.each([['?cursor=nonsense', 400], ['?run_id=1', 400], [`?cursor=${Buffer.from('1.2').toString('base64url')}`, 400]])('refuses %s', async (query, status) => {
    await expect(Client.connect(query)).rejects.toThrow(`Unexpected server response: ${status}`);
  });

  it('refuses whom the installation does not know', async () => {
    await expect(Client.connect('', 'nobody')).rejects.toThrow('Unexpected server response: 401');
  });

  it('takes no more clients than it can serve', async () => {
    // The server learns a little later than we do that the clients before have gone.
    const clients: Client[] = [];
    await eventually(async () => {
      clients.push(...(await Promise.allSettled([Client.connect()])).flatMap((result) => (result.status === 'fulfilled' ? [result.value] : [])));
      return clients.length === 4;
    });

    await expect(Client.connect()).rejects.toThrow('Unexpected server response: 503');
    await Promise.all(clients.map((client) => client.close()));
  });
});
