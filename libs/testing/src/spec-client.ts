import { tenantHeader } from './spec-tenant.js';

/** What a service answered; bodies are compared field by field. */
export interface SpecAnswer {
  readonly status: number;
  readonly body: any; // eslint-disable-line @typescript-eslint/no-explicit-any -- any shape of any service
}

/** Calls a service that names tenants by {@link tenantHeader}. */
export class SpecClient {
  constructor(private readonly url: string) {}

  async get(path: string, tenantId = 'default'): Promise<SpecAnswer> {
    return await this.call('GET', path, undefined, tenantId);
  }

  async post(path: string, body: unknown = {}, tenantId = 'default'): Promise<SpecAnswer> {
    return await this.call('POST', path, body, tenantId);
  }

  async call(method: string, path: string, body: unknown, tenantId: string): Promise<SpecAnswer> {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(`${this.url}${path}`, { method, ...sent, headers: { [tenantHeader]: tenantId, ...(body === undefined ? {} : { 'content-type': 'application/json' }) } });
    const text = await response.text();
    return { status: response.status, body: text === '' ? null : JSON.parse(text) };
  }
}
