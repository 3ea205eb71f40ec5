import path from 'node:path';
import { startBroker } from './broker.mjs';
import { BrokerError } from './broker-error.mjs';
import { HELP, parseCommandLine } from './command-line.mjs';
import { identityOf, isAlive, lineageOf } from './processes.mjs';
import { kafkaVersion, LOCAL_FOLDER } from './server-jars.mjs';

const SUPERVISOR_POLL_MS = 500;
const { env } = process;
// npm changes to the root of the workspace; INIT_CWD is where the caller stands.
const folders = { defaultDataFolder: path.join(LOCAL_FOLDER, 'data'), workingFolder: env.INIT_CWD || process.cwd() };
const say = (text) => process.stdout.write(`${text}\n`);

const stopping = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => stopping.abort());
process.exitCode = await main();

async function main() {
  let options;
  try {
    options = parseCommandLine(process.argv.slice(2), folders);
  } catch (error) {
    return report(error, 2);
  }
  if (options.isHelp) {
    say(HELP);
    return 0;
  }
  const supervisorPid = watchNpm();
  try {
    const startedAt = performance.now();
    const broker = await startBroker({ ...options, env, supervisorPid, log: say, signal: stopping.signal });
    await announce(broker, performance.now() - startedAt);
    return await serve(broker);
  } catch (error) {
    return stopping.signal.aborted ? 0 : report(error, 1);
  }
}

// npm that is killed takes nobody with it; without it nobody is left to press Ctrl-C.
function watchNpm() {
  if (!env.npm_lifecycle_event) return process.pid;
  const parent = lineageOf(process.ppid);
  const npm = identityOf(/^(sh|bash|dash)$/.test(parent?.name) ? parent.parentPid : process.ppid);
  setInterval(() => isAlive(npm) || stopping.abort(), SUPERVISOR_POLL_MS).unref();
  return npm?.pid;
}

async function announce(broker, startMs) {
  say(`Kafka ${await kafkaVersion()} is ready after ${(startMs / 1000).toFixed(1)} s (${broker.engine}, process ${broker.pid}).`);
  say(`ORRERY_KAFKA_BROKERS=${broker.bootstrapServers}`);
  say(`Data: ${broker.dataFolder} (kept; \`npm run kafka -- --fresh\` begins anew)`);
  say(`Log:  ${broker.logFile}`);
  say('Stop: Ctrl-C');
}

async function serve(broker) {
  const asked = new Promise((resolve) => {
    if (stopping.signal.aborted) resolve('asked');
    stopping.signal.addEventListener('abort', () => resolve('asked'));
  });
  if ((await Promise.race([asked, broker.exited])) === 'asked') {
    say('Stopping Kafka ...');
    await broker.stop();
    say('Kafka has stopped.');
    return 0;
  }
  return report(new BrokerError('ORRERY_DEPENDENCY', `Kafka ended by itself (${await broker.exited}); see ${broker.logFile}`), 1);
}

function report(error, exitCode) {
  process.stderr.write(`${error instanceof BrokerError ? `${error.code}: ${error.message}` : error.stack}\n`);
  return exitCode;
}
