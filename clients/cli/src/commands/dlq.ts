import { OrreryError } from '@orrery/errors';
import type { Command } from 'commander';
import type { DeadLetter } from '../api-shapes.js';
import { limitOf } from '../option-values.js';
import { readPages } from '../read-pages.js';
import { openSession, shareOptions, type ConnectionOptions, type Surroundings } from '../session.js';
import { oneLine } from '../view/style.js';
import { layTable, type Column } from '../view/table.js';
import { showAgo, showBytes } from '../view/time.js';

interface ListOptions extends ConnectionOptions {
  readonly topic?: string;
  readonly limit: number;
}

interface ReplayOptions extends ConnectionOptions {
  readonly topic?: string;
  readonly all?: boolean;
}

export function defineDlq(program: Command, surroundings: Surroundings): void {
  const group = program.command('dlq').summary('list and replay dead letters').description('Dead letters: records that could not be processed.');
  const list = group
    .command('list')
    .summary('list dead letters')
    .description('Lists dead letters and why they are there.')
    .option('--topic <topic>', 'the topic that they came from')
    .option('-n, --limit <number>', 'how many at most', limitOf, 50)
    .action((options: ListOptions) => listDeadLetters(options, surroundings));
  shareOptions(list, { examples: ['orrery dlq list', 'orrery dlq list --topic orrery.execution.v1 --json'] });
  const replay = group
    .command('replay')
    .summary('process dead letters again')
    .description('Sends dead letters through their topic again, as they first came.')
    .argument('[id...]', 'ids as `dlq list` shows them')
    .option('--topic <topic>', 'all that came from this topic')
    .option('--all', 'all there are')
    .action((ids: string[], options: ReplayOptions) => replayDeadLetters(ids, options, surroundings));
  shareOptions(replay, { examples: ['orrery dlq replay orrery.execution.v1.dlq/0/17', 'orrery dlq replay --topic orrery.execution.v1'] });
}

async function listDeadLetters(options: ListOptions, surroundings: Surroundings): Promise<void> {
  const { client, terminal, isJson } = await openSession(options, surroundings);
  const { items, next_cursor: cursor } = await readPages<DeadLetter>(client, { path: '/api/v1/dead-letters', query: { topic: options.topic }, limit: options.limit });
  if (isJson) terminal.document({ items, next_cursor: cursor });
  else if (items.length === 0) terminal.line('no dead letters');
  else for (const line of layTable(items, columns(Date.now()), terminal.width)) terminal.line(line);
  if (!isJson && cursor !== null) terminal.line(terminal.style.faint('… more; see --limit'));
}

function columns(nowMs: number): readonly Column<DeadLetter>[] {
  return [
    { head: 'ID', cell: ({ id }) => id },
    { head: 'RECEIVED', cell: ({ received_at: at }) => showAgo(at, nowMs), isRight: true },
    { head: 'SIZE', cell: ({ size_bytes: size }) => showBytes(size), isRight: true },
    { head: 'CODE', cell: ({ error_code: code }) => code ?? '' },
    { head: 'REPLAYED', cell: ({ replayed }) => (replayed ? 'yes' : '') },
    { head: 'WHY', cell: ({ reason }) => oneLine(reason ?? '', 500), maxWidth: 80 },
  ];
}

async function replayDeadLetters(ids: readonly string[], options: ReplayOptions, surroundings: Surroundings): Promise<void> {
  const { topic, all } = options;
  const ways = [ids.length > 0, topic !== undefined, all === true].filter(Boolean).length;
  if (ways !== 1) throw new OrreryError('ORRERY_VALIDATION', 'say what to replay: ids, or --topic, or --all');
  const { client, terminal, isJson } = await openSession(options, surroundings);
  const body = JSON.stringify(ids.length > 0 ? { ids } : { topic });
  const answer = await client.post<{ readonly replayed: number }>({ path: '/api/v1/dead-letters/replay', headers: { 'content-type': 'application/json' }, body });
  const replayed = answer?.replayed ?? 0;
  if (isJson) terminal.document({ replayed });
  else terminal.line(`${replayed} replayed`);
  if (replayed === 0 && ids.length > 0) throw new OrreryError('ORRERY_NOT_FOUND', 'none of these dead letters exists');
}
