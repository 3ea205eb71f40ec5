import net from 'node:net';

/** Stands before a PostgreSQL server: cutting it looks to either side as if the other had been killed. */
export class CuttableServer {
  readonly #sockets = new Set<net.Socket>();
  #server: net.Server | undefined;
  #isCut = false;

  constructor(private readonly target: string) {}

  /** Resolves with the URL to connect to instead. */
  async start(): Promise<string> {
    const { hostname, port } = new URL(this.target);
    const server = net.createServer((near) => {
      if (this.#isCut) return void near.destroy();
      const far = net.connect(Number(port || 5432), hostname);
      this.#join(near, far);
      this.#join(far, near);
    });
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = new URL(this.target);
    url.hostname = '127.0.0.1';
    url.port = String((server.address() as net.AddressInfo).port);
    return url.href;
  }

  /** Cuts every connection; new ones are cut at once, too. */
  cut(): void {
    this.#isCut = true;
    this.cutConnections();
  }

  /** Cuts the connections that there are. */
  cutConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  close(): void {
    this.cut();
    this.#server?.close();
  }

  #join(from: net.Socket, to: net.Socket): void {
    this.#sockets.add(from);
    from.on('error', () => undefined);
    from.on('close', () => {
      this.#sockets.delete(from);
      to.destroy();
    });
    from.pipe(to);
  }
}
