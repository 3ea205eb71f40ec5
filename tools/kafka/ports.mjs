import net from 'node:net';
import { BrokerError } from './broker-error.mjs';

/** Resolves to `count` different ports that were free on `host` a moment ago; another program may still take one. */
export async function freePorts(host, count) {
  const servers = await Promise.all(Array.from({ length: count }, () => listen(host, 0)));
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map(close));
  return ports;
}

/**
 * Resolves when `port` can be listened on.
 *
 * @throws ORRERY_CONFIG when another program has the port, or the address is not one of this machine.
 */
export async function assertPortFree(host, port) {
  await close(await listen(host, port));
}

function listen(host, port) {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', (cause) => {
      const reason = cause.code === 'EADDRINUSE' ? 'another program uses it' : cause.message;
      reject(new BrokerError('ORRERY_CONFIG', `Port ${port} of ${host} cannot be used: ${reason}`, { cause }));
    });
    server.listen({ host, port, exclusive: true }, () => resolve(server));
  });
}

function close(server) {
  return new Promise((resolve) => server.close(resolve));
}
