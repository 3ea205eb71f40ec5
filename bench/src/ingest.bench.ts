import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Client } from 'pg';
import { recordsTaken, storeHasTaken } from './harness/drained.js';
import { startPlatform, type Platform } from './harness/platform.js';
import { readPostgresCpuSeconds } from './harness/process-usage.js';
import { rawInsert } from './harness/raw-insert.js';
import { progress, report } from './harness/report.js';
import { Sender } from './harness/sender.js';
import { quantile, rounded } from './harness/statistics.js';
import { batches, syntheticRun, type SyntheticEvent } from './harness/synthetic-runs.js';
import { startBenchBroker } from './harness/broker.js';

// How many events a second go from HTTP through the log into the store, beside a plain insert of the same rows.

const { values } = parseArgs({
  options: {
    kafka: { type: 'boolean', default: false },
    events: { type: 'string', default: '100000' },
    connections: { type: 'string', default: '4' },
    profile: { type: 'boolean', default: false },
  },
});

const batchSize = 100;
const tasks = 10;
const eventsPerTask = 48;
const eventsPerRun = 2 + tasks * (2 + eventsPerTask);
const connections = Number(values.connections);

function* events(count: number, prefix: string): Generator<SyntheticEvent> {
  let sent = 0;
  for (let run = 0; sent < count; run += 1) {
    for (const event of syntheticRun(run, { tasks, eventsPerTask, prefix })) {
      if (sent >= count) return;
      sent += 1;
      yield event;
    }
  }
}

interface Ledger {
  readonly acknowledged: Set<string>;
  readonly ackMs: number[];
  refused: number;
}

async function sendAll(platform: Platform, source: Iterable<{ body: string; count: number }>, ledger: Ledger, pauseMs = 0): Promise<void> {
  const sender = new Sender(platform.url, connections);
  const iterator = source[Symbol.iterator]();
  const worker = async () => {
    for (let next = iterator.next(); next.done !== true; next = iterator.next()) {
      const answer = await sender.post('/api/v1/events', next.value.body, 'application/cloudevents-batch+json');
      ledger.ackMs.push(answer.durationMs);
      if (answer.status === 202) for (const { record_id: id } of (JSON.parse(answer.body) as { records: { record_id: string }[] }).records) ledger.acknowledged.add(id);
      else ledger.refused += next.value.count;
      if (pauseMs > 0) await sleep(pauseMs);
    }
  };
  await Promise.all(Array.from({ length: connections }, worker));
  sender.close();
}

/** How long after its acknowledgement an event can be read, while others flow at a moderate rate. */
async function measureQueryable(platform: Platform, probes: number): Promise<number[]> {
  const sender = new Sender(platform.url, 2);
  const waits: number[] = [];
  for (let probe = 0; probe < probes; probe += 1) {
    const [start] = syntheticRun(probe, { tasks: 0, eventsPerTask: 0, prefix: 'probe' });
    const startedAt = performance.now();
    const answer = await sender.post('/api/v1/events', JSON.stringify(start?.cloudEvent), 'application/cloudevents+json');
    const runId = (JSON.parse(answer.body) as { records: { run_ids: string[] }[] }).records[0]?.run_ids[0];
    while ((await fetch(`${platform.url}/api/v1/runs/${runId}`)).status !== 200) await sleep(5);
    waits.push(performance.now() - startedAt);
    await sleep(40);
  }
  sender.close();
  return waits;
}

async function counted(client: Client, text: string): Promise<number> {
  const { rows } = await client.query<{ count: string }>(text);
  return Number(rows[0]?.count ?? 0);
}

async function main(): Promise<void> {
  const count = Number(values.events);
  const broker = values.kafka ? await startBenchBroker() : undefined;
  const platform = await startPlatform({
    ...(broker === undefined ? {} : { kafkaBrokers: broker.bootstrapServers }),
    nodeFlags: values.profile ? ['--cpu-prof', '--cpu-prof-dir=.orrery/profiles'] : [],
  });
  const client = new Client({ connectionString: platform.databaseUrl });
  try {
    await client.connect();
    await sendAll(platform, batches(events(10_000, 'warm'), batchSize), { acknowledged: new Set(), ackMs: [], refused: 0 });
    await sleep(1000);
    const bodies = [...batches(events(count, 'bench'), batchSize)];
    const ledger: Ledger = { acknowledged: new Set(), ackMs: [], refused: 0 };
    const before = await recordsTaken(platform.url);
    const cpuBefore = { server: platform.usage().cpuSeconds, postgres: readPostgresCpuSeconds(), generator: process.cpuUsage() };
    const startedAt = performance.now();
    await sendAll(platform, bodies, ledger);
    const acknowledgedSeconds = (performance.now() - startedAt) / 1000;
    await storeHasTaken(platform.url, count - ledger.refused, before);
    const seconds = (performance.now() - startedAt) / 1000;
    const generator = process.cpuUsage(cpuBefore.generator);
    const cpu = {
      server: platform.usage().cpuSeconds - cpuBefore.server,
      postgres: readPostgresCpuSeconds() - cpuBefore.postgres,
      generator: (generator.user + generator.system) / 1e6,
    };
    progress(`${count} events acknowledged in ${rounded(acknowledgedSeconds)} s, stored in ${rounded(seconds)} s`);

    const { rows: stored } = await client.query<{ id: string }>(`select record_id::text as id from event_store.record`);
    const storedIds = new Set(stored.map(({ id }) => id));
    const lost = [...ledger.acknowledged].filter((id) => !storedIds.has(id)).length;
    const distinct = await counted(client, 'select count(distinct event_id) from event_store.execution_event');
    const duplicated = stored.length - storedIds.size + ((await counted(client, 'select count(*) from event_store.execution_event')) - distinct);

    const paced = { acknowledged: new Set<string>(), ackMs: [], refused: 0 } satisfies Ledger;
    const pauseMs = (1000 * batchSize * connections) / ((count / seconds) * 0.5);
    const pacedCount = Math.round((count / seconds) * 0.5 * 8);
    const [, waits] = await Promise.all([sendAll(platform, batches(events(pacedCount, 'paced'), batchSize), paced, pauseMs), measureQueryable(platform, 100)]);
    await sleep(1000);

    const limit = Math.min(count, 50_000);
    const raw = [await rawInsert(client, 'event_store.record', limit), await rawInsert(client, 'event_store.execution_event', limit)];
    const rawRowsPerSecond = raw.reduce((sum, { rows }) => sum + rows, 0) / raw.reduce((sum, { seconds: own }) => sum + own, 0);
    const eventsPerSecond = count / seconds;
    report(
      [
        { part: 'server (Node)', cpu_us_per_event: rounded((cpu.server / count) * 1e6) },
        { part: 'PostgreSQL', cpu_us_per_event: rounded((cpu.postgres / count) * 1e6) },
        { part: 'generator', cpu_us_per_event: rounded((cpu.generator / count) * 1e6) },
      ],
      {
        bench: 'ingest',
        log: values.kafka ? 'kafka' : 'postgres',
        events: count,
        events_per_run: eventsPerRun,
        lost,
        duplicated,
        refused: ledger.refused,
        events_per_s: Math.round(eventsPerSecond),
        ack_p50_ms: rounded(quantile(ledger.ackMs, 0.5)),
        ack_p99_ms: rounded(quantile(ledger.ackMs, 0.99)),
        ack_p99_half_load_ms: rounded(quantile(paced.ackMs, 0.99)),
        queryable_p99_ms: rounded(quantile(waits, 0.99)),
        raw_insert_rows_per_s: Math.round(rawRowsPerSecond),
        ratio: rounded(eventsPerSecond / rawRowsPerSecond, 3),
        rss_mb: Math.round(platform.usage().peakMemoryBytes / 1024 / 1024),
      },
    );
  } finally {
    await client.end();
    await platform.stop();
    await broker?.stop();
  }
}

await main();
