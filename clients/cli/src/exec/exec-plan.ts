import { createHash, randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { basename } from 'node:path';
import type { Environment, OuterStep } from '../environment.js';
import { maskSecrets, showCommand } from './mask-secrets.js';
import type { JournalledRun, RunJournal } from './run-journal.js';
import type { VersionControl } from './version-control.js';

export interface ExecOptions {
  readonly workflow?: string;
  readonly task?: string;
  readonly run?: string;
  readonly finish?: boolean;
  readonly dependsOn?: readonly string[];
  readonly source?: string;
}

/** What a plan depends on besides the options. */
export interface ExecCircumstances {
  readonly environment: Pick<Environment, 'outer' | 'source'>;
  /** What the journal says about the run of `--run`. */
  readonly known: JournalledRun | undefined;
  readonly versionControl: VersionControl | undefined;
  readonly now: string;
}

/** Which run and task a command is recorded as. */
export interface ExecPlan {
  readonly runId: string;
  readonly runAttempt: number;
  readonly source: string;
  readonly workflow: string | undefined;
  readonly startedAt: string;
  /** Somebody else announced the run. */
  readonly isJoining: boolean;
  /** Whether the end of the command is the end of the run. */
  readonly endsRun: boolean;
  readonly parentRun: { readonly id: string; readonly source: string; readonly attempt: number } | undefined;
  readonly taskId: string;
  readonly taskName: string;
  readonly taskAttempt: number;
  readonly parentTask: string | undefined;
  readonly dependsOn: readonly string[];
  /** As one could type it, secrets hidden. */
  readonly shownCommand: string;
  readonly commandHash: string;
}

/** Where runs of a place belong: its repository, else this machine. */
export function sourceOf(versionControl: VersionControl | undefined): string {
  return versionControl?.repository_url ?? `urn:orrery:host:${encodeURIComponent(hostname())}`;
}

/**
 * Decides what a command is recorded as.
 * Inside another `exec` and without a run or workflow of its own, the command is a step of the step it runs in.
 * With `--run`, the first call makes the run and later ones join it; a call after its end begins the next attempt.
 * Otherwise it is a run of one task.
 */
export function planExec(command: readonly string[], options: ExecOptions, circumstances: ExecCircumstances): ExecPlan {
  const { environment, known } = circumstances;
  const masked = maskSecrets(command);
  const taskName = options.task ?? basename(command[0] ?? '');
  const commandHash = createHash('sha256').update(masked.join('\0')).digest('hex');
  const what = { taskName, shownCommand: showCommand(masked), commandHash };
  const isInside = options.run === undefined && options.workflow === undefined;
  if (isInside && environment.outer !== undefined) return { ...what, ...placeInside(environment.outer, taskName, options, circumstances) };
  if (known?.isFinished === false) return { ...what, ...placeInKnownRun(known, taskName, options) };
  return { ...what, ...placeInNewRun(taskName, options, circumstances) };
}

type ExecPlace = Omit<ExecPlan, 'taskName' | 'shownCommand' | 'commandHash'>;

function placeInside(outer: OuterStep, taskName: string, options: ExecOptions, { now }: ExecCircumstances): ExecPlace {
  // Without a name of its own it gets a fresh id: the same program may be called many times there.
  const idWithin = options.task ?? `${taskName}/${randomUUID()}`;
  return {
    runId: outer.runId,
    runAttempt: outer.attempt,
    source: outer.source,
    workflow: undefined,
    startedAt: now,
    isJoining: true,
    endsRun: false,
    parentRun: undefined,
    taskId: `${outer.taskId}/${idWithin}`,
    taskAttempt: 1,
    parentTask: outer.taskId,
    dependsOn: (options.dependsOn ?? []).map((name) => `${outer.taskId}/${name}`),
  };
}

function placeInKnownRun(known: JournalledRun, taskName: string, options: ExecOptions): ExecPlace {
  return {
    runId: options.run ?? '',
    runAttempt: known.attempt,
    source: known.source,
    workflow: options.workflow ?? known.workflow,
    startedAt: known.startedAt,
    isJoining: true,
    endsRun: options.finish === true,
    parentRun: undefined,
    taskId: taskName,
    taskAttempt: (known.taskAttempts.get(taskName) ?? 0) + 1,
    parentTask: undefined,
    dependsOn: options.dependsOn ?? [],
  };
}

function placeInNewRun(taskName: string, options: ExecOptions, { environment, known, versionControl, now }: ExecCircumstances): ExecPlace {
  const { outer } = environment;
  const isOfOther = outer !== undefined && outer.runId !== options.run;
  return {
    runId: options.run ?? randomUUID(),
    runAttempt: (known?.attempt ?? 0) + 1,
    source: options.source ?? environment.source ?? sourceOf(versionControl),
    workflow: options.workflow ?? taskName,
    startedAt: now,
    isJoining: false,
    endsRun: options.run === undefined || options.finish === true,
    parentRun: isOfOther ? { id: outer.runId, source: outer.source, attempt: outer.attempt } : undefined,
    taskId: taskName,
    taskAttempt: 1,
    parentTask: undefined,
    dependsOn: options.dependsOn ?? [],
  };
}

/** Writes the plan into the journal of its run, so that the next call of the same run knows of it. */
export function journalStart(journal: RunJournal, plan: ExecPlan): void {
  const { runAttempt: attempt, source, startedAt, workflow = plan.taskName, taskName: task, taskAttempt } = plan;
  if (!plan.isJoining) journal.append({ kind: 'run', attempt, source, workflow, startedAt });
  journal.append({ kind: 'task_start', attempt, task, taskAttempt });
}
