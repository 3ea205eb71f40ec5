import type { Command } from 'commander';
import type { Run } from '../api-shapes.js';
import { limitOf, momentOf } from '../option-values.js';
import { readPages } from '../read-pages.js';
import { openSession, shareOptions, type ConnectionOptions, type Surroundings } from '../session.js';
import { glyph, standing } from '../view/progress-glyph.js';
import { oneLine, type Style } from '../view/style.js';
import { layTable, type Column } from '../view/table.js';
import { showAgo, showDuration } from '../view/time.js';

interface Options extends ConnectionOptions {
  readonly engine?: string;
  readonly namespace?: string;
  readonly workflow?: string;
  readonly status?: string;
  readonly outcome?: string;
  readonly since?: string;
  readonly until?: string;
  readonly label?: string;
  readonly query?: string;
  readonly limit: number;
}

export function defineRuns(program: Command, surroundings: Surroundings): void {
  const command = program
    .command('runs')
    .summary('list runs')
    .description('Lists runs, the newest first.')
    .option('--engine <name>')
    .option('--namespace <name>')
    .option('-w, --workflow <name>')
    .option('--status <status>', 'queued, running, paused, finished')
    .option('--outcome <outcome>', 'success, failure, error, timeout, cancellation, skip, unknown')
    .option('--since <time>', 'not before: ISO 8601, or 30m, 6h, 7d ago', momentOf)
    .option('--until <time>', 'not after', momentOf)
    .option('--label <key:value>')
    .option('-q, --query <text>', 'words to look for')
    .option('-n, --limit <number>', 'how many at most', limitOf, 50)
    .action((options: Options) => runs(options, surroundings));
  shareOptions(command, { examples: ['orrery runs --since 24h --outcome failure', 'orrery runs --workflow release --limit 5', 'orrery runs --json | jq .items[0].run_id'] });
}

async function runs(options: Options, surroundings: Surroundings): Promise<void> {
  const { client, terminal, isJson } = await openSession(options, surroundings);
  const { engine, namespace, workflow, status, outcome, since, until, label, query } = options;
  const filter = { engine, namespace, workflow, status, outcome, since, until, label, q: query };
  const { items, next_cursor: cursor } = await readPages<Run>(client, { path: '/api/v1/runs', query: filter, limit: options.limit });
  if (isJson) terminal.document({ items, next_cursor: cursor });
  else if (items.length === 0) terminal.line('no runs');
  else {
    for (const line of layTable(items, columns(terminal.style, Date.now()), terminal.width)) terminal.line(line);
    if (cursor !== null) terminal.line(terminal.style.faint(`… more; see --limit`));
  }
}

function columns(style: Style, nowMs: number): readonly Column<Run>[] {
  return [
    { head: 'RUN', cell: (run) => run.run_id.slice(0, 8), paint: (_, text) => style.strong(text) },
    { head: ' ', cell: () => ' ', paint: (run) => glyph(run, style) },
    { head: 'OUTCOME', cell: (run) => run.outcome ?? run.status ?? 'unknown', paint: (run, text) => text.replace(/\S+/, standing(run, style)) },
    { head: 'WORKFLOW', cell: (run) => oneLine(run.workflow ?? run.external_id, 200), maxWidth: 40 },
    { head: 'ENGINE', cell: (run) => oneLine(run.engine, 40), maxWidth: 16 },
    { head: 'STARTED', cell: (run) => showAgo(run.started_at ?? run.queued_at ?? run.received_at, nowMs), isRight: true },
    { head: 'TOOK', cell: (run) => showDuration(run.duration_ms), isRight: true },
    { head: 'TASKS', cell: (run) => taskCell(run), isRight: true },
    { head: 'BRANCH', cell: (run) => oneLine(run.version_control?.ref_name ?? '', 100), maxWidth: 20 },
    { head: 'COMMIT', cell: (run) => (run.version_control?.revision ?? '').slice(0, 8) },
  ];
}

function taskCell({ task_counts: counts }: Run): string {
  return counts.failed > 0 ? `${counts.total} (${counts.failed}✗)` : String(counts.total);
}
