import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

const lookMs = 50;
/** What was sent before the end was known is on its way for about so long. */
const patienceMs = 250;

interface Connection {
  requests: number;
  idleSinceMs: number;
}

/**
 * The connections of a server, which `close` of `node:http` waits for: it ends those that are idle at that moment, but neither those that
 * were just opened and have asked nothing yet, nor those whose answer was on its way and did not say `Connection: close`.
 */
export class OpenConnections {
  private readonly connections = new Map<Socket, Connection>();

  constructor(server: Server) {
    server.on('connection', (socket: Socket) => {
      this.connections.set(socket, { requests: 0, idleSinceMs: performance.now() });
      socket.once('close', () => this.connections.delete(socket));
    });
    server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
      const connection = this.connections.get(socket);
      if (connection === undefined) return;
      connection.requests += 1;
      response.once('close', () => {
        connection.requests -= 1;
        connection.idleSinceMs = performance.now();
      });
    });
  }

  /** Ends each connection on which nothing is asked, until `closed` resolves. */
  async endIdleUntil(closed: Promise<void>): Promise<void> {
    const looking = setInterval(() => this.endIdle(performance.now() - patienceMs), lookMs);
    await closed.finally(() => clearInterval(looking));
  }

  private endIdle(idleBeforeMs: number): void {
    for (const [socket, { requests, idleSinceMs }] of this.connections) {
      if (requests === 0 && idleSinceMs < idleBeforeMs) socket.destroySoon();
    }
  }
}
