// `npm run start:kafka`: the platform as it runs in a cluster, each service in a process of its own, on a real Kafka broker.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { pinnedNode, root, setUp } from './set-up.mjs';

if (process.argv.includes('--help')) {
  process.stdout.write(`usage: npm run start:kafka

Starts Kafka (needs Java 17 and Maven, or Docker), PostgreSQL, and each service in its own process, joined at http://127.0.0.1:4600.
  ORRERY_KAFKA_BROKERS=host:9092 npm run start:kafka   uses a broker that runs already
  ORRERY_DATABASE_URL=postgres://… npm run start:kafka uses a PostgreSQL of your own
  ORRERY_PORT=8080 npm run start:kafka                 another port
`);
  process.exit(0);
}

setUp();
const platform = spawn(pinnedNode(), ['--enable-source-maps', path.join('tools', 'kafka-platform.mjs')], { cwd: root, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
process.on('SIGINT', () => {});
process.on('SIGTERM', () => platform.kill('SIGTERM'));
platform.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
