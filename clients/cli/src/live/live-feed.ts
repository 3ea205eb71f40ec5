import { OrreryError } from '@orrery/errors';
import { WebSocket } from 'ws';
import { unreachable, type Address } from '../api-client.js';
import type { Outcome, Status } from '../api-shapes.js';

/** A message of the live feed. */
export interface RunChange {
  readonly type: 'run.changed';
  readonly cursor: string;
  readonly run_id: string;
  readonly run: { readonly status: Status | null; readonly outcome: Outcome | null; readonly workflow: string | null; readonly engine: string | null };
  readonly tasks?: readonly { readonly task_id: string; readonly name: string | null; readonly status: Status | null; readonly outcome: Outcome | null }[];
  readonly events?: number;
  readonly artifacts?: number;
}

export interface LiveFeedOptions {
  readonly address: Address;
  readonly runId?: string;
  readonly onChange: (change: RunChange) => void;
  readonly onInterruption: (reason: string) => void;
  readonly firstRetryMs?: number;
}

const LONGEST_RETRY_MS = 10_000;
const PING_MS = 20_000;

/**
 * Follows the live feed over a WebSocket and takes it up where it broke off. A first connection that fails is an error; later
 * ones are tried again for as long as it takes.
 */
export class LiveFeed {
  private cursor: string | undefined;
  private failures = 0;
  private hasBeenOpen = false;
  private socket: WebSocket | undefined;
  private isStopped = false;

  constructor(private readonly options: LiveFeedOptions) {}

  /** @throws ORRERY_DEPENDENCY when the first connection fails, ORRERY_FORBIDDEN or ORRERY_NOT_FOUND when it is refused */
  async run(): Promise<void> {
    while (!this.isStopped) {
      const reason = await this.connectOnce();
      if (this.isStopped) return;
      this.options.onInterruption(reason);
      const waitMs = Math.min(LONGEST_RETRY_MS, (this.options.firstRetryMs ?? 500) * 2 ** this.failures++);
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }

  stop(): void {
    this.isStopped = true;
    this.socket?.close(1000);
    // A server that does not answer the closing must not hold the command.
    const socket = this.socket;
    setTimeout(() => socket?.terminate(), 1_000).unref();
  }

  /** Resolves with the reason when the connection has ended. */
  private connectOnce(): Promise<string> {
    const { address } = this.options;
    const socket = new WebSocket(this.url(), { headers: address.apiKey === undefined ? {} : { authorization: `Bearer ${address.apiKey}` }, handshakeTimeout: 10_000 });
    this.socket = socket;
    const stopPinging = keepAlive(socket);
    return new Promise<string>((resolve, reject) => {
      let reason = 'the connection ended';
      socket.on('open', () => (this.hasBeenOpen = true));
      socket.on('message', (data: Buffer) => this.receive(data.toString('utf8')));
      socket.on('unexpected-response', (request, response) => {
        reject(refusal(response.statusCode ?? 0, address));
        request.destroy();
      });
      socket.on('error', (error) => {
        reason = (error as NodeJS.ErrnoException).code ?? error.message;
        if (!this.hasBeenOpen) reject(unreachable(address.url.href, error));
      });
      socket.on('close', () => resolve(reason));
    }).finally(stopPinging);
  }

  private url(): URL {
    const { address, runId } = this.options;
    const url = new URL(`${address.url.href.replace(/\/$/, '')}/api/v1/live`);
    url.protocol = address.url.protocol === 'https:' ? 'wss:' : 'ws:';
    if (this.cursor !== undefined) url.searchParams.set('cursor', this.cursor);
    if (runId !== undefined) url.searchParams.set('run_id', runId);
    return url;
  }

  private receive(text: string): void {
    let message: { readonly type?: unknown; readonly cursor?: unknown };
    try {
      message = JSON.parse(text) as typeof message;
    } catch {
      return;
    }
    // The hello of a resumed connection may name the newest cursor; what lies between is still to come.
    if (typeof message.cursor === 'string' && (message.type !== 'hello' || this.cursor === undefined)) this.cursor = message.cursor;
    this.failures = 0;
    if (message.type === 'run.changed') this.options.onChange(message as RunChange);
  }
}

function refusal(status: number, address: Address): OrreryError {
  if (status === 401 || status === 403) return new OrreryError('ORRERY_FORBIDDEN', 'the platform wants an API key: ORRERY_API_KEY or --api-key-file');
  if (status === 404) return new OrreryError('ORRERY_NOT_FOUND', `${address.url.href} has no live feed`);
  return unreachable(address.url.href, `HTTP ${status}`);
}

/** Notices a connection that is dead without having been closed. */
function keepAlive(socket: WebSocket): () => void {
  let isAnswered = true;
  socket.on('pong', () => (isAnswered = true));
  const timer = setInterval(() => {
    if (!isAnswered) socket.terminate();
    else if (socket.readyState === WebSocket.OPEN) {
      isAnswered = false;
      socket.ping();
    }
  }, PING_MS);
  return () => clearInterval(timer);
}
