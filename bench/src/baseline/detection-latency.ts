import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { OrreryError } from '@orrery/errors';
import { startPlatform } from '../harness/platform.js';
import { Sender } from '../harness/sender.js';
import { quantile } from '../harness/statistics.js';
import { batches } from '../harness/synthetic-runs.js';
import { events, sendAll } from '../ingest/load.js';

const usualRuns = 25;
const usualMs = 60_000;
const slowMs = 5 * usualMs;
const pollMs = 5;
const patienceMs = 60_000;
/** Events a second that others send meanwhile, roughly: a batch of 100 and this pause. */
const othersPauseMs = 100;

interface Listing {
  readonly items: readonly { readonly run_id?: string; readonly count?: number }[];
}

/**
 * How long it takes from the report that a task has finished until its anomaly can be read through the public API of a running platform
 * that has other work: the 99th percentile in milliseconds.
 *
 * @throws ORRERY_TIMEOUT when an anomaly is not there after a minute
 */
export async function detectionLatencyP99Ms(probes: number): Promise<number> {
  const platform = await startPlatform();
  const sender = new Sender(platform.url, 2);
  const stopping = new AbortController();
  try {
    for (let probe = 0; probe < probes; probe += 1) await sender.post('/api/v1/events', JSON.stringify(usualHistory(probe)), 'application/cloudevents-batch+json');
    await until(async () => (await read(`${platform.url}/api/v1/baselines?workflow=probe-${probes - 1}&task=build`)).items[0]?.count === usualRuns);
    const others = sendAll(whileRunning(stopping.signal), { url: platform.url, connections: 1, pauseMs: othersPauseMs });
    const waits: number[] = [];
    for (let probe = 0; probe < probes; probe += 1) {
      const startedAt = performance.now();
      const answer = await sender.post('/api/v1/events', JSON.stringify(finished(probe, Date.now(), slowMs)), 'application/cloudevents+json');
      const runId = (JSON.parse(answer.body) as { records: { run_ids: string[] }[] }).records[0]?.run_ids[0] ?? '';
      await until(async () => (await read(`${platform.url}/api/v1/anomalies?run_id=${runId}`)).items.length > 0);
      waits.push(performance.now() - startedAt);
    }
    stopping.abort();
    await others;
    return quantile(waits, 0.99);
  } finally {
    sender.close();
    await platform.stop();
  }
}

function* whileRunning(signal: AbortSignal): Generator<{ readonly body: string; readonly count: number }> {
  for (const batch of batches(events(1_000_000, 'others'), 100)) {
    if (signal.aborted) return;
    yield batch;
  }
}

function usualHistory(probe: number): readonly object[] {
  const beginMs = Date.now() - (usualRuns + 1) * 600_000;
  return Array.from({ length: usualRuns }, (_, index) => finished(probe, beginMs + index * 600_000, usualMs * (0.95 + 0.1 * ((index * 7) % usualRuns) / usualRuns)));
}

/** A run of one task that ended just before, as one CloudEvent. */
function finished(probe: number, finishedAtMs: number, durationMs: number): object {
  const span = { status: 'finished', outcome: 'success', started_at: new Date(finishedAtMs - durationMs).toISOString(), finished_at: new Date(finishedAtMs).toISOString() };
  const id = randomUUID();
  const data = { run: { id, workflow: `probe-${probe}`, ...span }, tasks: [{ id: 'build', name: 'build', ...span }] };
  return { specversion: '1.0', id, source: 'urn:bench', type: 'dev.orrery.execution.v1', time: new Date(finishedAtMs).toISOString(), datacontenttype: 'application/json', data };
}

async function read(url: string): Promise<Listing> {
  const response = await fetch(url);
  return response.ok ? ((await response.json()) as Listing) : { items: [] };
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (const endMs = performance.now() + patienceMs; performance.now() < endMs; await sleep(pollMs)) if (await isSo()) return;
  throw new OrreryError('ORRERY_TIMEOUT', `what was waited for did not appear in the platform within ${patienceMs / 1000} s`);
}
