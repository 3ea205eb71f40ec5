import { setTimeout as sleep } from 'node:timers/promises';
import { Sender } from '../harness/sender.js';
import { syntheticRun, type SyntheticEvent } from '../harness/synthetic-runs.js';

const tasks = 10;
const eventsPerTask = 48;
export const eventsPerRun = 2 + tasks * (2 + eventsPerTask);

/** What was answered to what was sent. */
export interface Ledger {
  readonly acknowledged: Set<string>;
  readonly ackMs: number[];
  refused: number;
}

export interface Load {
  readonly url: string;
  readonly connections: number;
  /** Between an answer and the next request of the same connection. */
  readonly pauseMs?: number;
}

/** So many events of one run after the other; runs of another prefix are others. */
export function* events(count: number, prefix: string): Generator<SyntheticEvent> {
  let sent = 0;
  for (let run = 0; sent < count; run += 1) {
    for (const event of syntheticRun(run, { tasks, eventsPerTask, prefix })) {
      if (sent >= count) return;
      sent += 1;
      yield event;
    }
  }
}

/** Sends every batch once over a few connections, each waiting for its answer. */
export async function sendAll(source: Iterable<{ readonly body: string; readonly count: number }>, { url, connections, pauseMs = 0 }: Load): Promise<Ledger> {
  const ledger: Ledger = { acknowledged: new Set(), ackMs: [], refused: 0 };
  const sender = new Sender(url, connections);
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
  return ledger;
}

/** How long it takes from the sending of an event until it can be read, in milliseconds each. */
export async function measureQueryable(url: string, probes: number): Promise<number[]> {
  const sender = new Sender(url, 2);
  const waits: number[] = [];
  for (let probe = 0; probe < probes; probe += 1) {
    const [start] = syntheticRun(probe, { tasks: 0, eventsPerTask: 0, prefix: 'probe' });
    const startedAt = performance.now();
    const answer = await sender.post('/api/v1/events', JSON.stringify(start?.cloudEvent), 'application/cloudevents+json');
    const runId = (JSON.parse(answer.body) as { records: { run_ids: string[] }[] }).records[0]?.run_ids[0];
    while ((await fetch(`${url}/api/v1/runs/${runId}`)).status !== 200) await sleep(5);
    waits.push(performance.now() - startedAt);
    await sleep(40);
  }
  sender.close();
  return waits;
}
