// Runs the services one process each on Kafka and joins their paths at one address, as an ingress does in a cluster.
import { fork } from 'node:child_process';
import http from 'node:http';
import path from 'node:path';
import { locateDatabase } from '@orrery/persistence';
import { startBroker } from './kafka/broker.mjs';
import { root } from './set-up.mjs';

const dataFolder = path.resolve(root, process.env.ORRERY_DATA_FOLDER ?? '.orrery');
const port = Number(process.env.ORRERY_PORT ?? 4600);
const closers = [];

/** Paths of ingest; all others are the event store's. */
const isIngest = ({ method, url }) => method === 'POST' && /^\/(v1\/|api\/v1\/(events|lineage|webhooks\/))/.test(url);

function startService(name, environment) {
  const child = fork(path.join(root, 'services', name, 'dist', 'main.js'), [], {
    cwd: root,
    execArgv: ['--enable-source-maps'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, ...environment, ORRERY_PORT: '0', ORRERY_HOST: '127.0.0.1', OTEL_SERVICE_NAME: `orrery-${name}` },
  });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  closers.push(async () => {
    child.kill('SIGTERM');
    await exited;
  });
  return new Promise((resolve, reject) => {
    child.once('message', ({ url }) => resolve({ name, url: new URL(url), child }));
    child.once('exit', (code) => reject(new Error(`${name} ended with code ${code}; see its lines above`)));
  });
}

function forward(incoming, target) {
  return http.request({ host: target.hostname, port: target.port, method: incoming.method, path: incoming.url, headers: incoming.headers });
}

function join(ingest, eventStore) {
  const server = http.createServer((incoming, outgoing) => {
    const request = forward(incoming, isIngest(incoming) ? ingest : eventStore);
    request.once('response', (response) => response.pipe(outgoing.writeHead(response.statusCode, response.headers)));
    request.once('error', () => outgoing.headersSent ? outgoing.destroy() : outgoing.writeHead(503, { 'retry-after': '1' }).end());
    incoming.pipe(request);
  });
  server.on('upgrade', (incoming, socket, head) => {
    const request = forward(incoming, eventStore);
    request.once('upgrade', (response, upstream, upstreamHead) => {
      const lines = Object.entries(response.headers).map(([name, value]) => `${name}: ${value}`);
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('\r\n')}\r\n\r\n`);
      upstream.unshift(upstreamHead);
      socket.unshift(head);
      upstream.pipe(socket).pipe(upstream);
      for (const end of [upstream, socket]) end.on('error', () => [upstream, socket].forEach((other) => other.destroy()));
    });
    request.once('response', (response) => socket.end(`HTTP/1.1 ${response.statusCode} ${response.statusMessage}\r\n\r\n`));
    request.once('error', () => socket.destroy());
    request.end();
  });
  return server;
}

async function start() {
  const database = await locateDatabase({ ORRERY_DATABASE_URL: process.env.ORRERY_DATABASE_URL, ORRERY_DATA_FOLDER: dataFolder });
  closers.push(() => database.stop());
  let brokers = process.env.ORRERY_KAFKA_BROKERS;
  if (!brokers) {
    const broker = await startBroker({ dataFolder: path.join(dataFolder, 'kafka', 'data'), log: (line) => process.stdout.write(`${line}\n`) });
    closers.push(() => broker.stop());
    brokers = broker.bootstrapServers;
  }
  const environment = { ORRERY_DATABASE_URL: database.url, ORRERY_KAFKA_BROKERS: brokers };
  const services = await Promise.all([startService('ingest', environment), startService('event-store', environment)]);
  const [ingest, eventStore] = services.map(({ url }) => url);
  for (const { name, child } of services) child.once('exit', () => void stop(1, `${name} ended by itself`));
  const server = join(ingest, eventStore);
  await new Promise((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  closers.push(() => new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  }));
  const { port: actual } = server.address();
  process.send?.({ url: `http://127.0.0.1:${actual}`, databaseUrl: database.url });
  process.stdout.write(`Orrery on Kafka: http://127.0.0.1:${actual}\n  broker ${brokers} · ingest ${ingest.origin} · event-store ${eventStore.origin}\n  data in ${dataFolder} · Ctrl-C stops everything\n`);
}

let isStopping = false;
async function stop(code, reason) {
  if (isStopping) return;
  isStopping = true;
  if (reason) process.stderr.write(`orrery: ${reason}\n`);
  for (const close of closers.reverse()) await close().catch((error) => process.stderr.write(`orrery: ${error.message}\n`));
  process.exit(code);
}

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => void stop(0));
process.on('disconnect', () => void stop(0));
start().catch((error) => void stop(1, error.message));
