import { OrreryError } from '@orrery/errors';
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { ApiClient } from '../api-client.js';
import type { Page } from '../api-shapes.js';
import { experimentKinds, experimentStatuses, type Experiment, type ExperimentReport } from '../experiment-shapes.js';
import { futureMomentOf, limitOf, secondsOf } from '../option-values.js';
import { readPages } from '../read-pages.js';
import { openSession, shareOptions, type ConnectionOptions, type Session, type Surroundings } from '../session.js';
import { experimentColumns, tellExperiment } from '../view/experiment-view.js';
import { oneLine } from '../view/style.js';
import { layTable } from '../view/table.js';

interface StartOptions extends ConnectionOptions {
  readonly policy: string;
  readonly kind: string;
  readonly scheduler?: string;
  readonly control?: string;
  readonly block?: number;
  readonly burnIn?: number;
  readonly blocks?: number;
  readonly until?: string;
  readonly holdOut?: number;
  readonly ramp?: number;
  readonly rollOut?: boolean;
  readonly minimumEffect?: number;
  readonly rollbackAbove?: number;
  readonly note?: string;
  readonly by?: string;
}

interface StatusOptions extends ConnectionOptions {
  readonly scheduler?: string;
  readonly kind?: string;
  readonly status?: string;
  readonly limit: number;
}

interface StopOptions extends ConnectionOptions {
  readonly reason?: string;
  readonly holdOut: boolean;
  readonly by?: string;
}

const PATH = '/api/v1/schedule/experiments';
const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function defineExperiment(program: Command, surroundings: Surroundings): void {
  const group = program
    .command('experiment')
    .summary('try a scheduling policy on live runs')
    .description('Tries a scheduling policy: in drawn blocks of time against the heuristic (switchback), or beside what serves, without effect (shadow).');
  defineStart(group, surroundings);
  defineStatus(group, surroundings);
  defineStop(group, surroundings);
}

function defineStart(group: Command, surroundings: Surroundings): void {
  const command = group
    .command('start')
    .summary('start an experiment')
    .description('Starts an experiment. What is measured, and how long, is fixed now; no effect is told before its last block has ended. Started again with the same settings, the experiment there is is shown.')
    .argument('<name>', 'what it is called; given once')
    .requiredOption('-p, --policy <name>', 'what is tried: learned, or another policy of the scheduler')
    .addOption(new Option('--kind <kind>', 'switchback decides in drawn blocks, shadow has no effect').choices(experimentKinds).default('switchback'))
    .option('--scheduler <name>', 'who shares the slots (default: default)')
    .option('--control <policy>', 'the heuristic that decides in the other blocks (default: the one beside what serves)')
    .option('--block <time>', 'how long a block is: 30m, 2h (default: ten mean completion times)', secondsOf)
    .option('--burn-in <time>', 'how much of the beginning of a block does not count: 0s, 5m (default: the 95th percentile of completion times)', burnInOf)
    .addOption(new Option('--blocks <number>', 'after how many blocks it ends; even (default: 48)').argParser(countOf).conflicts('until'))
    .option('--until <time>', 'when it ends at the latest, like 2099-01-31T12:00Z', futureMomentOf)
    .option('--hold-out <share>', 'share of blocks that the heuristic keeps for good (default: 5%)', shareOf)
    .option('--ramp <blocks>', 'so many blocks with 5 % treated come first, then as many with 25 %', countOf)
    .option('--roll-out', 'let the policy decide in all blocks but those held out once it was clearly better')
    .option('--minimum-effect <share>', 'by how much runs should become shorter (default: 3%)', shareOf)
    .option('--rollback-above <share>', 'ends it by itself when runs are longer by more (default: 10%)', shareOf)
    .option('--note <text>', 'why')
    .option('--by <name>', 'who wants it (default: whom the API key belongs to)')
    .action((name: string, options: StartOptions) => start(name, options, surroundings));
  shareOptions(command, {
    examples: [
      'orrery experiment start weights-7 --policy learned',
      'orrery experiment start weights-7 --policy learned --block 30m --blocks 96 --hold-out 10% --roll-out',
      'orrery experiment start watch-7 --policy learned --kind shadow --until 2099-01-31T12:00Z',
      "orrery experiment start weights-7 --policy learned --json | jq -r .design.blocks",
    ],
  });
}

function defineStatus(group: Command, surroundings: Surroundings): void {
  const command = group
    .command('status')
    .summary('show experiments')
    .description('Shows how far an experiment is, and what came of it once its last block has ended; without a name, lists experiments, the latest first.')
    .argument('[name]', 'name or id')
    .option('--scheduler <name>', 'only of this scheduler')
    .addOption(new Option('--kind <kind>', 'only such').choices(experimentKinds))
    .addOption(new Option('--status <status>', 'only such').choices(experimentStatuses))
    .option('-n, --limit <number>', 'how many to list at most', limitOf, 50)
    .action(async (name: string | undefined, options: StatusOptions) => {
      const session = await openSession(options, surroundings);
      if (name === undefined) await list(session, options);
      else show(session, await session.client.get<ExperimentReport>(`${PATH}/${await idOf(session.client, name)}`));
    });
  shareOptions(command, { examples: ['orrery experiment status', 'orrery experiment status weights-7', 'orrery experiment status --status running', "orrery experiment status weights-7 --json | jq .result"] });
}

function defineStop(group: Command, surroundings: Surroundings): void {
  const command = group
    .command('stop')
    .summary('stop an experiment')
    .description('Stops an experiment; its effect is never told when its last block was not reached. Stopping one that rolled itself back lets learned policies decide again; stopping one that has ended ends its roll-out.')
    .argument('<name>', 'name or id')
    .option('--reason <text>', 'why')
    .option('--no-hold-out', 'end the held-out blocks too')
    .option('--by <name>', 'who stops it (default: whom the API key belongs to)')
    .action(async (name: string, { reason, holdOut, by, ...options }: StopOptions) => {
      const session = await openSession(options, surroundings);
      show(session, await post(session, `${PATH}/${await idOf(session.client, name)}/stop`, { reason, hold_out: holdOut, by }));
    });
  shareOptions(command, { examples: ['orrery experiment stop weights-7', 'orrery experiment stop weights-7 --reason "the release is out" --no-hold-out'] });
}

async function start(name: string, options: StartOptions, surroundings: Surroundings): Promise<void> {
  const { policy, kind, scheduler, control, block, burnIn, blocks, until, holdOut, ramp, rollOut, minimumEffect, rollbackAbove, note, by, ...connection } = options;
  const session = await openSession(connection, surroundings);
  const body = {
    ...{ name, kind, policy, scheduler, control, block_seconds: block, burn_in_seconds: burnIn, blocks, until, hold_out: holdOut, ramp_blocks: ramp, roll_out: rollOut },
    ...{ minimum_effect: minimumEffect, rollback_above: rollbackAbove, note, by },
  };
  show(session, await post(session, PATH, body));
}

async function list({ client, terminal, isJson }: Session, { scheduler, kind, status, limit }: StatusOptions): Promise<void> {
  const { items, next_cursor: cursor } = await readPages<Experiment>(client, { path: PATH, query: { scheduler, kind, status }, limit });
  if (isJson) terminal.document({ items, next_cursor: cursor });
  else if (items.length === 0) terminal.line('no experiments; `orrery experiment start` begins one');
  else {
    for (const line of layTable(items, experimentColumns({ style: terminal.style, nowMs: Date.now() }), terminal.width)) terminal.line(line);
    if (cursor !== null) terminal.line(terminal.style.faint('… more; see --limit'));
  }
}

function show({ terminal, isJson }: Session, report: ExperimentReport): void {
  if (isJson) terminal.document(report);
  else for (const line of tellExperiment(report, { style: terminal.style, width: terminal.width, nowMs: Date.now() })) terminal.line(line);
}

async function post({ client }: Session, path: string, body: object): Promise<ExperimentReport> {
  const answer = await client.post<ExperimentReport>({ path, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  if (answer === null) throw new OrreryError('ORRERY_DEPENDENCY', `${client.url} did not say what became of the experiment`);
  return answer;
}

/** @throws ORRERY_NOT_FOUND when no experiment has the name. */
async function idOf(client: ApiClient, name: string): Promise<string> {
  if (ID.test(name)) return name.toLowerCase();
  const { items } = await client.get<Page<Experiment>>(PATH, { name });
  const [found] = items;
  if (found === undefined) throw new OrreryError('ORRERY_NOT_FOUND', `there is no experiment ${oneLine(name, 200)}; \`orrery experiment status\` lists them`);
  return found.experiment_id;
}

/** A share as a fraction or in percent: 0.05, 5%. */
function shareOf(text: string): number {
  const [, digits, percent] = /^(\d+(?:\.\d+)?)\s*(%?)$/.exec(text.trim()) ?? [];
  const share = digits === undefined ? NaN : Number(digits) / (percent === '%' ? 100 : 1);
  // 0.05 and 5 % are the same number of the platform, whatever binary fractions make of it.
  if (!(share >= 0 && share <= 2)) throw new InvalidArgumentError('must be a share like 0.05 or 5%.');
  return Number(share.toFixed(6));
}

function burnInOf(text: string): number {
  return /^0[smhd]?$/.test(text) ? 0 : secondsOf(text);
}

function countOf(text: string): number {
  const count = text.trim() === '' ? NaN : Number(text);
  if (!Number.isInteger(count) || count < 1 || count > 5000) throw new InvalidArgumentError('must be a whole number from 1 to 5000.');
  return count;
}
