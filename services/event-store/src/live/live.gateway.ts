import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { HttpAdapterHost } from '@nestjs/core';
import type { Credentials } from '@orrery/auth';
import { isOrreryError, messageOf, OrreryError, toProblem } from '@orrery/errors';
import { parseInput } from '@orrery/http';
import type { Logger } from '@orrery/telemetry';
import { WebSocketServer, type WebSocket } from 'ws';
import { liveQuery } from '../api/inputs.js';
import type { TraceDatabase } from '../reading/trace-database.js';
import { feedRetentionMs } from '../retention.service.js';
import { parseFeedCursor } from './feed-cursor.js';
import { LiveFeed } from './live-feed.js';
import { LiveSession } from './live-session.js';

export const livePath = '/api/v1/live';

export interface LiveOptions {
  readonly traces: TraceDatabase;
  /** Names the tenant of a client, or throws. */
  readonly authenticate: (credentials: Credentials) => string;
  readonly maxClients: number;
  readonly logger: Logger;
  readonly now: () => number;
}

const heartbeatMs = 15_000;
const goingAway = 1001;
const protocol = 'orrery.v1';

/** The WebSocket of changes, on the server's own port. */
export class LiveGateway implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly server = new WebSocketServer({ noServer: true, maxPayload: 1024, handleProtocols: chooseProtocol });
  private readonly feeds = new Map<string, LiveFeed>();
  private heartbeat: NodeJS.Timeout | undefined;

  constructor(
    private readonly host: HttpAdapterHost,
    private readonly options: LiveOptions,
  ) {}

  // Nest calls it once for the application and once for each of its microservices.
  onApplicationBootstrap(): void {
    if (this.heartbeat !== undefined) return;
    const http = this.host.httpAdapter.getHttpServer() as Server;
    http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      const url = new URL(request.url ?? '/', 'http://localhost');
      if (url.pathname === livePath) void this.accept(request, socket, { head, url });
      else if (http.listenerCount('upgrade') === 1) refuse(socket, new OrreryError('ORRERY_NOT_FOUND', `there is no WebSocket at ${url.pathname}`));
    });
    this.heartbeat = setInterval(() => {
      for (const feed of this.feeds.values()) for (const session of feed.clients()) session.beat();
    }, heartbeatMs).unref();
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.heartbeat);
    for (const feed of this.feeds.values()) for (const session of feed.clients()) session.close(goingAway, 'shutting down: connect again with the last cursor');
    this.server.close();
  }

  private async accept(request: IncomingMessage, socket: Duplex, { head, url }: { readonly head: Buffer; readonly url: URL }): Promise<void> {
    socket.on('error', () => undefined);
    try {
      const tenantId = this.options.authenticate(request);
      const query = parseInput(liveQuery, Object.fromEntries(url.searchParams));
      const cursor = query.cursor === undefined ? undefined : parseFeedCursor(query.cursor);
      if (this.server.clients.size >= this.options.maxClients) throw new OrreryError('ORRERY_LIMIT', 'too many clients listen already', { details: { httpStatus: 503 } });
      const feed = this.feedOf(tenantId);
      const position = cursor?.position ?? (await feed.now());
      const mayHaveGap = cursor !== undefined && this.options.now() - cursor.givenAtMs > feedRetentionMs;
      this.server.handleUpgrade(request, socket, head, (client) => this.serve(client, feed, { session: new LiveSession(client, query.run_id, position, this.options.now), mayHaveGap }));
    } catch (error) {
      if (!isOrreryError(error)) this.options.logger.error({ err: error }, 'a live client could not be accepted');
      refuse(socket, error);
    }
  }

  private serve(client: WebSocket, feed: LiveFeed, { session, mayHaveGap }: { readonly session: LiveSession; readonly mayHaveGap: boolean }): void {
    client.once('close', () => feed.leave(session));
    session.greet(mayHaveGap);
    feed.serve(session).catch((error: unknown) => {
      this.options.logger.warn({ error: messageOf(error) }, 'a live client could not be served');
      session.close(1011, 'the changes cannot be read: connect again with the last cursor');
    });
  }

  private feedOf(tenantId: string): LiveFeed {
    const feed = this.feeds.get(tenantId) ?? new LiveFeed(tenantId, this.options.traces, this.options.logger);
    this.feeds.set(tenantId, feed);
    return feed;
  }
}

/** A browser that offered subprotocols hangs up unless one of them is chosen; its key may be the only one. */
function chooseProtocol(offered: Set<string>): string | false {
  if (offered.has(protocol)) return protocol;
  return offered.values().next().value ?? false;
}

/** Answers an upgrade with a problem document in place of a WebSocket. */
function refuse(socket: Duplex, error: unknown): void {
  const problem = toProblem(error);
  const body = JSON.stringify(problem);
  const head = [`HTTP/1.1 ${problem.status} ${problem.title}`, 'connection: close', 'content-type: application/problem+json', `content-length: ${Buffer.byteLength(body)}`];
  if (problem.status === 503) head.push('retry-after: 5');
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
