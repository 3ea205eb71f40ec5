import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import type { ExecutionData } from '@orrery/sdk';
import { WebSocketServer, type WebSocket } from 'ws';

export interface Received {
  readonly method: string;
  /** Path with query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  /** Sent as JSON. */
  readonly json?: unknown;
}

export type Handler = (request: Received, url: URL) => Answer | 'hang' | 'reset' | undefined;

const receipt: Answer = { status: 202, json: { accepted: 1, unrecognised: 0, records: [{ record_id: 'r', run_ids: ['11111111-1111-4111-8111-111111111111'] }] } };

/** Speaks the public API over a real socket: takes everything in, and answers what a spec tells it to. */
export class FakePlatform {
  readonly received: Received[] = [];
  private readonly waiters: (() => void)[] = [];
  private readonly webSockets = new WebSocketServer({ noServer: true });

  private constructor(
    private readonly server: Server,
    private readonly handler: Handler,
  ) {
    server.on('request', (request, response) => this.take(request, response));
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      this.received.push({ method: 'UPGRADE', path: request.url ?? '', headers: request.headers, body: Buffer.alloc(0) });
      this.webSockets.handleUpgrade(request, socket, head, (webSocket) => this.webSockets.emit('connection', webSocket, request));
    });
  }

  static async start(handler: Handler = () => undefined, port = 0): Promise<FakePlatform> {
    const server = createServer();
    const platform = new FakePlatform(server, handler);
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return platform;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** What was said in events of our own format, in the order in which it came. */
  get said(): readonly ExecutionData[] {
    const batches = this.received.filter(({ path }) => path === '/api/v1/events').map(({ body }) => JSON.parse(body.toString()) as { data: ExecutionData }[]);
    return batches.flat().map(({ data }) => data);
  }

  onLive(listener: (socket: WebSocket, path: string) => void): void {
    this.webSockets.on('connection', (socket: WebSocket, request: IncomingMessage) => listener(socket, request.url ?? ''));
  }

  /** Resolves when the condition holds after some request. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.waiters.push(resolve));
  }

  async stop(): Promise<void> {
    for (const socket of this.webSockets.clients) socket.terminate();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private take(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    request.on('error', () => undefined);
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const raw = Buffer.concat(chunks);
      const received = { method, path: url, headers, body: headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw };
      this.received.push(received);
      this.carryOut(this.handler(received, new URL(url, this.url)), received, response);
      for (const resolve of this.waiters.splice(0)) resolve();
    });
  }

  private carryOut(told: Answer | 'hang' | 'reset' | undefined, { method }: Received, response: ServerResponse): void {
    if (told === 'hang') return;
    if (told === 'reset') {
      response.socket?.resetAndDestroy();
      return;
    }
    const { status = 200, headers = {}, json } = told ?? (method === 'POST' ? receipt : { status: 404, json: { title: 'There is no such thing', status: 404, detail: 'no such thing', code: 'ORRERY_NOT_FOUND' } });
    response.writeHead(status, { 'content-type': status >= 400 ? 'application/problem+json' : 'application/json', ...headers });
    response.end(json === undefined ? undefined : JSON.stringify(json));
  }
}
