// `npm run start:kafka`: the platform as it runs in a cluster, each service in a process of its own, on a real Kafka broker.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { identityOf, isAlive, lineageOf } from './kafka/processes.mjs';
import { recordBuild } from './record-build.mjs';
import { pinnedNode, root, setUp } from './set-up.mjs';

if (process.argv.includes('--help')) {
  process.stdout.write(`usage: npm run start:kafka

Starts Kafka (needs Java 17 and Maven, or Docker), PostgreSQL, and each service in its own process, joined at http://127.0.0.1:4600.
Settings come from the environment, for example:
  ORRERY_KAFKA_BROKERS=host:9092 npm run start:kafka    a broker that runs already
  ORRERY_TOPIC_PREFIX=team- npm run start:kafka         put before every topic and group on it
  ORRERY_DATABASE_URL=postgres://… npm run start:kafka  a PostgreSQL of your own, one that no other log is stored in
  ORRERY_PORT=8080 npm run start:kafka                  another port
  ORRERY_DATA_FOLDER=/srv/orrery npm run start:kafka    another place for the data
  ORRERY_INGEST_TOPICS=lineage:openlineage npm run …    reads topics of other producers
`);
  process.exit(0);
}

const report = setUp();
// Of a group of its own: a Ctrl-C, which a terminal sends to all of its group, is passed on once.
const platform = spawn(pinnedNode(), ['--enable-source-maps', path.join('tools', 'kafka-platform.mjs')], {
  cwd: root,
  stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  detached: true,
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => platform.kill(signal));
// npm that is killed takes nobody with it; without it nobody is left to press Ctrl-C.
if (process.env.npm_lifecycle_event) {
  const parent = lineageOf(process.ppid);
  const npm = identityOf(/^(sh|bash|dash)$/.test(parent?.name) ? parent.parentPid : process.ppid);
  setInterval(() => isAlive(npm) || platform.kill('SIGTERM'), 1000).unref();
}
platform.on('message', ({ url }) => {
  recordBuild(url, report, process.env.ORRERY_API_KEY).catch((error) => {
    process.stderr.write(`orrery: the build could not be recorded as a run: ${error.message}\n`);
  });
});
platform.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
