import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { startPlatform } from './harness/platform.js';
import { recordsTaken, storeHasTaken } from './harness/drained.js';
import { parseOptions } from './harness/options.js';
import { progress, report } from './harness/report.js';

// Every payload file of a folder through the HTTP door, and what the store made of them.

interface Outcome {
  readonly file: string;
  readonly status: number;
  readonly accepted: number;
  readonly records: number;
  readonly hasExecution: boolean;
  readonly isRecognised: boolean;
  readonly reason: string;
}

interface Answer {
  readonly accepted?: number;
  readonly unrecognised?: number;
  readonly flags?: readonly string[];
  readonly detail?: string;
  readonly records?: readonly { readonly run_ids: readonly string[] }[];
}

const values = parseOptions('corpus', { data: { type: 'string' }, verbose: { type: 'boolean', default: false } });
if (values.data === undefined) {
  process.stderr.write('usage: npm run bench -- corpus --data FOLDER [--verbose]\n');
  process.exit(2);
}

const contentTypes: Readonly<Record<string, string>> = { '.json': 'application/json', '.pb': 'application/x-protobuf', '.yaml': 'application/yaml' };

async function send(url: string, file: string): Promise<Outcome> {
  const contentType = contentTypes[path.extname(file)] ?? 'text/plain';
  try {
    const response = await fetch(`${url}/api/v1/events`, { method: 'POST', body: readFileSync(file), headers: { 'content-type': contentType } });
    const answer = (await response.json()) as Answer;
    const runs = (answer.records ?? []).flatMap(({ run_ids: runIds }) => runIds);
    const records = (answer.records ?? []).reduce((sum, { run_ids: runIds }) => sum + Math.max(runIds.length, 1), 0);
    const reason = answer.detail ?? (answer.flags ?? []).join(' ');
    return { file, status: response.status, accepted: answer.accepted ?? 0, records, hasExecution: runs.length > 0, isRecognised: response.ok && answer.unrecognised === 0, reason };
  } catch (error) {
    return { file, status: 0, accepted: 0, records: 0, hasExecution: false, isRecognised: false, reason: String(error) };
  }
}

interface RunItem {
  readonly engine: string;
  readonly task_counts: { readonly total: number };
  readonly event_count: number;
  readonly artifact_count: number;
}

async function allRuns(url: string): Promise<RunItem[]> {
  const runs: RunItem[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const response = await fetch(`${url}/api/v1/runs?limit=500${cursor === '' ? '' : `&cursor=${cursor}`}`);
    const page = (await response.json()) as { items: RunItem[]; next_cursor: string | null };
    runs.push(...page.items);
    cursor = page.next_cursor;
  }
  return runs;
}

const folder = values.data;
const files = readdirSync(folder, { recursive: true })
  .map((name) => path.join(folder, String(name)))
  .filter((file) => statSync(file).isFile() && path.basename(file) !== 'SOURCE.txt')
  .sort();

const platform = await startPlatform();
try {
  const before = await recordsTaken(platform.url);
  const outcomes: Outcome[] = [];
  for (const file of files) {
    outcomes.push(await send(platform.url, file));
    if (outcomes.length % 50 === 0) progress(`${outcomes.length} of ${files.length} files`);
  }
  await storeHasTaken(platform.url, outcomes.reduce((sum, { records }) => sum + records, 0), before);
  const runs = await allRuns(platform.url);
  const engines = [...new Set(runs.map(({ engine }) => engine))].sort();
  const crashed = outcomes.filter(({ status }) => status === 0 || status >= 500).length + (platform.process.exitCode === null ? 0 : 1);
  const sum = (items: readonly RunItem[], of: (run: RunItem) => number) => items.reduce((total, run) => total + of(run), 0);
  if (values.verbose) for (const { file, status, reason } of outcomes.filter(({ hasExecution }) => !hasExecution)) progress(`${status} ${path.relative(folder, file)} ${reason}`);
  report(
    engines.map((engine) => {
      const own = runs.filter((run) => run.engine === engine);
      return { engine, runs: own.length, tasks: sum(own, (run) => run.task_counts.total), events: sum(own, (run) => run.event_count), artifacts: sum(own, (run) => run.artifact_count) };
    }),
    {
      bench: 'corpus',
      files: files.length,
      accepted: outcomes.filter(({ status }) => status >= 200 && status < 300).length,
      runs: runs.length,
      tasks: sum(runs, (run) => run.task_counts.total),
      events: sum(runs, (run) => run.event_count),
      without_execution: outcomes.filter(({ hasExecution, isRecognised }) => isRecognised && !hasExecution).length,
      unrecognised: outcomes.filter(({ isRecognised }) => !isRecognised).map(({ file }) => path.relative(folder, file)),
      crashed,
    },
  );
} finally {
  await platform.stop();
}
