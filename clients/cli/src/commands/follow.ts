import type { Command } from 'commander';
import type { Outcome, Run } from '../api-shapes.js';
import { exitCodes } from '../exit-codes.js';
import { LiveFeed, type RunChange } from '../live/live-feed.js';
import { findRunId, runArgumentHelp } from '../run-lookup.js';
import { openSession, shareOptions, type ConnectionOptions, type Session, type Surroundings } from '../session.js';
import { glyph, standing } from '../view/progress-glyph.js';
import { oneLine, type Style } from '../view/style.js';
import { nowIso, showTimeOfDay } from '../view/time.js';

interface Options extends ConnectionOptions {
  readonly exitStatus?: boolean;
}

const SHOWN_TASKS = 5;

export function defineFollow(program: Command, surroundings: Surroundings): void {
  const command = program
    .command('follow')
    .summary('show changes as they happen')
    .description('Shows changes of all runs, or of one until it ends, as they happen; takes up where it was after an interruption.')
    .argument('[run]', runArgumentHelp)
    .option('--exit-status', 'answer with exit code 1 when the run does not succeed')
    .action(async (run: string | undefined, options: Options) => {
      process.exitCode = await follow(run, options, surroundings);
    });
  shareOptions(command, { examples: ['orrery follow', 'orrery follow latest --exit-status', 'orrery follow --json | jq -c .run'] });
}

async function follow(given: string | undefined, options: Options, surroundings: Surroundings): Promise<number> {
  const session = await openSession(options, surroundings);
  const runId = given === undefined ? undefined : await findRunId(session.client, given);
  const before = runId === undefined ? undefined : await session.client.get<Run>(`/api/v1/runs/${runId}`);
  let outcome: Outcome | null = null;
  if (before?.status === 'finished') {
    outcome = before.outcome;
    show({ type: 'run.changed', cursor: '', run_id: before.run_id, run: before }, session);
  } else outcome = await watch(runId, session);
  return options.exitStatus && runId !== undefined && outcome !== 'success' && outcome !== 'skip' ? exitCodes.failed : exitCodes.ok;
}

/** Shows changes until the run has ended; without a run, until the command is stopped. */
async function watch(runId: string | undefined, session: Session): Promise<Outcome | null> {
  let outcome: Outcome | null = null;
  const feed = new LiveFeed({
    address: session.address,
    runId,
    onChange: (change) => {
      show(change, session);
      if (change.run_id !== runId || change.run.status !== 'finished') return;
      outcome = change.run.outcome;
      feed.stop();
    },
    onInterruption: (reason) => session.terminal.remark(`orrery: ${reason}; connecting again`),
  });
  await feed.run();
  return outcome;
}

function show(change: RunChange, { terminal, isJson }: Session): void {
  if (isJson) terminal.jsonLine(change);
  else terminal.line(describe(change, terminal.style));
}

function describe({ run_id: id, run, tasks = [], events = 0, artifacts = 0 }: RunChange, style: Style): string {
  const shown = tasks.slice(0, SHOWN_TASKS).map((task) => `${glyph(task, style)} ${oneLine(task.name ?? '', 40)}`);
  const facts = [
    ...shown,
    tasks.length > SHOWN_TASKS ? `… ${tasks.length - SHOWN_TASKS} more tasks` : '',
    events > 0 ? style.faint(`+${events} events`) : '',
    artifacts > 0 ? style.faint(`+${artifacts} files`) : '',
  ];
  const head = `${style.faint(showTimeOfDay(nowIso()))} ${style.strong(id.slice(0, 8))} ${glyph(run, style)} ${oneLine(run.workflow ?? '', 60)} ${standing(run, style)}`;
  return [head, ...facts.filter(Boolean)].join('  ');
}
