import { setTimeout as sleep } from 'node:timers/promises';
import { OrreryError } from '@orrery/errors';
import { InvalidArgumentError, type Command } from 'commander';
import { exitCodes, exitCodesHelp } from '../exit-codes.js';
import { Progress } from '../import/progress.js';
import type { Training } from '../model-shapes.js';
import { openSession, shareOptions, type Session, type Surroundings } from '../session.js';
import { oneLine } from '../view/style.js';
import { kindArgument, workflowOptions, type WorkflowOptions } from './models.js';

interface Options extends WorkflowOptions {
  readonly seed?: number;
  readonly promote: boolean;
  readonly by?: string;
}

const PATH = '/api/v1/trainings';
const LOOK_MS = 500;

export function defineTrain(program: Command, surroundings: Surroundings): void {
  const command = workflowOptions(program.command('train'))
    .summary('train a model')
    .description('Trains a model from finished executions and waits for it. The new model serves only when it clearly beats the one that serves and every plain rule on the newest executions, which it never saw.')
    .addArgument(kindArgument())
    .option('--seed <number>', 'decides what is left to chance: the same executions and the same seed give the same model', seedOf)
    .option('--no-promote', 'let it wait, however good it is, until `orrery promote`')
    .option('--by <name>', 'who wants it (default: whom the API key belongs to)')
    .action(async (kind: string, options: Options) => {
      process.exitCode = await train(kind, options, surroundings);
    });
  shareOptions(command, {
    examples: ['orrery train duration', 'orrery train next_task --workflow release', 'orrery train failure --seed 7 --no-promote', "orrery train memory --json | jq -r .message"],
    exitCodes: `${exitCodesHelp}\nA model that was trained but is no better is no failure: its card says why it was rejected. Ctrl-C leaves the training running (5).`,
  });
}

function seedOf(text: string): number {
  const seed = text.trim() === '' ? NaN : Number(text);
  if (!Number.isInteger(seed) || seed < 0 || seed > 2_147_483_647) throw new InvalidArgumentError('must be a whole number from 0 to 2147483647.');
  return seed;
}

async function train(kind: string, { workflow, engine, namespace, seed, promote, by, ...options }: Options, surroundings: Surroundings): Promise<number> {
  const session = await openSession(options, surroundings);
  const body = JSON.stringify({ kind, workflow, engine, namespace, seed, promote: promote ? 'if_better' : 'never', by });
  const asked = await session.client.post<Training>({ path: PATH, headers: { 'content-type': 'application/json' }, body });
  if (asked === null) throw new OrreryError('ORRERY_DEPENDENCY', `${session.client.url} did not say what became of the training`);
  const ended = await waitFor(asked, session);
  if (session.isJson) session.terminal.document(ended);
  if (isOpen(ended)) {
    session.terminal.remark(`orrery: training ${asked.training_id} goes on without being watched; \`orrery models --kind ${kind}\` shows what becomes of it`);
    return exitCodes.partlyDone;
  }
  if (!session.isJson) session.terminal.line(`${kind}: ${ended.status === 'succeeded' ? '' : `${ended.status}: `}${oneLine(ended.message, 2_000)}`);
  return ended.status === 'succeeded' ? exitCodes.ok : exitCodes.failed;
}

/** Shows how far the training is until it ends, or until the command is told to stop; the training itself is the platform's. */
async function waitFor(asked: Training, { client, terminal, isJson }: Session): Promise<Training> {
  const progress = new Progress(terminal, isJson);
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, onSignal);
  let training = asked;
  try {
    while (isOpen(training) && !stop.signal.aborted) {
      progress.show(stateOf(training), training.progress?.share);
      await sleep(LOOK_MS, undefined, { signal: stop.signal }).catch(() => undefined);
      if (!stop.signal.aborted) training = await client.get<Training>(`${PATH}/${asked.training_id}`);
    }
  } finally {
    progress.clear();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.removeListener(signal, onSignal);
  }
  return training;
}

function isOpen({ status }: Training): boolean {
  return status === 'queued' || status === 'running';
}

function stateOf({ kind, status, progress }: Training): string {
  if (status === 'queued') return `${kind}: waits its turn`;
  return progress === null ? `${kind}: begins` : `${kind}: ${progress.phase}, ${oneLine(progress.words, 200)}`;
}
