import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '@orrery/persistence';
import { crashDatabase, databaseOutage, killPlatform, restartBroker, type Database } from './faults/crash-cases.js';
import type { CaseResult } from './faults/case-result.js';
import { permutations, replayFromZero } from './faults/order-cases.js';
import { poisonedLog } from './faults/poison-case.js';
import { startBenchBroker } from './harness/broker.js';
import { parseOptions } from './harness/options.js';
import { progress, report } from './harness/report.js';

// Breaks the running platform in the ways that happen, and compares what was acknowledged with what is there afterwards.

const values = parseOptions('faults', {
  kafka: { type: 'boolean', default: false },
  only: { type: 'string' },
  kills: { type: 'string', default: '10' },
  'outage-seconds': { type: 'string', default: '30' },
  poison: { type: 'string', default: '20000' },
  permutations: { type: 'string', default: '100' },
});

const folder = mkdtempSync(path.join(os.tmpdir(), 'orrery-faults-'));
const broker = values.kafka ? await startBenchBroker() : undefined;
let server: EmbeddedPostgres = await startEmbeddedPostgres({ dataFolder: folder });
const { port } = server;
const database: Database = {
  url: server.url,
  crash: () => server.kill(),
  start: async () => {
    server = await startEmbeddedPostgres({ dataFolder: folder, port });
  },
};
const topicPrefix = 'faults-';
const options = {
  databaseUrl: database.url,
  dataFolder: folder,
  topicPrefix,
  environment: { ORRERY_TOPIC_PREFIX: topicPrefix },
  ...(broker === undefined ? {} : { kafkaBrokers: broker.bootstrapServers }),
};

const cases: readonly (readonly [string, () => Promise<CaseResult>])[] = [
  ['kill', () => killPlatform(options, Number(values.kills))],
  ['crash', () => crashDatabase(options, database, 3)],
  ['outage', () => databaseOutage(options, database, Number(values['outage-seconds']) * 1000)],
  ...(broker === undefined ? [] : [['broker', () => restartBroker(options, broker)] as const]),
  ['poison', () => poisonedLog(options, Number(values.poison))],
  ['permutations', () => permutations(options, Number(values.permutations))],
  ['replay', () => replayFromZero(options)],
];

async function cleanUp(): Promise<void> {
  await server.stop();
  await broker?.stop();
  rmSync(folder, { recursive: true, force: true });
}
// The platform ends with this process, the database does not.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void cleanUp().finally(() => process.exit(130)));

const results: CaseResult[] = [];
try {
  for (const [name, run] of cases) {
    if (values.only !== undefined && !values.only.split(',').includes(name)) continue;
    progress(`== ${name}`);
    const result = await run();
    progress(JSON.stringify(result));
    results.push(result);
  }
} finally {
  await cleanUp();
}
report(
  results.map((result) => ({ ...result })),
  { bench: 'faults', log: values.kafka ? 'kafka' : 'postgres', cases: results },
);
process.exit(results.every(({ ok }) => ok) ? 0 : 1);
