import pg from 'pg';

/**
 * A connection that can break at any moment without ending the process. The pool and TypeORM listen for errors too, but between a
 * pool's handing over and TypeORM's first look nobody does, and a server that shuts down can say so in the very packet that ends
 * the handshake. The statement in hand fails all the same.
 */
export class GuardedClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }
}
