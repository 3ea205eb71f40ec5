import { createHmac } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@orrery/testing';
import { CloudEvent } from 'cloudevents';
import { AlertsScene, anomalyOf, Receiver, secret } from './alerts-scene.js';

let scene: AlertsScene;
let receiver: Receiver;

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
  await scene.close();
  await receiver.close();
});

const deliveries = async (query = '') => (await scene.call('GET', `alert-deliveries?${query}`)).body.items;
const dataOf = (index: number) => JSON.parse(receiver.received[index]!.body).data;
const hourMs = 3_600_000;

describe('an anomaly that opened', () => {
  it('reaches the webhook as a signed CloudEvent', async () => {
    await scene.route('team', receiver.url);
    scene.dispatch();
    await scene.opened([{}]);
    await eventually(async () => (await deliveries('status=delivered')).length === 1);

    const [{ headers, body }] = receiver.received as [Receiver['received'][number]];
    const event = new CloudEvent(JSON.parse(body));
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
    expect(event).toMatchObject({ type: 'orrery.anomaly.detected.v1', id: headers['webhook-id'], data: { tenant_id: 'team-a', alerts: [{ change: 'opened', anomaly: anomalyOf() }] } });
    expect(headers['content-type']).toBe('application/cloudevents+json; charset=utf-8');
    expect(headers['idempotency-key']).toBe(headers['webhook-id']);
    expect(headers['webhook-signature']).toBe(`v1,${createHmac('sha256', Buffer.from(secret.slice(6), 'base64')).update(signed).digest('base64')}`);
    expect((await deliveries())[0]).toMatchObject({ delivery_id: headers['webhook-id'], attempt_count: 1, last_http_status: 204, anomaly_ids: ['a-1'], last_error: null });
  });

  it('is told once to each route that wants it, in the transaction that stored it or not at all', async () => {
    await scene.route('all', `${receiver.url}/all`);
    await scene.route('deploys', `${receiver.url}/deploys`, { match: { workflows: ['deploy-*'] } });
    await scene.route('off', `${receiver.url}/off`, { is_enabled: false });
    scene.dispatch();
    await scene.opened([{ anomaly_id: 'kept', workflow: 'deploy-web' }, { anomaly_id: 'other', workflow: 'nightly' }]);
    await expect(
      scene.store.database.forTenant('team-a', async (transaction) => {
        const { enqueueAlerts } = await import('../src/alerts/index.js');
        await enqueueAlerts(transaction, 'team-a', [{ kind: 'opened', anomaly: anomalyOf({ anomaly_id: 'undone' }) }], scene.now());
        throw new Error('the anomaly could not be stored');
      }),
    ).rejects.toThrow();
    await eventually(async () => (await deliveries('status=delivered')).length === 3);

    expect(receiver.received.map(({ path, body }) => `${path} ${JSON.parse(body).data.alerts[0].anomaly.anomaly_id}`).sort()).toEqual(['/hook/all kept', '/hook/all other', '/hook/deploys kept']);
    expect(await scene.store.rows('select 1 from alert_notice')).toEqual([]);
  });

  it('does not fail its transaction, whatever a producer wrote into it', async () => {
    await scene.route('team', receiver.url);
    scene.dispatch();
    await scene.opened([{ title: 'a\u0000b\ud800', workflow: '\u0000', text: 'x'.repeat(1_000_000) }]);
    await eventually(() => receiver.received.length === 1);

    expect(dataOf(0).alerts[0].anomaly).toMatchObject({ title: 'a\ufffdb\ufffd', workflow: '\ufffd' });
  });
});

describe('alerts that belong together', () => {
  it('wait for each other and go out in one message', async () => {
    await scene.route('team', receiver.url, { group_wait_s: 60 });
    scene.dispatch();
    await scene.opened([{ anomaly_id: 'a' }]);
    await scene.opened([{ anomaly_id: 'b' }, { anomaly_id: 'c', type: 'memory' }]);
    await scene.tell([{ kind: 'severity_raised', anomaly: anomalyOf({ anomaly_id: 'a', severity: 'critical' }) }]);
    expect(receiver.received).toEqual([]);
    scene.aheadMs += 61_000;
    await eventually(async () => (await deliveries('status=delivered')).length === 2);

    const groups = receiver.received.map((_, index) => dataOf(index).alerts.map(({ change, anomaly }: { change: string; anomaly: { anomaly_id: string; severity: string } }) => `${change} ${anomaly.anomaly_id} ${anomaly.severity}`));
    expect(groups.sort((one, other) => other.length - one.length)).toEqual([['opened a critical', 'opened b warning'], ['opened c warning']]);
  });

  it('are parted when there are too many for one message, and none is lost', async () => {
    await scene.route('team', receiver.url, { group_wait_s: 1, group_by: [] });
    const ids = Array.from({ length: 250 }, (_, index) => `a-${index}`);
    await scene.opened(ids.map((id) => ({ anomaly_id: id })));
    scene.aheadMs += 2000;
    scene.dispatch();
    await eventually(() => receiver.anomalyIds.length >= 250);
    await scene.stopDispatchers();

    expect([...receiver.anomalyIds].sort()).toEqual([...ids].sort());
    expect(receiver.received).toHaveLength(3);
  });
});

describe('a receiver that fails', () => {
  it('with 500 twice gets the same message under the same id a third time', async () => {
    await scene.route('team', receiver.url);
    receiver.answer = (_received, reply) => reply.writeHead(receiver.received.length < 3 ? 500 : 200).end();
    scene.dispatch();
    await scene.opened([{}]);
    for (const attempt of [1, 2]) {
      await eventually(async () => (await deliveries())[0]?.attempt_count === attempt);
      expect((await deliveries())[0]).toMatchObject({ status: 'pending', last_http_status: 500, last_error: 'the receiver answered 500' });
      scene.aheadMs += 5 * 60_000;
    }
    await eventually(async () => (await deliveries('status=delivered')).length === 1);

    expect(new Set(receiver.ids).size).toBe(1);
    expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);
    // Each attempt is signed with its own time, so that receivers can refuse what is old.
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-timestamp'])).size).toBe(3);
    expect((await deliveries())[0].attempt_count).toBe(3);
  });

  it('for good is given up with a reason that the API shows', async () => {
    await scene.route('team', receiver.url);
    receiver.answer = (_received, reply) => reply.writeHead(503).end('<html>internal secrets</html>');
    scene.dispatch();
    await scene.opened([{}]);
    await eventually(async () => {
      scene.aheadMs += hourMs;
      return (await deliveries('status=failed')).length === 1;
    });

    expect(receiver.received).toHaveLength(4);
    expect((await deliveries('status=failed'))[0]).toMatchObject({ attempt_count: 4, last_error: 'the receiver answered 503; given up after 4 attempts', next_attempt_at: null, finished_at: expect.any(String) });
  });

  it('is left alone for as long as it asks', async () => {
    await scene.route('team', receiver.url);
    receiver.answer = (_received, reply) => reply.writeHead(429, { 'retry-after': '1800' }).end();
    scene.dispatch();
    await scene.opened([{}]);
    await eventually(async () => (await deliveries())[0]?.attempt_count === 1);

    const [{ last_attempt_at: last, next_attempt_at: next }] = await deliveries();
    expect(Date.parse(next) - Date.parse(last)).toBe(1_800_000);
  });

  it('is told nothing more after it said that it is gone', async () => {
    await scene.route('team', receiver.url);
    receiver.answer = (_received, reply) => reply.writeHead(410).end();
    scene.dispatch();
    await scene.opened([{}]);
    await eventually(async () => (await deliveries('status=failed')).length === 1);

    expect((await deliveries())[0]).toMatchObject({ attempt_count: 1, last_error: 'the receiver answered 410' });
  });

  it('by hanging does not hold up the alerts of another tenant', async () => {
    await scene.route('stuck', receiver.url);
    const other = await Receiver.open();
    await scene.route('other', other.url, {}, 'team-b');
    const stuck: ServerResponse[] = [];
    receiver.answer = (_received, reply) => void stuck.push(reply);
    scene.dispatch({ timing: { pollMs: 20, leaseMs: 60_000, requestMs: 50_000 } });
    await scene.opened(Array.from({ length: 30 }, (_, index) => ({ anomaly_id: `a-${index}`, workflow: `w-${index}` })));
    await eventually(() => receiver.received.length >= 4);
    await scene.opened([{}], 'team-b');
    await eventually(() => other.received.length === 1);

    expect(await deliveries('status=delivered')).toEqual([]);
    receiver.answer = (_received, reply) => reply.writeHead(204).end();
    for (const reply of stuck) reply.writeHead(204).end();
    await eventually(async () => (await deliveries('status=delivered')).length === 30);
    await other.close();
  });

  it('is tried again at once when its route was mended', async () => {
    await scene.route('team', `${receiver.url}/wrong`);
    receiver.answer = ({ path }, reply) => reply.writeHead(path.endsWith('/wrong') ? 404 : 204).end();
    scene.dispatch();
    await scene.opened([{}]);
    await eventually(async () => (await deliveries())[0]?.last_http_status === 404);
    await scene.route('team', receiver.url);
    await eventually(async () => (await deliveries('status=delivered')).length === 1);

    expect(new Set(receiver.ids).size).toBe(1);
  });
});

/** Quiet hours that began an hour ago and have two to go. */
function quietNow() {
  const from = new Date(scene.now() - hourMs);
  const to = new Date(scene.now() + 2 * hourMs);
  return { from: from.toISOString().slice(11, 16), to: to.toISOString().slice(11, 16), time_zone: 'UTC' };
}

describe('quiet hours', () => {
  it('hold alerts until their end and tell them in one message, but not what is critical', async () => {
    await scene.route('team', receiver.url, { quiet_hours: quietNow() });
    scene.dispatch();
    await scene.opened([{ anomaly_id: 'a', workflow: 'one' }]);
    await scene.opened([{ anomaly_id: 'b', workflow: 'two', severity: 'info' }, { anomaly_id: 'c', workflow: 'two', severity: 'critical' }]);
    await eventually(async () => (await deliveries('status=delivered')).length === 1 && (await scene.store.rows(`select 1 from alert_notice where group_key = 'held'`)).length === 2);
    expect(receiver.anomalyIds).toEqual(['c']);
    scene.aheadMs += hourMs;
    await scene.opened([{ anomaly_id: 'd', workflow: 'three', type: 'memory' }]);
    await eventually(async () => (await scene.store.rows(`select 1 from alert_notice where group_key = 'held'`)).length === 3);
    expect(receiver.received).toHaveLength(1);
    scene.aheadMs += 2 * hourMs;
    await eventually(() => receiver.received.length === 2);

    expect(dataOf(1).alerts.map(({ anomaly }: { anomaly: { anomaly_id: string } }) => anomaly.anomaly_id)).toEqual(['a', 'b', 'd']);
  });

  it('hold what failed before they began, without counting it as an attempt', async () => {
    await scene.route('team', receiver.url);
    receiver.answer = (_received, reply) => reply.writeHead(receiver.received.length === 1 ? 500 : 204).end();
    scene.dispatch();
    await scene.opened([{}]);
    await eventually(async () => (await deliveries())[0]?.attempt_count === 1);
    await scene.route('team', receiver.url, { quiet_hours: quietNow() });
    scene.aheadMs += 60_000;
    await eventually(async () => Date.parse((await deliveries())[0].next_attempt_at) > scene.now() + hourMs);
    expect((await deliveries())[0]).toMatchObject({ attempt_count: 1, last_error: 'the receiver answered 500' });
    scene.aheadMs += 3 * hourMs;

    await eventually(() => receiver.received.length === 2);
  });

  it('end at once when they are taken back', async () => {
    await scene.route('team', receiver.url, { quiet_hours: quietNow() });
    scene.dispatch();
    await scene.opened([{}]);
    await eventually(async () => (await scene.store.rows(`select 1 from alert_notice where group_key = 'held'`)).length === 1);
    await scene.route('team', receiver.url, { quiet_hours: null });

    await eventually(() => receiver.received.length === 1);
  });
});

describe('an anomaly that stays open', () => {
  it('is told again after a while, as it is by then, until it is open no more', async () => {
    await scene.route('team', receiver.url, { repeat_after_s: 3600 });
    scene.dispatch();
    scene.open.set('a', anomalyOf({ anomaly_id: 'a', severity: 'critical' }));
    scene.open.set('b', anomalyOf({ anomaly_id: 'b' }));
    await scene.opened([{ anomaly_id: 'a' }, { anomaly_id: 'b' }]);
    await eventually(async () => (await deliveries('status=delivered')).length === 1);
    scene.open.delete('b');
    scene.aheadMs += hourMs;
    await eventually(async () => (await deliveries('status=delivered')).length === 2);
    expect(dataOf(1).alerts).toEqual([{ change: 'reminder', anomaly: anomalyOf({ anomaly_id: 'a', severity: 'critical' }) }]);
    scene.open.delete('a');
    scene.aheadMs += 2 * hourMs;
    await eventually(async () => (await scene.store.rows('select 1 from alert_notice')).length === 0);

    expect(receiver.received).toHaveLength(2);
  });

  it('is told again after quiet hours, also when they end sooner than was said', async () => {
    await scene.route('team', receiver.url, { repeat_after_s: 3600 });
    scene.dispatch();
    scene.open.set('a-1', anomalyOf());
    await scene.opened([{}]);
    await eventually(async () => (await deliveries('status=delivered')).length === 1);
    await scene.route('team', receiver.url, { repeat_after_s: 3600, quiet_hours: quietNow() });
    scene.aheadMs += hourMs;
    await eventually(async () => (await scene.store.rows(`select 1 from alert_notice where group_key = 'held'`)).length === 1);
    await scene.route('team', receiver.url, { repeat_after_s: 3600, quiet_hours: null });

    await eventually(() => receiver.received.length === 2);
    expect(dataOf(1).alerts).toMatchObject([{ change: 'reminder' }]);
  });
});

describe('a route that is removed or disabled', () => {
  it('has what waits for it cancelled, with a word on why', async () => {
    await scene.route('gone', receiver.url, { group_wait_s: 60 });
    await scene.route('off', receiver.url, { group_wait_s: 60 });
    await scene.opened([{}]);
    await scene.call('DELETE', 'alert-routes/gone');
    await scene.route('off', receiver.url, { is_enabled: false });
    scene.aheadMs += 61_000;
    scene.dispatch();
    await eventually(async () => (await deliveries('status=cancelled')).length === 2);

    expect((await deliveries()).map(({ last_error: reason }: { last_error: string }) => reason).sort()).toEqual(['the route was deleted before the alert was sent', 'the route was disabled before the alert was sent']);
    expect(receiver.received).toEqual([]);
  });
});

describe('a delivery that is over', () => {
  it('is forgotten after 30 days, and the queue is empty then', async () => {
    await scene.route('team', receiver.url);
    scene.dispatch();
    await scene.opened([{}]);
    await eventually(async () => (await deliveries('status=delivered')).length === 1);
    scene.aheadMs += 31 * 24 * hourMs;

    await eventually(async () => (await scene.store.rows('select 1 from alert_queue')).length === 0);
    expect(await deliveries()).toEqual([]);
  });
});
