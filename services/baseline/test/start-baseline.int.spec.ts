import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { loadConfig } from '@orrery/config';
import { startTelemetry } from '@orrery/telemetry';
import { testDatabase, type TestDatabase } from '@orrery/testing';
import { baselineConfigSchema } from '../src/baseline.config.js';
import { startBaseline } from '../src/start-baseline.js';

let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

describe('the baseline service as a process of its own', () => {
  it('starts on an empty database, says that it is ready, and stops', async () => {
    const addresses: string[] = [];
    const send = process.send;
    process.send = (message: { url: string }) => addresses.push(message.url) > 0;
    try {
      const config = loadConfig(baselineConfigSchema, { ORRERY_DATABASE_URL: database.url, ORRERY_PORT: '0', ORRERY_LOG_LEVEL: 'silent' });
      const service = await startBaseline(config, await startTelemetry({ serviceName: 'spec' }));
      const [url] = addresses;

      const ready = await fetch(`${url}/health/ready`);
      const anomalies = await fetch(`${url}/api/v1/anomalies`);
      const metrics = await fetch(`${url}/metrics`);

      expect(await ready.json()).toMatchObject({ status: 'ok', details: { 'baseline database': { status: 'up' }, 'baseline outbox': { status: 'up' }, 'baseline consumer': { status: 'up' }, 'baseline alerts': { status: 'up' } } });
      expect(await anomalies.json()).toEqual({ items: [], next_cursor: null });
      expect(metrics.status).toBe(200);
      await service.close();
      await expect(fetch(`${url}/health/live`)).rejects.toThrow();
    } finally {
      process.send = send;
    }
  });

  it('needs a database, and says so', async () => {
    const config = loadConfig(baselineConfigSchema, {});

    await expect(startBaseline(config, await startTelemetry({ serviceName: 'spec' }))).rejects.toMatchObject({ code: 'ORRERY_CONFIG', message: expect.stringContaining('ORRERY_DATABASE_URL') });
  });
});
