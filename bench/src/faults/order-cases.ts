import { createHash } from 'node:crypto';
import { startPlatform, type PlatformOptions } from '../harness/platform.js';
import { recordsTaken, storeHasTaken } from '../harness/drained.js';
import { Sender } from '../harness/sender.js';
import { syntheticRun } from '../harness/synthetic-runs.js';
import { withClient } from './ledger.js';
import { caseResult, countDeadLetters, type CaseResult } from './case-result.js';

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

async function stateOf(url: string, runId: string, prefix: string): Promise<string> {
  const parts = await Promise.all(
    ['', '/graph', '/timeline?limit=1000', '/artifacts'].map(async (path) => (await fetch(`${url}/api/v1/runs/${runId}${path}`)).text()),
  );
  // Ids are hashes of the run's own external id; what is compared is everything else.
  const document = parts.join('\n').replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'id').replaceAll(prefix, 'prefix');
  const stable = document.replaceAll(/"(received_at|updated_at)":"[^"]*"/g, '"$1":""');
  return createHash('sha256').update(stable).digest('hex');
}

/** The same events in many orders, with repeats, leave the same state. */
export async function permutations(options: PlatformOptions & { databaseUrl: string }, count: number): Promise<CaseResult> {
  const platform = await startPlatform(options);
  const sender = new Sender(platform.url, 2);
  const random = seeded(7);
  const states = new Set<string>();
  for (let round = 0; round < count; round += 1) {
    const prefix = `order-${String(round).padStart(3, '0')}`;
    const events = [...syntheticRun(0, { tasks: 4, eventsPerTask: 6, prefix })].map(({ cloudEvent }) => cloudEvent);
    const repeats = events.filter(() => random() < 0.3);
    const sequence = round === 0 ? events : shuffled([...events, ...repeats], random);
    const before = await recordsTaken(platform.url);
    let runId = '';
    for (let from = 0; from < sequence.length; from += 7) {
      const body = JSON.stringify(sequence.slice(from, from + 7));
      const answer = await sender.post('/api/v1/events', body, 'application/cloudevents-batch+json');
      runId = (JSON.parse(answer.body) as { records: { run_ids: string[] }[] }).records[0]?.run_ids[0] ?? runId;
    }
    await storeHasTaken(platform.url, sequence.length, before);
    states.add(await stateOf(platform.url, runId, prefix));
  }
  sender.close();
  const deadLettered = await countDeadLetters(platform.url);
  await platform.stop();
  return caseResult('permutations with repeats', { lost: 0, duplicated: states.size - 1, deadLettered });
}

const derivedTables = ['record', 'run', 'task', 'execution_event', 'artifact', 'message', 'sample'];

/** A digest of every row that is derived from the log; when a row was written does not count. */
async function digestOfTables(databaseUrl: string): Promise<string> {
  return withClient(databaseUrl, async (client) => {
    const digests: string[] = [];
    for (const table of derivedTables) {
      const { rows } = await client.query<{ digest: string }>(
        `select coalesce(md5(string_agg(row_text, E'\\n' order by row_text)), '') as digest
         from (select (to_jsonb(t) - 'updated_at' - 'stored_at')::text as row_text from event_store.${table} t) as rows_of_table`,
      );
      digests.push(`${table}:${rows[0]?.digest ?? ''}`);
    }
    return digests.join(' ');
  });
}

/** Everything derived is thrown away and made again from the first offset of the log. */
export async function replayFromZero(options: PlatformOptions & { databaseUrl: string }): Promise<CaseResult> {
  const before = await digestOfTables(options.databaseUrl);
  const stored = await withClient(options.databaseUrl, async (client) => {
    const { rows } = await client.query<{ count: string }>('select count(*) from event_store.record');
    await client.query(`truncate ${[...derivedTables, 'change_feed', 'consumer_position', 'outbox'].map((table) => `event_store.${table}`).join(', ')}`);
    return Number(rows[0]?.count ?? 0);
  });
  const platform = await startPlatform(options);
  const deadline = performance.now() + 300_000;
  let restored = 0;
  while (restored < stored && performance.now() < deadline) {
    restored = await withClient(options.databaseUrl, async (client) => {
      const { rows } = await client.query<{ count: string }>('select count(*) from event_store.record');
      return Number(rows[0]?.count ?? 0);
    });
  }
  await platform.stop();
  const after = await digestOfTables(options.databaseUrl);
  return caseResult('replay from zero', { lost: Math.max(stored - restored, 0), duplicated: before === after ? 0 : 1, deadLettered: 0 });
}
