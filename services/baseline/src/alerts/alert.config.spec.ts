import { describe, expect, it } from '@jest/globals';
import { loadConfig } from '@orrery/config';
import { z } from 'zod';
import { alertSettings } from './alert.config.js';

const schema = z.object(alertSettings);

describe('settings of alerts', () => {
  it('have defaults with which nothing private is reached and no mail is sent', () => {
    expect(loadConfig(schema, {})).toEqual({ ORRERY_ALERT_ALLOWED_NETWORKS: [], ORRERY_ALERT_CONCURRENCY: 8, ORRERY_ALERT_MAX_ATTEMPTS: 16 });
  });

  it('take networks as a list and a sender with or without a name', () => {
    const given = { ORRERY_ALERT_ALLOWED_NETWORKS: '10.0.0.0/8, fd00::/8', ORRERY_ALERT_SMTP_URL: 'smtps://user:pass@mail.example.org:465', ORRERY_ALERT_FROM: 'Orrery <alerts@example.org>' };

    expect(loadConfig(schema, given)).toMatchObject({ ...given, ORRERY_ALERT_ALLOWED_NETWORKS: ['10.0.0.0/8', 'fd00::/8'] });
    expect(loadConfig(schema, { ORRERY_ALERT_FROM: 'alerts@example.org' })).toMatchObject({ ORRERY_ALERT_FROM: 'alerts@example.org' });
  });

  it.each([
    ['ORRERY_ALERT_ALLOWED_NETWORKS', '10.0.0.1'],
    ['ORRERY_ALERT_SMTP_URL', 'http://mail.example.org'],
    ['ORRERY_ALERT_FROM', 'alerts@example.org\r\nBcc: victim@example.org'],
    ['ORRERY_ALERT_FROM', 'nobody'],
    ['ORRERY_ALERT_MAX_ATTEMPTS', '0'],
  ])('stop the start when %s is %j, without repeating it', (key, value) => {
    expect(() => loadConfig(schema, { [key]: value })).toThrow(expect.objectContaining({ code: 'ORRERY_CONFIG', message: expect.not.stringContaining(value.length > 1 ? value : 'value') }));
  });
});
