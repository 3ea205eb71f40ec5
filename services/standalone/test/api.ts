/** Calls the platform as any client does. */
export class Api {
  constructor(
    readonly url: string,
    private readonly headers: Readonly<Record<string, string>> = {},
  ) {}

  as(key: string): Api {
    return new Api(this.url, { ...this.headers, authorization: `Bearer ${key}` });
  }

  async get<Document>(path: string): Promise<Document> {
    const response = await this.call('GET', path);
    if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Document;
  }

  call(method: string, path: string, { body, headers = {} }: { readonly body?: string; readonly headers?: Readonly<Record<string, string>> } = {}): Promise<Response> {
    return fetch(`${this.url}${path}`, { method, headers: { ...this.headers, ...headers }, ...(body === undefined ? {} : { body }) });
  }

  /** Sends execution events as one batch. */
  send(events: readonly object[], headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    return this.call('POST', '/api/v1/events', { body: JSON.stringify(events), headers: { 'content-type': 'application/cloudevents-batch+json', ...headers } });
  }

  async runIds(): Promise<readonly string[]> {
    const { items } = await this.get<{ items: readonly { external_id: string }[] }>('/api/v1/runs?limit=500');
    return items.map(({ external_id: id }) => id).sort();
  }
}

/** A statement about a run in Orrery's own format. */
export function executionEvent(id: string, data: Readonly<Record<string, unknown>>): object {
  return { specversion: '1.0', id, source: 'urn:orrery:spec', type: 'dev.orrery.execution.v1', data };
}

/** The shortest of them: a run that began. */
export function runEvent(id: string): object {
  return executionEvent(id, { run: { id, workflow: 'spec', status: 'running', started_at: '2026-11-20T10:00:00Z' } });
}
