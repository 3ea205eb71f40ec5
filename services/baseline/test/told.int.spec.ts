import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, taskFinished, usualTasks, type TestStore } from '@orrery/testing';
import { openStore, ServiceScene } from './baseline-scene.js';


let store: TestStore;
let scene: ServiceScene;
let receiver: Server;
const received: object[] = [];

beforeAll(async () => {
  store = await openStore();
  scene = await ServiceScene.open(store, Date.now, { ORRERY_ALERT_ALLOWED_NETWORKS: ['127.0.0.1/32'] });
  receiver = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
    request.on('end', () => {
      received.push(JSON.parse(body) as object);
      response.end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  await scene.close();
  await store.close();
  receiver.close();
});

describe('somebody who asked to be told', () => {
  it('hears of an anomaly and of its end, and nothing of history', async () => {
    const route = { name: 'spec', match: { workflows: ['told'] }, target: { kind: 'webhook', url: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`, secret: `whsec_${Buffer.alloc(32, 7).toString('base64')}` }, group_wait_s: 0 };
    const saved = await scene.call('PUT', '/api/v1/alert-routes/spec', route, 'default');
    expect(saved.status).toBe(200);
    const usual = { workflow: 'told', startedAtMs: Date.now() - 6 * 3_600_000 };
    await scene.tell(usualTasks(25, usual));

    await scene.tell([taskFinished('long-ago', { ...usual, task: 'build', startedAtMs: Date.now() - 60 * 86_400_000, durationMs: 600_000 })]);
    const [history] = (await scene.get('/api/v1/anomalies?workflow=told')).body.items;
    await scene.post(`/api/v1/anomalies/${history.anomaly_id}/resolve`);
    await scene.tell([taskFinished('slow', { ...usual, startedAtMs: Date.now() - 700_000, durationMs: 600_000 })]);
    await eventually(() => received.length > 0 && JSON.stringify(received).includes('opened'));
    const [anomaly] = (await scene.get('/api/v1/anomalies?workflow=told&status=open')).body.items;
    await scene.post(`/api/v1/anomalies/${anomaly.anomaly_id}/resolve`);
    await eventually(() => JSON.stringify(received).includes('resolved'));

    const told = JSON.stringify(received);
    expect(told).toContain(anomaly.anomaly_id);
    expect(told).toContain('10 min');
    expect((await scene.get('/api/v1/alert-deliveries')).body.items.every(({ status }: { status: string }) => status === 'delivered')).toBe(true);
    expect(told).not.toContain(history.anomaly_id);
  });
});
