import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { loadConfig } from './load-config.js';
import { backendSettings, booleanSetting, httpSettings, listSetting } from './settings.js';

describe('settings', () => {
  it('have defaults, take an empty value as absent and cannot be changed afterwards', () => {
    const config = loadConfig(z.object({ ...httpSettings, ...backendSettings }), { ORRERY_PORT: '', ORRERY_KAFKA_BROKERS: 'a:1, b:2,' });

    expect(config.ORRERY_PORT).toBe(4600);
    expect(config.ORRERY_KAFKA_BROKERS).toEqual(['a:1', 'b:2']);
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('when several are wrong, are all named in one message and no value is shown', () => {
    const schema = z.object({ ORRERY_PORT: z.coerce.number().int(), ORRERY_SECRET: z.string().min(20), ORRERY_ON: booleanSetting, ORRERY_LIST: listSetting });

    const attempt = () => loadConfig(schema, { ORRERY_PORT: 'eleventy', ORRERY_SECRET: 'hunter2', ORRERY_ON: 'perhaps', ORRERY_LIST: 'x' });

    expect(attempt).toThrow(expect.objectContaining({ code: 'ORRERY_CONFIG', message: expect.stringMatching(/ORRERY_PORT[^]*ORRERY_SECRET[^]*ORRERY_ON/) }));
    expect(attempt).not.toThrow(/hunter2|eleventy|perhaps/);
  });
});
