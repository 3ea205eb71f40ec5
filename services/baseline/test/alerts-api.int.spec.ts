import 'reflect-metadata';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { RequestMethod } from '@nestjs/common';
import { eventually } from '@orrery/testing';
import { AlertDeliveriesController } from '../src/alerts/alert-deliveries.controller.js';
import { AlertRoutesController } from '../src/alerts/alert-routes.controller.js';
import { alertOpenApi, alertOperations } from '../src/alerts/index.js';
import { AlertsScene, Receiver, secret } from './alerts-scene.js';

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

const body = (given: object = {}) => ({ name: 'The team', target: { kind: 'webhook', url: 'https://hooks.example.org/orrery', secret }, ...given });

describe('a route', () => {
  it('can be written, read, changed and removed', async () => {
    const view = {
      route_id: 'team',
      name: 'The team',
      match: { workflows: ['nightly-*'], severity_at_least: 'warning', types: [] },
      target: { kind: 'webhook', url: 'https://hooks.example.org/orrery' },
      quiet_hours: { from: '22:00', to: '07:00', time_zone: 'Europe/Berlin' },
      group_by: ['workflow', 'type'],
      group_wait_s: 30,
      repeat_after_s: null,
      is_enabled: true,
    };

    expect(await scene.call('PUT', 'alert-routes/team', { body: body({ match: { workflows: ['nightly-*'], severity_at_least: 'warning' }, quiet_hours: view.quiet_hours }) })).toEqual({ status: 200, body: view });
    expect(await scene.call('GET', 'alert-routes/team')).toEqual({ status: 200, body: view });
    expect(await scene.call('GET', 'alert-routes')).toEqual({ status: 200, body: { items: [view] } });
    // What was read can be written back, and the secret stays.
    expect(await scene.call('PUT', 'alert-routes/team', { body: { ...view, name: 'Other' } })).toEqual({ status: 200, body: { ...view, name: 'Other' } });
    expect(await scene.store.rows(`select route->'target'->>'secret' as secret from alert_route`)).toEqual([{ secret }]);
    expect(await scene.call('DELETE', 'alert-routes/team')).toEqual({ status: 204, body: null });
    expect(await scene.call('GET', 'alert-routes/team')).toMatchObject({ status: 404, body: { code: 'ORRERY_NOT_FOUND' } });
    expect(await scene.call('DELETE', 'alert-routes/team')).toMatchObject({ status: 404 });
  });

  it('never shows what is secret', async () => {
    const targets = [body().target, { kind: 'webhook', url: 'https://hooks.example.org/x?token=hunter2', secret }, { kind: 'slack', url: 'https://hooks.slack.com/services/T0/B0/hunter2' }];
    const answers: unknown[] = [];
    for (const [index, target] of targets.entries()) answers.push(await scene.call('PUT', `alert-routes/r-${index}`, { body: body({ target }) }), await scene.call('GET', `alert-routes/r-${index}`));
    answers.push(await scene.call('GET', 'alert-routes'));

    expect(JSON.stringify(answers)).not.toMatch(/hunter2|whsec_/);
    expect(JSON.stringify(answers)).toContain('"kind":"slack"');
  });

  it('is refused with 400 that says what is wrong', async () => {
    const put = async (given: unknown, id = 'team') => (await scene.call('PUT', `alert-routes/${id}`, { body: given })) as { status: number; body: { detail: string } };

    expect(await put(body({ target: { kind: 'webhook', url: 'https://hooks.example.org/x' } }))).toMatchObject({ status: 400, body: { detail: 'body.target.secret: expected, since the route has none yet' } });
    expect(await put(body({ quiet_hours: { from: '22:00', to: '24:00', time_zone: 'UTC' } }))).toMatchObject({ status: 400, body: { detail: expect.stringContaining('body.quiet_hours.to: expected a time of day') } });
    expect(await put(body({ extra: 1 }))).toMatchObject({ status: 400, body: { detail: expect.stringContaining('extra') } });
    expect(await put(body({ route_id: 'other' }))).toMatchObject({ status: 400, body: { detail: 'body.route_id: expected team as in the path, or nothing' } });
    expect(await put('{"__proto__":{"polluted":true},"name":')).toMatchObject({ status: 400 });
    expect(await put('{"name":"a","target":{"kind":"email","to":["a@example.org"]},"__proto__":{"is_enabled":false}}')).toMatchObject({ status: 400 });
    expect(await put(body(), 'Not%20An%20Id')).toMatchObject({ status: 400, body: { detail: expect.stringContaining('path.route_id') } });
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('is one of a hundred at most', async () => {
    await scene.store.admin.query(`insert into alert_route select 'team-a', 'r-' || number, '{}', now() from generate_series(1, 100) number`);

    expect(await scene.call('PUT', 'alert-routes/one-more', { body: body() })).toMatchObject({ status: 429, body: { detail: expect.stringContaining('100') } });
  });
});

describe('a test', () => {
  it('sends one alert and says what happened', async () => {
    await scene.route('team', receiver.url);

    expect(await scene.call('POST', 'alert-routes/team/test')).toEqual({ status: 200, body: { outcome: 'delivered', http_status: 204, reason: null, duration_ms: expect.any(Number) } });
    expect(JSON.parse(receiver.received[0]!.body).data).toMatchObject({ is_test: true, alerts: [{ anomaly: { type: 'test', severity: 'info' } }] });
    receiver.answer = (_received, reply) => reply.writeHead(401).end();
    expect((await scene.call('POST', 'alert-routes/team/test')).body).toMatchObject({ outcome: 'failed', http_status: 401, reason: 'the receiver answered 401' });
    expect(await scene.call('POST', 'alert-routes/none/test')).toMatchObject({ status: 404 });
  });

  it('does not reach what is not public either', async () => {
    await scene.route('team', 'http://169.254.169.254/latest/meta-data/');

    expect((await scene.call('POST', 'alert-routes/team/test')).body).toMatchObject({ outcome: 'failed', http_status: null, reason: expect.stringContaining('not public') });
  });

  it('is refused while too many are on their way', async () => {
    await scene.route('team', receiver.url);
    receiver.answer = (_received, reply) => void setTimeout(() => reply.writeHead(204).end(), 500);

    const answers = await Promise.all(Array.from({ length: 8 }, () => scene.call('POST', 'alert-routes/team/test')));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 429, 429, 429, 429]);
  });
});

describe('the list of deliveries', () => {
  it('comes page by page, the newest first, by status and route', async () => {
    await scene.route('good', receiver.url, { group_by: ['workflow'] });
    await scene.route('bad', `${receiver.url}/bad`, { group_by: ['workflow'] });
    receiver.answer = ({ path }, reply) => reply.writeHead(path.endsWith('bad') ? 410 : 204).end();
    scene.dispatch();
    await scene.opened(Array.from({ length: 7 }, (_, index) => ({ anomaly_id: `a-${index}`, workflow: `w-${index}` })));
    await eventually(async () => (await scene.store.rows(`select 1 from alert_delivery where status <> 'pending'`)).length === 14);

    const failed = (await scene.call('GET', 'alert-deliveries?status=failed')).body;
    expect(failed.items).toHaveLength(7);
    expect(failed.items[0]).toMatchObject({ route_id: 'bad', status: 'failed', last_error: 'the receiver answered 410', severity: 'warning' });
    expect((await scene.call('GET', 'alert-deliveries?route_id=good')).body.items).toHaveLength(7);
    const all = (await scene.call('GET', 'alert-deliveries')).body.items;
    const paged: unknown[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const { items, next_cursor: next } = (await scene.call('GET', `alert-deliveries?limit=4${cursor === '' ? '' : `&cursor=${cursor}`}`)).body as { items: unknown[]; next_cursor: string | null };
      paged.push(...items);
      cursor = next;
    }
    expect(paged).toEqual(all);
    expect(all).toHaveLength(14);
  });

  it.each(['status=lost', 'cursor=e30', 'limit=0', 'limit=501', 'order=asc'])('is refused with 400 for %s', async (query) => {
    expect(await scene.call('GET', `alert-deliveries?${query}`)).toMatchObject({ status: 400, body: { code: 'ORRERY_VALIDATION' } });
  });
});

describe('another tenant', () => {
  it('sees and changes nothing, and has a route of the same name for itself', async () => {
    const other = await Receiver.open();
    await scene.route('team', receiver.url);
    scene.dispatch();
    await scene.opened([{ title: 'secret' }]);
    await eventually(() => receiver.received.length === 1);

    expect(await scene.call('GET', 'alert-routes', { tenantId: 'team-b' })).toEqual({ status: 200, body: { items: [] } });
    expect(await scene.call('GET', 'alert-deliveries', { tenantId: 'team-b' })).toEqual({ status: 200, body: { items: [], next_cursor: null } });
    for (const [method, path] of [['GET', 'team'], ['DELETE', 'team'], ['POST', 'team/test']] as const) {
      expect(await scene.call(method, `alert-routes/${path}`, { tenantId: 'team-b' })).toMatchObject({ status: 404 });
    }
    await scene.route('team', other.url, {}, 'team-b');
    await scene.opened([{ anomaly_id: 'theirs' }], 'team-b');
    await eventually(() => other.received.length === 1);
    expect(other.anomalyIds).toEqual(['theirs']);
    expect(receiver.received).toHaveLength(1);
    expect((await scene.call('GET', 'alert-routes/team')).body.target).toEqual({ kind: 'webhook', url: receiver.url });
    await other.close();
  });

  it('has nothing without row security that names it, and the queue holds ids and times alone', async () => {
    const tables = await scene.store.rows<{ name: string; isForced: boolean; hasTenant: boolean }>(`
      select c.relname as name, c.relrowsecurity and c.relforcerowsecurity as "isForced",
        exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id') as "hasTenant"
      from pg_class c where c.relnamespace = 'baseline'::regnamespace and c.relkind = 'r' and c.relname like 'alert%' order by 1`);
    const columns = await scene.store.rows<{ name: string }>(`select attname as name from pg_attribute where attrelid = 'baseline.alert_queue'::regclass and attnum > 0 order by 1`);

    expect(tables.map(({ name, isForced, hasTenant }) => [name, isForced, hasTenant])).toEqual([
      ['alert_delivery', true, true],
      ['alert_notice', true, true],
      ['alert_queue', false, false],
      ['alert_route', true, true],
    ]);
    expect(columns.map(({ name }) => name)).toEqual(['claim_id', 'claimed_until', 'due_at', 'item_id', 'kind', 'owner', 'subject_id']);
  });
});

describe('the OpenAPI fragment', () => {
  it('has every route that is registered, and no other', () => {
    const registered = [AlertRoutesController, AlertDeliveriesController].flatMap((controller) => {
      const prefix = String(Reflect.getMetadata('path', controller));
      const prototype = controller.prototype as unknown as Record<string, object>;
      return Object.getOwnPropertyNames(prototype).flatMap((name) => {
        const method = Reflect.getMetadata('method', prototype[name] ?? {}) as RequestMethod | undefined;
        const path = String(Reflect.getMetadata('path', prototype[name] ?? {}));
        return method === undefined ? [] : [`${RequestMethod[method].toLowerCase()} ${`/${prefix}/${path}`.replace(/\/+$/, '').replaceAll(/:(\w+)/g, '{$1}')}`];
      });
    });

    expect(alertOperations.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(registered.sort());
    expect(Object.keys(alertOpenApi.paths).length).toBe(4);
  });

  it('refers to nothing that it does not hold, and is JSON', () => {
    const references = [...JSON.stringify(alertOpenApi).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name!);

    expect(new Set(references)).toEqual(new Set(Object.keys(alertOpenApi.components.schemas)));
    expect(JSON.parse(JSON.stringify(alertOpenApi))).toEqual(alertOpenApi);
  });
});
