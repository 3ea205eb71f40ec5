import { createServer, type AddressInfo } from 'node:net';

/** A port of the loopback interface that is free now; someone else may take it before it is used. */
export async function freePort(): Promise<number> {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    return (server.address() as AddressInfo).port;
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}
