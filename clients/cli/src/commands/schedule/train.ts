import { OrreryError } from '@orrery/errors';
import { InvalidArgumentError, type Command } from 'commander';
import { exitCodes, exitCodesHelp } from '../../exit-codes.js';
import type { ScheduleTraining } from '../../schedule-shapes.js';
import { openSession, shareOptions, type Session, type Surroundings } from '../../session.js';
import { manyLines } from '../../view/style.js';
import { tellTraining } from '../../view/policy-card-view.js';
import { conditionOptions, conditionsOf, wholeOf, type ConditionOptions } from './conditions.js';
import { isOpen, watchJob } from './watch-job.js';

interface Options extends ConditionOptions {
  readonly lambda?: readonly number[];
  readonly tail?: number;
  readonly seed?: number;
  readonly generations?: number;
}

const PATH = '/api/v1/schedule/trainings';

export function defineScheduleTrain(group: Command, surroundings: Surroundings): void {
  const command = conditionOptions(
    group
      .command('train')
      .summary('train a policy')
      .description('Trains a policy on simulated jobs and waits for its end. It is published only when it is better than the best tuned heuristic beyond chance, on jobs that it did not see, and no worse than fair shares under any stress.'),
    'training',
  )
    .option('--lambda <weights>', 'what an executor-second of a job weighs against a second of completion time; several with commas are several trainings (default: 0)', weightsOf)
    .option('--tail <weight>', 'what the 95th percentile of completion times weighs beside their mean (default: 0)', weightOf)
    .option('--seed <number>', 'decides what is left to chance: the same jobs and the same seed give the same policy', seedOf)
    .option('--generations <number>', 'how long it learns (default: 150)', wholeOf)
    .action(async (options: Options) => {
      process.exitCode = await train(options, surroundings);
    });
  shareOptions(command, {
    examples: ['orrery schedule train', 'orrery schedule train --data tpch.json.gz --lambda 0,0.1,0.3', 'orrery schedule train --workload recorded --executors 8 --no-wait', 'orrery schedule train --watch 0b5b1a0e-5f4e-4c0b-9b5d-0f3f1f1f1f1f', "orrery schedule train --json | jq -r '.[0].card.claims[]'"],
    exitCodes: `${exitCodesHelp}\nA policy that was trained but refused is no failure: the answer says why. Ctrl-C leaves the training running (5).`,
  });
}

async function train(options: Options, surroundings: Surroundings): Promise<number> {
  const session = await openSession(options, surroundings);
  if (options.cancel !== undefined) {
    await session.client.delete(`${PATH}/${options.cancel}`);
    session.terminal.line(`training ${options.cancel} is cancelled`);
    return exitCodes.ok;
  }
  const asked = options.watch === undefined ? await request(session, options) : [await session.client.get<ScheduleTraining>(`${PATH}/${options.watch}`)];
  const ended: ScheduleTraining[] = [];
  for (const training of asked) ended.push(options.wait && !ended.some(isOpen) ? await watchJob(`${PATH}/${training.training_id}`, training, session) : training);
  return tell(ended, options, session);
}

function tell(trainings: readonly ScheduleTraining[], { wait }: Options, { terminal, isJson }: Session): number {
  const open = trainings.filter(isOpen);
  const ended = trainings.filter((one) => !isOpen(one));
  if (isJson) terminal.document(trainings);
  else for (const training of ended) for (const line of manyLines(tellTraining(training))) terminal.line(line);
  for (const { training_id: id } of open) terminal.remark(`orrery: training ${id} goes on; \`orrery schedule train --watch ${id}\` shows how far it is, --cancel ends it`);
  if (open.length > 0) return wait ? exitCodes.partlyDone : exitCodes.ok;
  return ended.every(({ status }) => status === 'succeeded' || status === 'refused') ? exitCodes.ok : exitCodes.failed;
}

/** One training for each weight. */
async function request(session: Session, options: Options): Promise<readonly ScheduleTraining[]> {
  const { lambda: weights = [undefined], tail, seed, generations } = options;
  const conditions = await conditionsOf(session, options);
  const asked: ScheduleTraining[] = [];
  for (const lambda of weights) {
    const body = JSON.stringify({ ...conditions, lambda, tail, seed, generations });
    const training = await session.client.post<ScheduleTraining>({ path: PATH, headers: { 'content-type': 'application/json' }, body });
    if (training === null) throw new OrreryError('ORRERY_DEPENDENCY', `${session.client.url} did not say what became of the training`);
    asked.push(training);
  }
  return asked;
}

function weightsOf(text: string): readonly number[] {
  return text.split(',').map(weightOf);
}

function weightOf(text: string): number {
  const weight = text.trim() === '' ? NaN : Number(text);
  if (!(weight >= 0 && weight <= 100)) throw new InvalidArgumentError('must be a number from 0 to 100; several with commas between them.');
  return weight;
}

function seedOf(text: string): number {
  const seed = text.trim() === '' ? NaN : Number(text);
  if (!Number.isInteger(seed) || seed < 0 || seed > 2_147_483_647) throw new InvalidArgumentError('must be a whole number from 0 to 2147483647.');
  return seed;
}
