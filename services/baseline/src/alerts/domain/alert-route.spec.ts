import { describe, expect, it } from '@jest/globals';
import { alertRouteBody, routeOf } from './alert-route.js';

const secret = `whsec_${Buffer.alloc(32, 3).toString('base64')}`;
const webhook = { name: 'team', target: { kind: 'webhook', url: 'https://hooks.example.org/x', secret } };
const faultsOf = (body: unknown) => (alertRouteBody.safeParse(body).error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);

describe('the body of a route', () => {
  it('needs no more than a name and a target', () => {
    expect(alertRouteBody.parse(webhook)).toEqual({
      ...webhook,
      match: { workflows: [], severity_at_least: 'info', types: [] },
      quiet_hours: null,
      group_by: ['workflow', 'type'],
      group_wait_s: 30,
      repeat_after_s: null,
      is_enabled: true,
    });
  });

  it.each([
    [{ ...webhook, target: { ...webhook.target, url: 'file:///etc/passwd' } }, /^target\.url: .*https/],
    [{ ...webhook, target: { ...webhook.target, url: 'gopher://example.org' } }, /^target\.url: .*https/],
    [{ ...webhook, target: { ...webhook.target, url: 'https://user:pass@example.org' } }, /^target\.url: .*password/],
    [{ ...webhook, target: { ...webhook.target, url: 'https://example.org/\r\nX-Evil: 1' } }, /^target\.url: .*control/],
    [{ ...webhook, target: { ...webhook.target, url: 'nonsense' } }, /^target\.url: expected/],
    [{ ...webhook, target: { ...webhook.target, secret: 'hunter2' } }, /^target\.secret: expected whsec_/],
    [{ ...webhook, target: { kind: 'pager' } }, /^target/],
    [{ ...webhook, target: { kind: 'email', to: ['a@example.org\r\nBcc: b@example.org'] } }, /^target\.to\.0: expected a mail address/],
    [{ ...webhook, target: { kind: 'email', to: ['a@example.org, b@example.org'] } }, /^target\.to\.0: expected a mail address/],
    [{ ...webhook, quiet_hours: { from: '25:00', to: '07:00', time_zone: 'UTC' } }, /^quiet_hours\.from: expected a time/],
    [{ ...webhook, quiet_hours: { from: '07:00', to: '07:00', time_zone: 'UTC' } }, /^quiet_hours: .*same/],
    [{ ...webhook, quiet_hours: { from: '22:00', to: '07:00', time_zone: 'Mars/Olympus' } }, /^quiet_hours\.time_zone: expected a time zone/],
    [{ ...webhook, tenant_id: 'other' }, /tenant_id/],
    [{ ...webhook, group_by: ['run'] }, /^group_by\.0/],
    [{ ...webhook, match: { types: ['Robert"); drop table'] } }, /^match\.types\.0: expected the type/],
  ])('%# is refused with a word on what is wrong', (body, fault) => {
    expect(faultsOf(body)).toEqual([expect.stringMatching(fault)]);
  });

  it('is refused without the secret being repeated', () => {
    expect(faultsOf({ ...webhook, target: { ...webhook.target, secret: 'hunter2' } }).join()).not.toContain('hunter2');
  });
});

describe('secrets of a route', () => {
  const present = routeOf('team', alertRouteBody.parse(webhook), undefined);
  const change = (target: object) => routeOf('team', alertRouteBody.parse({ name: 'team', target }), 'missing' in present ? undefined : present);

  it('stay when they are left out', () => {
    expect(change({ kind: 'webhook' })).toMatchObject({ target: webhook.target });
    expect(change({ kind: 'webhook', url: 'https://other.example.org/' })).toMatchObject({ target: { url: 'https://other.example.org/', secret } });
  });

  it('do not pass from one kind of target to another', () => {
    expect(change({ kind: 'slack' })).toEqual({ missing: ['target.url'] });
  });

  it('are asked for when there are none yet', () => {
    expect(routeOf('new', alertRouteBody.parse({ name: 'new', target: { kind: 'webhook' } }), undefined)).toEqual({ missing: ['target.url', 'target.secret'] });
  });
});
