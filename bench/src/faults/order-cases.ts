import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { recordsTaken, storeHasTaken } from '../harness/drained.js';
import { startPlatform, type PlatformOptions } from '../harness/platform.js';
import { progress } from '../harness/report.js';
import { Sender } from '../harness/sender.js';
import { batches, syntheticRun, type SyntheticEvent } from '../harness/synthetic-runs.js';
import { caseResult, countDeadLetters, type CaseResult } from './case-result.js';
import { audit, drained, LedgerSender, withClient } from './ledger.js';

/** A repeatable generator of numbers in [0, 1) (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [result[last], result[other]] = [result[other] as Item, result[last] as Item];
  }
  return result;
}

const shape = { tasks: 4, eventsPerTask: 6 };

interface SeenRun {
  /** Of everything that the API tells of the run, apart from ids and times of arrival. */
  readonly digest: string;
  readonly isComplete: boolean;
}

async function seen(url: string, runId: string, prefix: string): Promise<SeenRun> {
  const parts = await Promise.all(
    ['', '/graph', '/timeline?limit=1000', '/artifacts', '/messages', '/samples'].map(async (path) => (await fetch(`${url}/api/v1/runs/${runId}${path}`)).text()),
  );
  // Ids are hashes of the run's own external id; what is compared is everything else.
  const document = parts.join('\n').replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'id').replaceAll(prefix, 'prefix');
  const stable = document.replaceAll(/"(received_at|updated_at)":"[^"]*"/g, '"$1":""');
  const run = JSON.parse(parts[0] ?? '{}') as { status?: string; event_count?: number; task_counts?: { finished?: number } };
  return {
    digest: createHash('sha256').update(stable).digest('hex'),
    isComplete: run.status === 'finished' && run.event_count === shape.tasks * shape.eventsPerTask && run.task_counts?.finished === shape.tasks,
  };
}

/** The same events in many orders, with repeats, leave the same complete run. */
export async function permutations(options: PlatformOptions, count: number): Promise<CaseResult> {
  const platform = await startPlatform(options);
  const buried = await countDeadLetters(platform.url);
  const sender = new Sender(platform.url, 2);
  const random = seeded(7);
  const states = new Set<string>();
  let incomplete = 0;
  for (let round = 0; round < count; round += 1) {
    const prefix = `order-${String(round).padStart(3, '0')}`;
    const events = [...syntheticRun(0, { ...shape, prefix })].map(({ cloudEvent }) => cloudEvent);
    const repeats = events.filter(() => random() < 0.3);
    const sequence = round === 0 ? events : shuffled([...events, ...repeats], random);
    const before = await recordsTaken(platform.url);
    let runId = '';
    for (let from = 0; from < sequence.length; from += 7) {
      const answer = await sender.post('/api/v1/events', JSON.stringify(sequence.slice(from, from + 7)), 'application/cloudevents-batch+json');
      runId = (JSON.parse(answer.body) as { records: { run_ids: string[] }[] }).records[0]?.run_ids[0] ?? runId;
    }
    await storeHasTaken(platform.url, sequence.length, before);
    const { digest, isComplete } = await seen(platform.url, runId, prefix);
    states.add(digest);
    if (!isComplete) incomplete += 1;
  }
  sender.close();
  const deadLettered = (await countDeadLetters(platform.url)) - buried;
  await platform.stop();
  return caseResult(`${count} permutations with repeats`, { lost: incomplete, duplicated: states.size - 1, deadLettered });
}

const derivedTables = ['record', 'run', 'task', 'execution_event', 'artifact', 'message', 'sample', 'known_tenant'];
const replayedRuns = 20;

/** A digest of every row of each table that is derived from the log; when a row was written does not count. */
async function digestsOf(databaseUrl: string): Promise<ReadonlyMap<string, string>> {
  return withClient(databaseUrl, async (client) => {
    const digests = new Map<string, string>();
    for (const table of derivedTables) {
      const { rows } = await client.query<{ digest: string }>(
        `select count(*) || ' ' || coalesce(md5(string_agg(row_text, E'\\n' order by row_text)), '') as digest
         from (select (to_jsonb(t) - 'updated_at')::text as row_text from event_store.${table} t) as rows_of_table`,
      );
      digests.set(table, rows[0]?.digest ?? '');
    }
    return digests;
  });
}

/** Everything derived is thrown away and made again from the first offset of the log. */
export async function replayFromZero(options: PlatformOptions & { readonly databaseUrl: string }): Promise<CaseResult> {
  const { databaseUrl } = options;
  const first = await startPlatform(options);
  const ledger = new LedgerSender('urn:orrery:replay', () => first.url);
  await ledger.send(batches(someRuns('replay'), 50), 0);
  const isStored = await drained(databaseUrl, ledger);
  const buried = await countDeadLetters(first.url);
  await first.stop();
  const before = await digestsOf(databaseUrl);
  await withClient(databaseUrl, async (client) => {
    await client.query(`truncate ${[...derivedTables, 'change_feed', 'outbox'].map((table) => `event_store.${table}`).join(', ')}`);
    await client.query('update event_store.consumer_position set next_offset = 0');
  });
  const second = await startPlatform(options);
  const isRestored = await untilAsBefore(databaseUrl, before);
  const found = await audit(databaseUrl, ledger);
  const deadLettered = (await countDeadLetters(second.url)) - buried;
  await second.stop();
  const after = await digestsOf(databaseUrl);
  const differing = derivedTables.filter((table) => before.get(table) !== after.get(table));
  for (const table of differing) progress(`${table} differs after the replay: ${before.get(table)} before, ${after.get(table)} now`);
  return caseResult('replay from zero', { ...found, deadLettered, isOk: isStored && isRestored && differing.length === 0 });
}

function* someRuns(prefix: string): Generator<SyntheticEvent> {
  for (let run = 0; run < replayedRuns; run += 1) yield* syntheticRun(run, { tasks: 5, eventsPerTask: 20, prefix });
}

async function untilAsBefore(databaseUrl: string, before: ReadonlyMap<string, string>, timeoutMs = 180_000): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (performance.now() < deadline) {
    const now = await digestsOf(databaseUrl);
    if (derivedTables.every((table) => now.get(table) === before.get(table))) return true;
    await sleep(1000);
  }
  return false;
}
