import { Option, type Command } from 'commander';
import type { Baseline, BaselineInFull, HistoryPoint } from '../anomaly-shapes.js';
import type { ApiClient } from '../api-client.js';
import type { Page } from '../api-shapes.js';
import { findByPrefix } from '../key-lookup.js';
import { limitOf } from '../option-values.js';
import { readPages } from '../read-pages.js';
import { openSession, shareOptions, type ConnectionOptions, type Session, type Surroundings } from '../session.js';
import { workloadWords } from '../view/anomaly-view.js';
import { baselineColumns, tellBaseline } from '../view/baseline-view.js';
import { layTable } from '../view/table.js';

interface Options extends ConnectionOptions {
  readonly workflow?: string;
  readonly task?: string;
  readonly engine?: string;
  readonly subject?: string;
  readonly query?: string;
  readonly limit: number;
}

const PATH = '/api/v1/baselines';
const HISTORY_POINTS = 60;

export function defineBaselines(program: Command, surroundings: Surroundings): void {
  const command = program
    .command('baselines')
    .summary('show what is normal')
    .description('Lists what is normal for each task and workflow, the newest learned first; with a key, all that is known of one.')
    .argument('[key]', 'key of a baseline as the list shows it, or its beginning')
    .option('-w, --workflow <name>')
    .option('-t, --task <name>')
    .option('--engine <name>')
    .addOption(new Option('--subject <subject>', 'only what is kept for whole runs, or for tasks').choices(['run', 'task']))
    .option('-q, --query <text>', 'words to look for')
    .option('-n, --limit <number>', 'how many at most', limitOf, 50)
    .action(async (key: string | undefined, options: Options) => {
      const session = await openSession(options, surroundings);
      await (key === undefined ? list(session, options) : show(session, key));
    });
  shareOptions(command, { examples: ['orrery baselines --workflow release', 'orrery baselines --task build --subject task', 'orrery baselines 3f2a', 'orrery baselines 3f2a --json | jq .metrics.duration.p95'] });
}

async function list({ client, terminal, isJson }: Session, options: Options): Promise<void> {
  const { workflow, task, engine, subject, query, limit } = options;
  const { items, next_cursor: cursor } = await readPages<Baseline>(client, { path: PATH, query: { workflow, task, engine, subject, q: query }, limit });
  if (isJson) terminal.document({ items, next_cursor: cursor });
  else if (items.length === 0) terminal.line('no baselines; they are learned from finished runs and tasks');
  else {
    for (const line of layTable(items, baselineColumns(terminal.style, Date.now()), terminal.width)) terminal.line(line);
    if (cursor !== null) terminal.line(terminal.style.faint('… more; see --limit'));
  }
}

async function show({ client, terminal, isJson }: Session, given: string): Promise<void> {
  const keyId = await findKey(client, given);
  const baseline = await client.get<BaselineInFull>(`${PATH}/${keyId}`);
  const { items: history } = await client.get<Page<HistoryPoint>>(`${PATH}/${keyId}/history`, { limit: HISTORY_POINTS });
  if (isJson) terminal.document({ ...baseline, history });
  else for (const line of tellBaseline(baseline, history, { style: terminal.style, width: terminal.width, nowMs: Date.now() })) terminal.line(line);
}

function findKey(client: ApiClient, given: string): Promise<string> {
  return findByPrefix<Baseline>(client, given, { path: PATH, noun: 'baseline', command: 'orrery baselines', idOf: ({ key_id: id }) => id, describe: workloadWords });
}
