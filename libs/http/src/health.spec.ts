import { describe, expect, it } from '@jest/globals';
import { HealthRegistry } from './health.js';

describe('readiness', () => {
  it('is told beside what an operator should know, which takes no service out of use', async () => {
    const health = new HealthRegistry();
    health.register('log', async () => undefined);
    health.registerNotice('models', () => ({ isDegraded: true, reason: 'version 3 is damaged; version 2 answers' }));
    health.registerNotice('runtime', () => ({ isDegraded: false, reason: 'networks are trained with wasm' }));
    health.registerNotice('nothing', () => undefined);

    expect(await health.ready()).toEqual({
      status: 'ok',
      details: {
        log: { status: 'up' },
        models: { status: 'degraded', reason: 'version 3 is damaged; version 2 answers' },
        runtime: { status: 'up', reason: 'networks are trained with wasm' },
      },
    });
  });
});
