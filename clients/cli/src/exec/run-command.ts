import { isAbsolute, join } from 'node:path';
import type { Address } from '../api-client.js';
import { outerStepVariables, type Environment } from '../environment.js';
import { nowIso } from '../view/time.js';
import { startChild, type ChildEnd } from './child-process.js';
import { judgeEnd } from './exec-outcome.js';
import { journalStart, planExec, type ExecOptions, type ExecPlan } from './exec-plan.js';
import { ExecRecording, type ExecResult } from './exec-recording.js';
import { OutputTail, type Tail } from './output-tail.js';
import { outcomeOfTasks, RunJournal } from './run-journal.js';
import { Stopping, type StopReason } from './stopping.js';
import { UsageMeter, type Usage } from './usage-meter.js';
import { readVersionControl } from './version-control.js';
import { findFiles, WatchedFiles } from './watched-files.js';

export interface RunCommandOptions extends ExecOptions {
  readonly artifacts: readonly string[];
  readonly inputs: readonly string[];
  readonly timeoutSeconds?: number;
  readonly hasTerminal: boolean;
}

export interface RecordedCommand {
  readonly plan: ExecPlan;
  readonly result: ExecResult;
  /** CloudEvents that did not reach the server. */
  readonly undelivered: readonly string[];
  readonly problem: string | null;
  /** Why the command could not be started at all. */
  readonly startError: string | undefined;
}

interface Observed {
  readonly end: ChildEnd;
  readonly endedAtMs: number;
  readonly stopped: StopReason | undefined;
  readonly usage: Usage;
  readonly tail: Tail | undefined;
  readonly errorTail: string;
}

const NOTHING_FOUND = { files: [], leftOut: 0 };

/** Runs a command and records it; whatever goes wrong with the recording, the command runs and its exit code stands. */
export async function runCommand(command: readonly string[], options: RunCommandOptions, address: Address, environment: Environment): Promise<RecordedCommand> {
  const folder = process.cwd();
  const versionControl = readVersionControl(folder);
  const journal = options.run === undefined ? undefined : new RunJournal(join(environment.stateFolder, 'runs'), address.url.href, options.run);
  const plan = planExec(command, options, { environment, known: journal?.read(), versionControl, now: nowIso() });
  if (journal !== undefined) journalStart(journal, plan);
  const watched = await WatchedFiles.watch(options.artifacts, folder);

  const recording = new ExecRecording(plan, address, versionControl);
  const observed = await observe(command, options, { ...environment.all, ORRERY_URL: address.url.href, ...outerStepVariables(stepOf(plan)) });

  const judged = judgeEnd(observed.end, observed.stopped, observed.errorTail);
  journal?.append({ kind: 'task_end', attempt: plan.runAttempt, task: plan.taskName, taskAttempt: plan.taskAttempt, outcome: judged.outcome });
  const runOutcome = journal === undefined ? judged.outcome : outcomeOfTasks(journal.read()?.taskOutcomes.values() ?? [judged.outcome]);
  const written = await watched.written().catch(() => NOTHING_FOUND);
  const read = await findFiles(options.inputs, folder).catch(() => NOTHING_FOUND);
  const { usage, tail, endedAtMs } = observed;
  const result = { judged, runOutcome, usage, tail, endedAtMs, written, read };
  const { undelivered, statistics } = await recording.finish(result);
  if (plan.endsRun) journal?.append({ kind: 'run_end', attempt: plan.runAttempt });
  return { plan, result, undelivered, problem: statistics.lastProblem, startError: observed.end.startError };
}

function stepOf(plan: ExecPlan): Parameters<typeof outerStepVariables>[0] {
  return { runId: plan.runId, source: plan.source, attempt: plan.runAttempt, taskId: plan.taskId };
}

async function observe(command: readonly string[], options: RunCommandOptions, environment: Readonly<Record<string, string | undefined>>): Promise<Observed> {
  const tail = new OutputTail();
  const errorTail = new OutputTail({ maxBytes: 4_096, maxLines: 20 });
  const child = startChild(command, {
    environment,
    hasTerminal: options.hasTerminal,
    onOutput: (chunk, stream) => {
      tail.add(chunk);
      if (stream === 'stderr') errorTail.add(chunk);
    },
  });
  const meter = new UsageMeter(child.process.pid ?? 0);
  const stopping = new Stopping(child.process, meter, options.timeoutSeconds);
  const end = await child.ended;
  const endedAtMs = Date.now();
  const usage = meter.finish();
  stopping.finish();
  await child.output.drained();
  return { end, endedAtMs, stopped: stopping.reason, usage, tail: options.hasTerminal ? undefined : tail.read(), errorTail: errorTail.read().text };
}

/** Patterns relative to the working folder; a trailing slash names all that lies below. */
export function normalisePattern(pattern: string): string {
  const whole = pattern.endsWith('/') ? `${pattern}**` : pattern;
  return isAbsolute(whole) ? whole : whole.replace(/^\.\//, '');
}
