import { OrreryError } from '@orrery/errors';
import { defaultTenant, type ApiKeys } from './api-keys.js';

/** What authentication looks at in a request; header names in lower case. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

const loopbackHosts = new Set(['127.0.0.1', 'localhost', '::1', '[::1]']);
const keyProtocol = 'orrery.key.';

/**
 * Names the tenant of a request by its key: `Authorization: Bearer KEY`, `X-Api-Key: KEY`, or, for browsers' WebSockets, the
 * subprotocol `orrery.key.<base64url of KEY>`. Without configured keys all is the default tenant's, and only requests that
 * were addressed to this machine by a loopback name count (a web page elsewhere must not reach it by DNS rebinding).
 *
 * @throws ORRERY_FORBIDDEN (HTTP 401 or 403)
 */
export function tenantOfRequest(keys: ApiKeys, { headers }: Credentials): string {
  if (!keys.areRequired) {
    refuseForeignHost(headers);
    return defaultTenant;
  }
  const key = keyIn(headers);
  if (key === undefined) throw unauthorised('an API key is required: send it as Authorization: Bearer KEY');
  const tenant = keys.tenantOf(key);
  if (tenant === undefined) throw unauthorised('the API key is not known');
  return tenant;
}

/**
 * Refuses to open a service to the network that asks for no keys.
 *
 * @throws ORRERY_CONFIG
 */
export function requireKeysBeyondLoopback(host: string, keys: ApiKeys): void {
  if (keys.areRequired || loopbackHosts.has(host)) return;
  throw new OrreryError('ORRERY_CONFIG', 'ORRERY_HOST is not a loopback address: set ORRERY_API_KEYS too, so that not everyone can read and write');
}

function keyIn(headers: Credentials['headers']): string | undefined {
  const bearer = /^Bearer\s+(\S+)$/i.exec(single(headers['authorization']) ?? '')?.[1];
  if (bearer !== undefined) return bearer;
  const header = single(headers['x-api-key']);
  if (header !== undefined) return header;
  const protocols = (single(headers['sec-websocket-protocol']) ?? '').split(',').map((protocol) => protocol.trim());
  const encoded = protocols.find((protocol) => protocol.startsWith(keyProtocol))?.slice(keyProtocol.length);
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64url').toString('utf8');
}

function refuseForeignHost(headers: Credentials['headers']): void {
  for (const name of ['host', 'origin'] as const) {
    const value = single(headers[name]);
    if (value === undefined || value === 'null') continue;
    const url = name === 'host' ? `http://${value}` : value;
    if (URL.canParse(url) && loopbackHosts.has(new URL(url).hostname)) continue;
    throw new OrreryError('ORRERY_FORBIDDEN', `the ${name} of the request is not this machine; without API keys only loopback is served`);
  }
}

function unauthorised(message: string): OrreryError {
  return new OrreryError('ORRERY_FORBIDDEN', message, { details: { httpStatus: 401 } });
}

function single(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' || value === undefined ? value : value[0];
}
