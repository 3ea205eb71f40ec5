// Runs the services one process each on Kafka and joins their paths at one address, as an ingress does in a cluster.
import { fork } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { locateDatabase } from '@orrery/persistence';
import { startBroker } from './kafka/broker.mjs';
import { joinServices } from './join-services.mjs';
import { serverEnvironment, serverFlags } from './server-process.mjs';
import { root } from './set-up.mjs';

const { env } = process;
// Apart from the data of `npm start`: the store remembers positions in its log, and those of another log mean nothing on Kafka.
const dataFolder = path.resolve(root, env.ORRERY_DATA_FOLDER ?? '.orrery', 'on-kafka');
const port = Number(env.ORRERY_PORT ?? 4600);
const say = (line) => process.stdout.write(`${line}\n`);

/** What runs already, in the order of its start; stopped in reverse. */
const parts = [];
const stopping = new AbortController();

async function startDatabase() {
  const database = await locateDatabase({ ORRERY_DATABASE_URL: env.ORRERY_DATABASE_URL, ORRERY_DATA_FOLDER: path.join(dataFolder, 'database') });
  parts.push({ name: 'PostgreSQL', stop: () => database.stop() });
  return database.url;
}

async function startLog() {
  if (env.ORRERY_KAFKA_BROKERS) return env.ORRERY_KAFKA_BROKERS;
  const broker = await startBroker({ dataFolder: path.join(dataFolder, 'broker'), log: say, signal: stopping.signal });
  parts.push({ name: 'Kafka', stop: () => broker.stop() });
  void broker.exited.then((reason) => stop(1, `Kafka ended by itself (${reason}); see ${broker.logFile}`));
  return broker.bootstrapServers;
}

/** Resolves when the service listens, to its address. */
async function startService(name, settings) {
  stopping.signal.throwIfAborted();
  const child = fork(path.join(root, 'services', name, 'dist', 'main.js'), [], {
    cwd: root,
    execArgv: serverFlags,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...serverEnvironment, ...settings, ORRERY_PORT: '0', ORRERY_HOST: '127.0.0.1', OTEL_SERVICE_NAME: `orrery-${name}` },
    // Not of the terminal's group: Ctrl-C then reaches this process alone, which stops the services in their order.
    detached: true,
  });
  const exited = new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal ?? `code ${code}`)));
  const stopService = async () => {
    child.kill('SIGTERM');
    await exited;
  };
  parts.push({ name, stop: stopService });
  const url = await Promise.race([new Promise((resolve) => child.once('message', (message) => resolve(message.url))), exited.then(() => undefined)]);
  if (url === undefined) throw new Error(`${name} did not start (${await exited}): its own lines above say why`);
  void exited.then((reason) => stop(1, `${name} ended by itself (${reason}): its own lines above say why`));
  return { url: new URL(url), pid: child.pid };
}

async function listen(services) {
  const server = await joinServices(services);
  const close = () => new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
  await new Promise((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve)).catch((error) => {
    throw error.code === 'EADDRINUSE' ? new Error(`port ${port} is taken by another program: stop it, or set ORRERY_PORT`) : error;
  });
  parts.push({ name: 'the address', stop: close });
  return `http://127.0.0.1:${server.address().port}`;
}

async function start() {
  mkdirSync(dataFolder, { recursive: true });
  const [databaseUrl, brokers] = await Promise.all([startDatabase(), startLog()]);
  const settings = { ORRERY_DATABASE_URL: databaseUrl, ORRERY_KAFKA_BROKERS: brokers };
  const [ingest, eventStore, baseline, predictor, scheduler] = await Promise.all(['ingest', 'event-store', 'baseline', 'predictor', 'scheduler'].map((name) => startService(name, settings)));
  const url = await listen({ ingest: ingest.url, eventStore: eventStore.url, baseline: baseline.url, predictor: predictor.url, scheduler: scheduler.url });
  process.send?.({ url, databaseUrl, brokers, pids: { ingest: ingest.pid, eventStore: eventStore.pid, baseline: baseline.pid, predictor: predictor.pid, scheduler: scheduler.pid } });
  say(`
Orrery on Kafka is ready (Node ${process.version}).

  look at runs     ${url}
  record a command npx orrery exec -- npm --version
  replay real runs npx orrery demo
  API              ${url}/api/v1/openapi.json

  ingest ${ingest.url.origin} · event-store ${eventStore.url.origin} · baseline ${baseline.url.origin} · predictor ${predictor.url.origin} · scheduler ${scheduler.url.origin} · Kafka ${brokers} · PostgreSQL ${new URL(databaseUrl).host}
  data in ${dataFolder}
  stop with Ctrl-C
`);
}

let ending;
function stop(code, reason) {
  ending ??= stopAll(code, reason);
  return ending;
}

async function stopAll(code, reason) {
  if (reason) process.stderr.write(`orrery: ${reason}\n`);
  stopping.abort();
  await starting.catch(() => undefined);
  for (const { name, stop: stopPart } of parts.reverse()) {
    await stopPart().catch((error) => process.stderr.write(`orrery: ${name} could not be stopped: ${error.message}\n`));
  }
  process.exit(code);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    if (!stopping.signal.aborted) say('orrery: stopping ...');
    void stop(0);
  });
}
process.on('disconnect', () => void stop(0));
const starting = start();
starting.catch((error) => void stop(1, stopping.signal.aborted ? undefined : error.message));
