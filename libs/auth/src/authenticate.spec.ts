import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { ApiKeys, createApiKey, digestOf } from './api-keys.js';
import { tenantOfRequest } from './authenticate.js';
import { authenticator } from './authenticator.js';
import { WebhookSecrets } from './webhook-signature.js';

describe('a request', () => {
  describe('when no keys are configured', () => {
    const keys = ApiKeys.parse([]);

    it('belongs to the default tenant if it was addressed to this machine', () => {
      for (const host of ['127.0.0.1:4600', 'localhost:4600', '[::1]:4600']) {
        expect(tenantOfRequest(keys, { headers: { host, origin: 'http://localhost:4600' } })).toBe('default');
      }
    });

    it('is refused if a foreign name or page addressed it', () => {
      expect(() => tenantOfRequest(keys, { headers: { host: 'evil.example:4600' } })).toThrow(/host/);
      expect(() => tenantOfRequest(keys, { headers: { host: 'localhost', origin: 'https://evil.example' } })).toThrow(/origin/);
    });

    it('cannot come from the network, because the service does not start there', () => {
      expect(() => authenticator({ host: '0.0.0.0', apiKeys: [] })).toThrow(expect.objectContaining({ code: 'ORRERY_CONFIG' }));
      expect(() => authenticator({ host: '127.0.0.1', apiKeys: [] })).not.toThrow();
    });
  });

  describe('when keys are configured', () => {
    const plain = createApiKey();
    const hashed = createApiKey();
    const keys = ApiKeys.parse([`team-a:${plain}`, `team-b:${digestOf(hashed)}`]);

    it('belongs to the tenant of its key, wherever the key stands', () => {
      expect(tenantOfRequest(keys, { headers: { authorization: `Bearer ${plain}` } })).toBe('team-a');
      expect(tenantOfRequest(keys, { headers: { 'x-api-key': hashed } })).toBe('team-b');
      const protocol = `orrery.v1, orrery.key.${Buffer.from(hashed).toString('base64url')}`;
      expect(tenantOfRequest(keys, { headers: { 'sec-websocket-protocol': protocol } })).toBe('team-b');
    });

    it('is refused with 401 without a key, with a wrong one, or with the digest in place of the key', () => {
      for (const authorization of [undefined, 'Bearer nobody-knows-this-key', `Bearer ${digestOf(hashed)}`, `Basic ${plain}`]) {
        expect(() => tenantOfRequest(keys, { headers: { authorization } })).toThrow(
          expect.objectContaining({ code: 'ORRERY_FORBIDDEN', details: { httpStatus: 401 } }),
        );
      }
    });
  });

  it('keys of a wrong form stop the start, and the message shows none of them', () => {
    const parse = () => ApiKeys.parse(['team-a:short-secret']);

    expect(parse).toThrow(expect.objectContaining({ code: 'ORRERY_CONFIG' }));
    expect(parse).not.toThrow(/short-secret/);
  });
});

describe('a route that is signed', () => {
  const authenticate = authenticator({ host: '0.0.0.0', apiKeys: [`team-a:${createApiKey()}`], signedRoutes: ['/api/v1/webhooks/github'] });

  it('is left to its signature, and no other route is', () => {
    expect(authenticate({ headers: {}, routeOptions: { url: '/api/v1/webhooks/github' } })).toBe('');
    expect(() => authenticate({ headers: {}, routeOptions: { url: '/api/v1/webhooks/argo' } })).toThrow(/API key/);
    expect(() => authenticate({ headers: {}, routeOptions: {} })).toThrow(/API key/);
  });
});

describe('a signed webhook', () => {
  const secrets = WebhookSecrets.parse('ORRERY_GITHUB_WEBHOOK_SECRETS', ['team-a:it-is-a-secret', 'team-b:other']);
  const body = Buffer.from('{"action":"completed"}');
  const signatureWith = (secret: string) => `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;

  it('belongs to the tenant whose secret signed it', () => {
    expect(secrets.tenantOf(body, signatureWith('it-is-a-secret'))).toBe('team-a');
    expect(secrets.tenantOf(body, signatureWith('other'))).toBe('team-b');
  });

  it('is refused when a byte changed, the secret is wrong or the header is missing', () => {
    expect(() => secrets.tenantOf(Buffer.from('{"action":"Completed"}'), signatureWith('other'))).toThrow(/does not fit/);
    expect(() => secrets.tenantOf(body, signatureWith('guess'))).toThrow(/does not fit/);
    expect(() => secrets.tenantOf(body, undefined)).toThrow(/missing/);
  });
});
