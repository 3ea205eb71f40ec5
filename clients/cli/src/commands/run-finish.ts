import { join } from 'node:path';
import { OrreryError } from '@orrery/errors';
import { Orrery, type Outcome } from '@orrery/sdk';
import { Option, type Command } from 'commander';
import type { Environment } from '../environment.js';
import { sourceOf } from '../exec/exec-plan.js';
import { outcomeOfTasks, RunJournal, type JournalledRun } from '../exec/run-journal.js';
import { readVersionControl } from '../exec/version-control.js';
import { openSession, shareOptions, type ConnectionOptions, type Surroundings } from '../session.js';

interface Options extends ConnectionOptions {
  readonly outcome?: Outcome;
  readonly source?: string;
}

const OUTCOMES = ['success', 'failure', 'error', 'timeout', 'cancellation', 'skip', 'unknown'];

/** Adds `run finish` to the group. */
export function defineRunFinish(group: Command, surroundings: Surroundings): void {
  const command = group
    .command('finish')
    .summary('end a run')
    .description('Ends a run that `orrery exec --run ID` began. Its outcome is the worst of its tasks, as this machine knows them.')
    .argument('<id>', 'the id given to --run')
    .addOption(new Option('--outcome <outcome>', 'how it ended').choices(OUTCOMES))
    .option('--source <uri>', 'what the run belongs to, when this machine did not begin it')
    .action((id: string, options: Options) => finishRun(id, options, surroundings));
  shareOptions(command, { examples: ['orrery run finish $BUILD', "trap 'orrery run finish $BUILD' EXIT", 'orrery run finish $BUILD --outcome cancellation'] });
}

async function finishRun(id: string, options: Options, surroundings: Surroundings): Promise<void> {
  const { client, terminal, isJson, address } = await openSession(options, surroundings);
  const journal = new RunJournal(join(surroundings.environment.stateFolder, 'runs'), address.url.href, id);
  const known = journal.read();
  if (known === undefined && options.outcome === undefined) throw new OrreryError('ORRERY_NOT_FOUND', `this machine began no run ${id}; say how it ended with --outcome, and what it belongs to with --source`);
  const end = planEnd(known, options, surroundings.environment);
  const orrery = new Orrery({ url: client.url, apiKey: address.apiKey ?? '', source: end.source, flushOnSignals: [], isEnabled: true });
  orrery.run(end.workflow, { id, attempt: end.attempt, existing: true }).finish({ outcome: end.outcome });
  const { undelivered, statistics } = await orrery.close({ isPatient: false });
  if (undelivered.length > 0) throw new OrreryError('ORRERY_DEPENDENCY', `${client.url} did not take the end of run ${id} (${statistics.lastProblem ?? 'no answer in time'}); call this again`);
  journal.append({ kind: 'run_end', attempt: end.attempt });
  if (isJson) terminal.document({ run: id, attempt: end.attempt, source: end.source, outcome: end.outcome });
  else terminal.line(`run ${id} ended: ${end.outcome}`);
}

interface RunEnd {
  readonly attempt: number;
  readonly source: string;
  readonly workflow: string | undefined;
  readonly outcome: Outcome;
}

function planEnd(known: JournalledRun | undefined, options: Options, environment: Environment): RunEnd {
  const source = options.source ?? known?.source ?? environment.source ?? sourceOf(readVersionControl(process.cwd()));
  const outcome = options.outcome ?? outcomeOfTasks(known?.taskOutcomes.values() ?? []);
  return { attempt: known?.attempt ?? 1, source, workflow: known?.workflow, outcome };
}
