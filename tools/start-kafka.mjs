// `npm run start:kafka`: the platform as it runs in a cluster, each service in a process of its own, on a real Kafka broker.
import path from 'node:path';
import { recordBuild } from './record-build.mjs';
import { runServer } from './run-server.mjs';
import { setUp } from './set-up.mjs';

if (process.argv.includes('--help') || process.argv.includes('-h')) {
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
if (process.argv.length > 2) {
  process.stderr.write('orrery: npm run start:kafka takes no arguments, only settings from the environment: see npm run start:kafka -- --help\n');
  process.exit(2);
}

const report = await setUp();
runServer(path.join('tools', 'kafka-platform.mjs'), {
  onReady: ({ url }) => {
    recordBuild(url, report, process.env.ORRERY_API_KEY).catch((error) => {
      process.stderr.write(`orrery: the build could not be recorded as a run: ${error.message}\n`);
    });
  },
});
