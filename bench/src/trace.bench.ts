import { recordsTaken, storeHasTaken } from './harness/drained.js';
import { startPlatform } from './harness/platform.js';
import { parseOptions } from './harness/options.js';
import { progress, report } from './harness/report.js';
import { Sender } from './harness/sender.js';
import { quantile, rounded } from './harness/statistics.js';
import { batches, syntheticRun } from './harness/synthetic-runs.js';

// How fast one huge run can be read, and a whole trace of ordinary size.

const values = parseOptions('trace', { tasks: { type: 'string', default: '10000' }, 'events-per-task': { type: 'string', default: '10' }, rounds: { type: 'string', default: '30' } });

interface Page {
  readonly items: readonly unknown[];
  readonly next_cursor: string | null;
}

async function getJson<Document>(url: string): Promise<Document> {
  const response = await fetch(url);
  if (!response.ok) throw new TypeError(`${url}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Document;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

async function pages(url: string, onPage: (durationMs: number) => void = () => undefined): Promise<number> {
  let items = 0;
  for (let cursor: string | null = ''; cursor !== null; ) {
    const startedAt = performance.now();
    const page: Page = await getJson<Page>(`${url}${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`);
    onPage(performance.now() - startedAt);
    items += page.items.length;
    cursor = page.next_cursor;
  }
  return items;
}

async function load(url: string, prefix: string, shape: { tasks: number; eventsPerTask: number }): Promise<string> {
  const sender = new Sender(url, 2);
  const before = await recordsTaken(url);
  let sent = 0;
  let runId = '';
  for (const { body, count } of batches(syntheticRun(0, { ...shape, prefix }), 100)) {
    const answer = await sender.post('/api/v1/events', body, 'application/cloudevents-batch+json');
    if (answer.status !== 202) throw new TypeError(`${answer.status} ${answer.body}`);
    runId = (JSON.parse(answer.body) as { records: { run_ids: string[] }[] }).records[0]?.run_ids[0] ?? runId;
    sent += count;
    if (sent % 20_000 === 0) progress(`${prefix}: ${sent} events sent`);
  }
  await storeHasTaken(url, sent, before);
  sender.close();
  return runId;
}

const shape = { tasks: Number(values.tasks), eventsPerTask: Number(values['events-per-task']) };
const rounds = Number(values.rounds);
const platform = await startPlatform();
try {
  const huge = await load(platform.url, 'huge', shape);
  const ordinary = await load(platform.url, 'ordinary', { tasks: 20, eventsPerTask: 100 });
  const base = `${platform.url}/api/v1/runs`;

  const graphMs: number[] = [];
  const summaryMs: number[] = [];
  const ordinaryMs: number[] = [];
  let graphTasks = 0;
  for (let round = 0; round < rounds; round += 1) {
    summaryMs.push(await timed(() => getJson(`${base}/${huge}`)));
    graphMs.push(await timed(async () => (graphTasks = (await getJson<{ tasks: unknown[] }>(`${base}/${huge}/graph`)).tasks.length)));
    ordinaryMs.push(
      await timed(async () => {
        await Promise.all([getJson(`${base}/${ordinary}`), getJson(`${base}/${ordinary}/graph`), pages(`${base}/${ordinary}/timeline?limit=1000`)]);
      }),
    );
  }
  const pageMs: number[] = [];
  const hugeEvents = await pages(`${base}/${huge}/timeline?limit=1000`, (durationMs) => pageMs.push(durationMs));
  report(
    [
      { read: 'run summary', p50_ms: rounded(quantile(summaryMs, 0.5)), p99_ms: rounded(quantile(summaryMs, 0.99)) },
      { read: 'graph', p50_ms: rounded(quantile(graphMs, 0.5)), p99_ms: rounded(quantile(graphMs, 0.99)) },
      { read: 'timeline page of 1000', p50_ms: rounded(quantile(pageMs, 0.5)), p99_ms: rounded(quantile(pageMs, 0.99)) },
      { read: 'whole trace of 2000 events', p50_ms: rounded(quantile(ordinaryMs, 0.5)), p99_ms: rounded(quantile(ordinaryMs, 0.99)) },
    ],
    {
      bench: 'trace',
      tasks: graphTasks,
      events: hugeEvents,
      graph_p99_ms: rounded(quantile(graphMs, 0.99)),
      summary_p99_ms: rounded(quantile(summaryMs, 0.99)),
      timeline_page_p99_ms: rounded(quantile(pageMs, 0.99)),
      run2000_p99_ms: rounded(quantile(ordinaryMs, 0.99)),
      rss_mb: Math.round(platform.usage().peakMemoryBytes / 1024 / 1024),
    },
  );
} finally {
  await platform.stop();
}
