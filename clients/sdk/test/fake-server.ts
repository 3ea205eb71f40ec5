import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import type { ExecutionData } from '../src/index.js';

export interface ReceivedEvent {
  readonly id: string;
  readonly type: string;
  readonly source: string;
  readonly truncated?: string;
  readonly data: ExecutionData;
}

export interface ReceivedRequest {
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly events: readonly ReceivedEvent[];
}

/** How the server treats one request; the default is to accept it. */
export type Treatment =
  | { readonly kind: 'accept' }
  | { readonly kind: 'answer'; readonly status: number; readonly headers?: Record<string, string>; readonly body?: string }
  | { readonly kind: 'hang' }
  | { readonly kind: 'reset' };

/** A server that keeps what it accepted and treats requests as it is told, over a real socket. */
export class FakeServer {
  readonly requests: ReceivedRequest[] = [];
  readonly accepted: ReceivedRequest[] = [];
  private readonly waiters: (() => void)[] = [];

  private constructor(private readonly server: Server) {}

  static start(treat?: (request: ReceivedRequest, number: number) => Treatment): Promise<FakeServer> {
    return FakeServer.startAt(0, treat);
  }

  static async startAt(port: number, treat: (request: ReceivedRequest, number: number) => Treatment = () => ({ kind: 'accept' })): Promise<FakeServer> {
    const server = createServer();
    const fake = new FakeServer(server);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('error', () => undefined);
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(chunks);
        const json = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
        const received = { path: request.url, headers: request.headers, events: JSON.parse(json.toString()) as ReceivedEvent[] };
        fake.requests.push(received);
        fake.carryOut(treat(received, fake.requests.length), received, response);
      });
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return fake;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get events(): readonly ReceivedEvent[] {
    return this.accepted.flatMap((request) => request.events);
  }

  /** Resolves when the condition holds after some request. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.waiters.push(resolve));
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private carryOut(treatment: Treatment, received: ReceivedRequest, response: ServerResponse): void {
    if (treatment.kind === 'accept') {
      this.accepted.push(received);
      response.writeHead(202, { 'content-type': 'application/json' }).end(JSON.stringify({ accepted: received.events.length, unrecognised: 0, records: [] }));
    } else if (treatment.kind === 'answer') {
      response.writeHead(treatment.status, treatment.headers).end(treatment.body);
    } else if (treatment.kind === 'reset') {
      response.socket?.resetAndDestroy();
    }
    for (const resolve of this.waiters.splice(0)) resolve();
  }
}
