import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@orrery/testing';
import { AlertsScene, Receiver } from './alerts-scene.js';

let scene: AlertsScene;
let receiver: Receiver;
const children = new Set<ChildProcess>();

beforeAll(async () => {
  scene = await AlertsScene.open();
  await scene.serve();
  receiver = await Receiver.open();
});
afterEach(async () => {
  await scene.reset();
  receiver.reset();
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await scene.close();
  await receiver.close();
});

async function startDispatcher(): Promise<ChildProcess> {
  const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));
  const child = fork(file('alerts-dispatcher-process.ts'), [scene.store.url, '300'], {
    execArgv: ['--conditions=orrery-source', '--import', file('../../../libs/persistence/test/typescript-hooks.mjs')],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  children.add(child);
  await once(child, 'message');
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
  children.delete(child);
}

const counts = async () =>
  (await scene.store.rows<{ waiting: number; pending: number; delivered: number }>(`
    select (select count(*) from alert_notice)::int as waiting,
      (select count(*) from alert_delivery where status = 'pending')::int as pending, (select count(*) from alert_delivery where status = 'delivered')::int as delivered`))[0];

describe('a dispatcher that is killed again and again', () => {
  it('loses no alert, and repeats one only under the id it had', async () => {
    const total = 160;
    await scene.route('team', receiver.url, { group_by: ['task'] });
    receiver.answer = (_received, reply) => void setTimeout(() => reply.writeHead(204).end(), 5);
    for (let round = 0; round < 4; round++) {
      const child = await startDispatcher();
      const before = receiver.received.length;
      for (let index = 0; index < 40; index++) await scene.opened([{ anomaly_id: `a-${round}-${index}`, task: `t-${round}-${index % 20}` }]);
      // In the middle of its work, at a moment that differs from round to round.
      await eventually(() => receiver.received.length > before + 3 * round);
      await kill(child);
    }
    const last = await startDispatcher();
    await eventually(async () => {
      const state = await counts();
      return state?.waiting === 0 && state.pending === 0;
    });
    await kill(last);

    const messagesOf = new Map<string, Set<string>>();
    const bodies = new Map<string, Set<string>>();
    receiver.received.forEach(({ body }, index) => {
      const id = receiver.ids[index] ?? '';
      bodies.set(id, (bodies.get(id) ?? new Set()).add(body));
      for (const { anomaly } of JSON.parse(body).data.alerts) messagesOf.set(anomaly.anomaly_id, (messagesOf.get(anomaly.anomaly_id) ?? new Set()).add(id));
    });
    expect(messagesOf.size).toBe(total);
    expect([...messagesOf.values()].filter((ids) => ids.size !== 1)).toEqual([]);
    expect([...bodies.values()].filter((texts) => texts.size !== 1)).toEqual([]);
    expect((await counts())?.delivered).toBe(bodies.size);
    // Five processes compile this service one after the other.
  }, 180_000);
});

describe('several dispatchers', () => {
  it('never send one delivery at the same time, and each but once', async () => {
    await scene.route('team', receiver.url, { group_by: ['workflow'] });
    const inFlight = new Set<string>();
    const overlaps: string[] = [];
    receiver.answer = ({ headers }, reply) => {
      const id = String(headers['webhook-id']);
      if (inFlight.has(id)) overlaps.push(id);
      inFlight.add(id);
      setTimeout(() => {
        inFlight.delete(id);
        reply.writeHead(204).end();
      }, 30);
    };
    for (let dispatcher = 0; dispatcher < 3; dispatcher++) scene.dispatch();
    await scene.opened(Array.from({ length: 90 }, (_, index) => ({ anomaly_id: `a-${index}`, workflow: `w-${index % 45}` })));
    await eventually(async () => (await counts())?.delivered === 45);
    await scene.stopDispatchers();

    expect(overlaps).toEqual([]);
    expect(new Set(receiver.ids).size).toBe(receiver.received.length);
    expect([...receiver.anomalyIds].sort()).toEqual(Array.from({ length: 90 }, (_, index) => `a-${index}`).sort());
  });

  it('leave the result to the one that has the claim', async () => {
    await scene.route('team', receiver.url);
    const answers: (() => void)[] = [];
    receiver.answer = (_received, reply) => {
      const status = answers.length === 0 ? 204 : 500;
      answers.push(() => reply.writeHead(status).end());
    };
    scene.dispatch({ timing: { leaseMs: 300, pollMs: 20 } });
    scene.dispatch({ timing: { leaseMs: 300, pollMs: 20 } });
    await scene.opened([{}]);
    // The first attempt outlasts its claim, and the second one is made meanwhile.
    await eventually(() => answers.length >= 2);
    await scene.store.admin.query(`update alert_queue set claimed_until = now() + interval '1 hour' where kind = 'delivery'`);
    for (const answer of answers) answer();
    await eventually(async () => (await scene.store.rows(`select 1 from alert_delivery where attempt_count > 0`)).length === 1);
    await scene.stopDispatchers();

    expect(new Set(receiver.ids).size).toBe(1);
    expect(await scene.store.rows('select attempt_count, status, last_http_status from alert_delivery')).toEqual([{ attempt_count: 1, status: 'pending', last_http_status: 500 }]);
  });
});

describe('a dispatcher that is stopped', () => {
  it('finishes what it has in hand', async () => {
    await scene.route('team', receiver.url);
    receiver.answer = (_received, reply) => void setTimeout(() => reply.writeHead(204).end(), 200);
    const dispatcher = scene.dispatch();
    await scene.opened([{}]);
    await eventually(() => receiver.received.length === 1);
    await dispatcher.stop();

    expect(await counts()).toEqual({ waiting: 0, pending: 0, delivered: 1 });
  });

  it('says so while the database is away, and goes on when it is back', async () => {
    const dispatcher = scene.dispatch();
    await scene.store.admin.query('alter table alert_queue rename to alert_queue_away');
    await eventually(() => dispatcher.fault() !== undefined);
    await scene.store.admin.query('alter table alert_queue_away rename to alert_queue');

    await eventually(() => dispatcher.fault() === undefined);
  });
});
