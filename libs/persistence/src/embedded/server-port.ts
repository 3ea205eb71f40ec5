import { randomInt } from 'node:crypto';
import { createServer, type AddressInfo } from 'node:net';

// Below the range from which Linux and others take the near end of outgoing connections (ip_local_port_range, from 32768): while such
// a connection lasts, a server that crashed could not listen on its port again.
const firstPort = 10_240;
const lastPort = 32_767;
const attempts = 20;

/** A port of the loopback interface that is free now; someone else may take it before it is used. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const port = randomInt(firstPort, lastPort + 1);
    if ((await listenOnce(port)) !== undefined) return port;
  }
  return (await listenOnce(0)) ?? 0;
}

/** Resolves to the port after it was listened on, or to undefined when that is not possible. */
async function listenOnce(port: number): Promise<number | undefined> {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
    return (server.address() as AddressInfo).port;
  } catch {
    return undefined;
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}
