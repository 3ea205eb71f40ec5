import { OrreryError } from '@orrery/errors';
import { InvalidArgumentError, type Command } from 'commander';
import { exitCodes, exitCodesHelp } from '../../exit-codes.js';
import type { ScheduleEvaluation } from '../../schedule-shapes.js';
import { openSession, shareOptions, type Session, type Surroundings } from '../../session.js';
import { tellEvaluation } from '../../view/policy-card-view.js';
import { conditionOptions, conditionsOf, type ConditionOptions } from './conditions.js';
import { isOpen, watchJob } from './watch-job.js';

interface Options extends ConditionOptions {
  readonly policies?: readonly string[];
  readonly against?: readonly string[];
  readonly firstSeed?: number;
}

export const EVALUATIONS = '/api/v1/schedule/evaluations';

export function defineEvaluate(group: Command, surroundings: Surroundings): void {
  const command = conditionOptions(
    group
      .command('evaluate')
      .summary('compare policies on the same jobs')
      .description('Runs policies through the same sequences of simulated jobs, each task with the same luck, and shows how they compare: with 95 % intervals over sequences.'),
    'evaluation',
  )
    .option('--policies <names>', 'with commas between them: heuristics, tuned (the best heuristic for these jobs, sought anew), learned, all-learned, or one by its own name (default: all)', namesOf)
    .option('--against <names>', 'what the others are held against (default: fifo,fair,tuned)', namesOf)
    .option('--first-seed <number>', 'of the sequences, 0 to 9000 (default: 0)', seedOf)
    .action(async (options: Options) => {
      process.exitCode = await evaluate(options, surroundings);
    });
  shareOptions(command, {
    examples: ['orrery schedule evaluate', 'orrery schedule evaluate --data tpch.json.gz --policies fifo,fair,tuned,learned --sequences 100', 'orrery schedule evaluate --scenario stream --gap 12 --executors 50', "orrery schedule evaluate --json | jq '.result.scenarios[0].figures'"],
    exitCodes: `${exitCodesHelp}\nCtrl-C leaves the evaluation running (5).`,
  });
}

async function evaluate(options: Options, surroundings: Surroundings): Promise<number> {
  const session = await openSession(options, surroundings);
  if (options.cancel !== undefined) {
    await session.client.delete(`${EVALUATIONS}/${options.cancel}`);
    session.terminal.line(`evaluation ${options.cancel} is cancelled`);
    return exitCodes.ok;
  }
  const asked = options.watch === undefined ? await request(session, options) : await session.client.get<ScheduleEvaluation>(`${EVALUATIONS}/${options.watch}`);
  const path = `${EVALUATIONS}/${asked.evaluation_id}`;
  const ended = options.wait ? await watchJob(path, asked, session) : asked;
  if (session.isJson) session.terminal.document(ended);
  if (isOpen(ended)) {
    session.terminal.remark(`orrery: evaluation ${asked.evaluation_id} goes on; \`orrery schedule evaluate --watch ${asked.evaluation_id}\` shows how far it is, --cancel ends it`);
    return options.wait ? exitCodes.partlyDone : exitCodes.ok;
  }
  if (!session.isJson) {
    const { style, width } = session.terminal;
    for (const line of tellEvaluation(ended, { style, width })) session.terminal.line(line);
    if (ended.result !== null) session.terminal.remark(`orrery: \`orrery schedule report --evaluation ${asked.evaluation_id} --out plot.svg\` draws it`);
  }
  return ended.status === 'succeeded' ? exitCodes.ok : exitCodes.failed;
}

async function request(session: Session, options: Options): Promise<ScheduleEvaluation> {
  const { policies, against, firstSeed } = options;
  const body = JSON.stringify({ ...(await conditionsOf(session, options)), policies, against, first_seed: firstSeed });
  const asked = await session.client.post<ScheduleEvaluation>({ path: EVALUATIONS, headers: { 'content-type': 'application/json' }, body });
  if (asked === null) throw new OrreryError('ORRERY_DEPENDENCY', `${session.client.url} did not say what became of the evaluation`);
  return asked;
}

function namesOf(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.some((name) => !/^[a-z0-9][a-z0-9-]*$/.test(name))) throw new InvalidArgumentError('must be names of policies with commas between them.');
  return names;
}

function seedOf(text: string): number {
  const seed = text.trim() === '' ? NaN : Number(text);
  if (!Number.isInteger(seed) || seed < 0 || seed > 9000) throw new InvalidArgumentError('must be a whole number from 0 to 9000.');
  return seed;
}
