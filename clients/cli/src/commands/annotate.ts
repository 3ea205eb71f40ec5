import { OrreryError } from '@orrery/errors';
import { Option, type Command } from 'commander';
import { limitOf } from '../option-values.js';
import { readPages } from '../read-pages.js';
import { openSession, shareOptions, type ConnectionOptions, type Session, type Surroundings } from '../session.js';
import { oneLine, type Style } from '../view/style.js';
import { layTable, type Column } from '../view/table.js';
import { showAgo } from '../view/time.js';

/** What somebody said of a transition. An empty task is the beginning or the end of the run. */
interface Annotation {
  readonly annotation_id: string;
  readonly workflow: string;
  readonly branch: string;
  readonly from_task: string;
  readonly to_task: string;
  readonly label: 'good' | 'bad';
  readonly note: string;
  readonly by: string;
  readonly at: string;
}

interface Options extends ConnectionOptions {
  readonly workflow?: string;
  readonly engine?: string;
  readonly namespace?: string;
  readonly branch?: string;
  readonly from?: string;
  readonly to?: string;
  readonly note?: string;
  readonly by?: string;
  readonly limit: number;
}

const PATH = '/api/v1/annotations';

export function defineAnnotate(program: Command, surroundings: Surroundings): void {
  const command = program
    .command('annotate')
    .summary('mark a transition between tasks as good or bad')
    .description('Marks what comes after a task as good or bad: bad is never advised while there is another, good is preferred. Without a label, lists what was marked.')
    .argument('[label]', 'good or bad; nothing to list')
    .option('-w, --workflow <name>')
    .option('--engine <name>')
    .option('--namespace <name>')
    .option('--branch <name>', 'on this branch only (default: on all)')
    .option('--from <task>', 'the task that ended before (default: the beginning of the run)')
    .option('--to <task>', 'the task that comes next (default: the end of the run)')
    .option('--note <text>', 'why')
    .addOption(new Option('--by <name>', 'who says so (default: the tenant)'))
    .option('-n, --limit <number>', 'how many to list at most', limitOf, 50)
    .action(async (label: string | undefined, options: Options) => {
      const session = await openSession(options, surroundings);
      await (label === undefined ? list(session, options) : mark(session, label, options));
    });
  shareOptions(command, { examples: ['orrery annotate bad --workflow release --from build --to deploy --note "untested"', 'orrery annotate good --workflow release --branch main --from test --to deploy', 'orrery annotate --workflow release'] });
}

async function mark({ client, terminal, isJson }: Session, label: string, options: Options): Promise<void> {
  if (label !== 'good' && label !== 'bad') throw new OrreryError('ORRERY_VALIDATION', `the label must be good or bad, got ${oneLine(label, 40)}`);
  const { workflow, engine, namespace, branch, from = '', to = '', note, by } = options;
  if (workflow === undefined) throw new OrreryError('ORRERY_VALIDATION', 'say of which workflow with --workflow');
  if (from === '' && to === '') throw new OrreryError('ORRERY_VALIDATION', 'say which transition with --from, --to or both');
  const body = JSON.stringify({ workflow, engine, namespace, branch, from_task: from, to_task: to, label, note, by });
  const made = await client.post<Annotation>({ path: PATH, headers: { 'content-type': 'application/json' }, body });
  if (made === null) throw new OrreryError('ORRERY_DEPENDENCY', 'the platform answered without the annotation');
  if (isJson) terminal.document(made);
  else terminal.line(`${transitionWords(made)} is marked as ${terminal.style.strong(made.label)} in ${oneLine(made.workflow, 200)}${made.branch === '' ? '' : ` on ${oneLine(made.branch, 100)}`}`);
}

async function list({ client, terminal, isJson }: Session, { workflow, engine, namespace, branch, limit }: Options): Promise<void> {
  const { items, next_cursor: cursor } = await readPages<Annotation>(client, { path: PATH, query: { workflow, engine, namespace, branch }, limit });
  if (isJson) terminal.document({ items, next_cursor: cursor });
  else if (items.length === 0) terminal.line('nothing is marked');
  else {
    for (const line of layTable(items, columns(terminal.style, Date.now()), terminal.width)) terminal.line(line);
    if (cursor !== null) terminal.line(terminal.style.faint('… more; see --limit'));
  }
}

function transitionWords({ from_task: from, to_task: to }: Annotation): string {
  return `${from === '' ? 'the beginning' : oneLine(from, 100)} → ${to === '' ? 'the end' : oneLine(to, 100)}`;
}

function columns(style: Style, nowMs: number): readonly Column<Annotation>[] {
  return [
    { head: 'WORKFLOW', cell: ({ workflow }) => oneLine(workflow, 200), maxWidth: 36 },
    { head: 'BRANCH', cell: ({ branch }) => (branch === '' ? '(all)' : oneLine(branch, 100)), maxWidth: 24 },
    { head: 'TRANSITION', cell: transitionWords, maxWidth: 60, paint: (_, text) => style.strong(text) },
    { head: 'LABEL', cell: ({ label }) => label, paint: ({ label }, text) => (label === 'bad' ? style.busy(text) : text) },
    { head: 'NOTE', cell: ({ note }) => oneLine(note, 200), maxWidth: 40 },
    { head: 'BY', cell: ({ by }) => oneLine(by, 60), maxWidth: 20 },
    { head: 'SAID', cell: ({ at }) => showAgo(at, nowMs), isRight: true },
  ];
}
