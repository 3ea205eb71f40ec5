import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { startBenchBroker, type BenchBroker } from './harness/broker.js';
import { recordsTaken, storeHasTaken } from './harness/drained.js';
import { startPlatform, type Platform } from './harness/platform.js';
import { readPostgresCpuSeconds } from './harness/process-usage.js';
import { parseOptions } from './harness/options.js';
import { progress, report } from './harness/report.js';
import { quantile, rounded } from './harness/statistics.js';
import { batches } from './harness/synthetic-runs.js';
import { events, eventsPerRun, measureQueryable, sendAll, type Ledger } from './ingest/load.js';
import { auditStore, rawRowsPerSecond } from './ingest/store-audit.js';
import { printTimeSpent, profileFolder } from './ingest/time-spent.js';

// How many events a second go from HTTP through the log into the store, beside a plain insert of the same rows.

const values = parseOptions('ingest', {
  kafka: { type: 'boolean', default: false },
  events: { type: 'string', default: '100000' },
  connections: { type: 'string', default: '4' },
  profile: { type: 'boolean', default: false },
});

const batchSize = 100;
const warmUpEvents = 10_000;
const pacedSeconds = 8;
const queryableProbes = 100;
const maxRawRows = 50_000;
const serverPart = 'server (Node)';
const count = Number(values.events);
const connections = Number(values.connections);

interface Burst {
  readonly ledger: Ledger;
  readonly seconds: number;
  /** On the clock of `process.hrtime`, in microseconds. */
  readonly window: { readonly from: number; readonly to: number };
  readonly cpuSeconds: Readonly<Record<string, number>>;
}

function cpuSecondsOf(platform: Platform, broker: BenchBroker | undefined): Record<string, number> {
  const own = process.cpuUsage();
  return {
    [serverPart]: platform.usage().cpuSeconds,
    PostgreSQL: readPostgresCpuSeconds(platform.process.pid ?? 0),
    ...(broker === undefined ? {} : { 'Kafka broker': broker.cpuSeconds() }),
    generator: (own.user + own.system) / 1e6,
  };
}

/** Everything at once, until the store has the last event. */
async function burst(platform: Platform, broker: BenchBroker | undefined): Promise<Burst> {
  const bodies = [...batches(events(count, 'bench'), batchSize)];
  const taken = await recordsTaken(platform.url);
  const cpuBefore = cpuSecondsOf(platform, broker);
  const from = Number(process.hrtime.bigint() / 1000n);
  const ledger = await sendAll(bodies, { url: platform.url, connections });
  const acknowledgedAt = Number(process.hrtime.bigint() / 1000n);
  await storeHasTaken(platform.url, count - ledger.refused, taken);
  const to = Number(process.hrtime.bigint() / 1000n);
  const cpuSeconds = Object.fromEntries(Object.entries(cpuSecondsOf(platform, broker)).map(([part, seconds]) => [part, seconds - (cpuBefore[part] ?? 0)]));
  progress(`${count} events acknowledged in ${rounded((acknowledgedAt - from) / 1e6)} s, stored in ${rounded((to - from) / 1e6)} s`);
  return { ledger, seconds: (to - from) / 1e6, window: { from, to }, cpuSeconds };
}

/** At half the rate that was reached: how long answers take, and how long it is until an event can be read. */
async function paced(url: string, eventsPerSecond: number): Promise<{ readonly ledger: Ledger; readonly waits: readonly number[] }> {
  const rate = eventsPerSecond / 2;
  const load = { url, connections, pauseMs: (1000 * batchSize * connections) / rate };
  const [ledger, waits] = await Promise.all([sendAll(batches(events(Math.round(rate * pacedSeconds), 'paced'), batchSize), load), measureQueryable(url, queryableProbes)]);
  await sleep(1000);
  return { ledger, waits };
}

async function measure(platform: Platform, broker: BenchBroker | undefined, client: Client): Promise<{ readonly found: Burst; readonly line: Readonly<Record<string, unknown>> }> {
  await sendAll(batches(events(warmUpEvents, 'warm'), batchSize), { url: platform.url, connections });
  await sleep(1000);
  const found = await burst(platform, broker);
  const { ledger, seconds } = found;
  const audit = await auditStore(client, ledger.acknowledged);
  const half = await paced(platform.url, count / seconds);
  const rawRate = await rawRowsPerSecond(client, Math.min(count, maxRawRows));
  const line = {
    ...{ bench: 'ingest', log: values.kafka ? 'kafka' : 'postgres', events: count, events_per_run: eventsPerRun },
    ...{ lost: audit.lost, duplicated: audit.duplicated, refused: ledger.refused },
    events_per_s: Math.round(count / seconds),
    ack_p50_ms: rounded(quantile(ledger.ackMs, 0.5)),
    ack_p99_ms: rounded(quantile(ledger.ackMs, 0.99)),
    ack_p99_half_load_ms: rounded(quantile(half.ledger.ackMs, 0.99)),
    queryable_p99_ms: rounded(quantile(half.waits, 0.99)),
    raw_insert_rows_per_s: Math.round(rawRate),
    ratio: rounded(count / seconds / rawRate, 3),
    rss_mb: Math.round(platform.usage().peakMemoryBytes / 1024 / 1024),
  };
  return { found, line };
}

const broker = values.kafka ? await startBenchBroker() : undefined;
const profiles = values.profile ? profileFolder(`ingest-${values.kafka ? 'kafka' : 'postgres'}`) : undefined;
const platform = await startPlatform({
  ...(broker === undefined ? {} : { kafkaBrokers: broker.bootstrapServers }),
  nodeFlags: profiles === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profiles}`],
});
const client = new Client({ connectionString: platform.databaseUrl });
try {
  await client.connect();
  const { found, line } = await measure(platform, broker, client);
  await client.end();
  await platform.stop();
  if (profiles !== undefined) printTimeSpent(profiles, found.window, ((found.cpuSeconds[serverPart] ?? 0) / count) * 1e6);
  report(
    Object.entries(found.cpuSeconds).map(([part, seconds]) => ({ part, cpu_us_per_event: rounded((seconds / count) * 1e6) })),
    line,
  );
} finally {
  await client.end().catch(() => undefined);
  await platform.stop();
  await broker?.stop();
}
