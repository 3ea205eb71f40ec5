import { OrreryError } from '@orrery/errors';
import { Argument, InvalidArgumentError, Option, type Command } from 'commander';
import type { Query } from '../api-client.js';
import { modelKinds, modelStatuses, type Model, type ModelCard } from '../model-shapes.js';
import { limitOf } from '../option-values.js';
import { readPages } from '../read-pages.js';
import { openSession, shareOptions, type ConnectionOptions, type Session, type Surroundings } from '../session.js';
import { modelColumns, tellModel } from '../view/model-view.js';
import { layTable } from '../view/table.js';

/** How a command is told whose model is meant. */
export interface WorkflowOptions extends ConnectionOptions {
  readonly workflow?: string;
  readonly engine?: string;
  readonly namespace?: string;
}

interface Options extends WorkflowOptions {
  readonly kind?: string;
  readonly status?: string;
  readonly limit: number;
}

export const MODELS_PATH = '/api/v1/models';

export const kindArgument = () => new Argument('<kind>', 'what the model is for').choices(modelKinds);

/** Adds the options that name a workflow. */
export function workflowOptions(command: Command): Command {
  return command.option('-w, --workflow <name>', 'whose model, for next_task').option('--engine <name>', 'where several engines have such a workflow').option('--namespace <name>');
}

export function versionOf(text: string): number {
  const version = Number(text);
  if (!Number.isInteger(version) || version < 1) throw new InvalidArgumentError('must be the number of a version, like 3.');
  return version;
}

export function defineModels(program: Command, surroundings: Surroundings): void {
  const command = workflowOptions(program.command('models'))
    .summary('show trained models')
    .description('Lists trained models, the newest first, with their figures on executions that they never saw; with a kind and a version, the card of one.')
    .addArgument(new Argument('[kind]', 'what the model is for').choices(modelKinds))
    .argument('[version]', 'number of its version', versionOf)
    .addOption(new Option('--kind <kind>', 'only models for this').choices(modelKinds))
    .addOption(new Option('--status <status>', 'champion serves, challenger waits, retired served, rejected was no better').choices(modelStatuses))
    .option('-n, --limit <number>', 'how many at most', limitOf, 50)
    .action(async (kind: string | undefined, version: number | undefined, options: Options) => {
      const session = await openSession(options, surroundings);
      await (kind === undefined || version === undefined ? list(session, { ...options, ...(kind === undefined ? {} : { kind }) }) : show(session, `${MODELS_PATH}/${kind}/${version}`, options));
    });
  shareOptions(command, { examples: ['orrery models', 'orrery models --kind duration', 'orrery models duration 3', 'orrery models next_task 1 --workflow release', "orrery models --status champion --json | jq -r '.items[].kind'"] });
}

async function list({ client, terminal, isJson }: Session, { kind, status, workflow, limit }: Options): Promise<void> {
  const { items, next_cursor: cursor } = await readPages<Model>(client, { path: MODELS_PATH, query: { kind, status, workflow }, limit });
  if (isJson) terminal.document({ items, next_cursor: cursor });
  else if (items.length === 0) terminal.line('no models; predictions come from the history alone. `orrery train` makes one');
  else {
    for (const line of layTable(items, modelColumns({ style: terminal.style, nowMs: Date.now() }), terminal.width)) terminal.line(line);
    if (cursor !== null) terminal.line(terminal.style.faint('… more; see --limit'));
  }
}

async function show({ client, terminal, isJson }: Session, path: string, { workflow, engine, namespace }: WorkflowOptions): Promise<void> {
  const card = await client.get<ModelCard>(path, { workflow, engine, namespace });
  if (isJson) terminal.document(card);
  else for (const line of tellModel(card, { style: terminal.style, width: terminal.width, nowMs: Date.now() })) terminal.line(line);
}

/** Posts what is to be done to a model. @throws ORRERY_DEPENDENCY when the answer is empty. */
export async function postToModel<Answer>({ client }: Session, path: string, { workflow, engine, namespace }: WorkflowOptions, body: object): Promise<Answer> {
  const query: Query = { workflow, engine, namespace };
  const words = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`]));
  const answer = await client.post<Answer>({ path: `${path}${words.length === 0 ? '' : `?${words.join('&')}`}`, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  if (answer === null) throw new OrreryError('ORRERY_DEPENDENCY', `${client.url} did not say what became of the model`);
  return answer;
}
