import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { loadConfig } from '@orrery/config';
import { startTelemetry } from '@orrery/telemetry';
import { testDatabase, type TestDatabase } from '@orrery/testing';
import { eventStoreConfigSchema } from '../src/event-store.config.js';
import { startEventStore } from '../src/start-event-store.js';

let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

describe('the event store as a process of its own', () => {
  it('starts on an empty database, says that it is ready, and stops', async () => {
    const addresses: string[] = [];
    const send = process.send;
    process.send = (message: { url: string }) => addresses.push(message.url) > 0;
    try {
      const config = loadConfig(eventStoreConfigSchema, { ORRERY_DATABASE_URL: database.url, ORRERY_PORT: '0', ORRERY_LOG_LEVEL: 'silent' });
      const service = await startEventStore(config, await startTelemetry({ serviceName: 'spec' }));
      const [url] = addresses;

      const ready = await fetch(`${url}/health/ready`);
      const document = await fetch(`${url}/api/v1/openapi.json`);
      const metrics = await fetch(`${url}/metrics`);

      expect(await ready.json()).toMatchObject({ status: 'ok', details: { database: { status: 'up' }, outbox: { status: 'up' }, consumer: { status: 'up' } } });
      expect(await document.json()).toMatchObject({ openapi: '3.1.0' });
      expect(metrics.status).toBe(200);
      await service.close();
      await expect(fetch(`${url}/health/live`)).rejects.toThrow();
    } finally {
      process.send = send;
    }
  });

  it('needs a database, and says so', async () => {
    const config = loadConfig(eventStoreConfigSchema, {});

    await expect(startEventStore(config, await startTelemetry({ serviceName: 'spec' }))).rejects.toMatchObject({ code: 'ORRERY_CONFIG', message: expect.stringContaining('ORRERY_DATABASE_URL') });
  });
});
