import { describe, expect, it } from '@jest/globals';
import { splitUrl, startupOptions } from './connection-settings.js';

const session = { schema: 'runs', role: 'orrery_app', statementTimeoutMs: 30_000, lockTimeoutMs: 10_000, idleTransactionTimeoutMs: 60_000 };

describe('database URL', () => {
  it('gives up its start-up options, so that ours can come after them', () => {
    const { url, options } = splitUrl('postgresql://ada:secret@db:5432/orrery?sslmode=require&options=-c%20role%3Dnone&statement_timeout=0');

    expect(url).toBe('postgresql://ada:secret@db:5432/orrery?sslmode=require');
    expect(startupOptions(options, session)).toMatch(/^-c role=none .*-c role=orrery_app .*-c search_path="runs"/);
  });

  it.each(['nonsense hunter2', 'mysql://ada:hunter2@db/orrery', 'http://hunter2'])('that is none is refused without being repeated: %s', (url) => {
    expect(() => splitUrl(url)).toThrow(expect.objectContaining({ code: 'ORRERY_CONFIG', message: expect.not.stringContaining('hunter2') }));
  });
});

describe('session', () => {
  it('has no role but the user when none is given', () => {
    expect(startupOptions('', { schema: 'runs', statementTimeoutMs: 0, lockTimeoutMs: 0, idleTransactionTimeoutMs: 0 })).not.toContain('role');
  });
});
