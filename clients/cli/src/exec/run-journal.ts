import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Outcome } from '../api-shapes.js';

/** One line of the journal: what one call said about the run. */
type Entry =
  | { readonly kind: 'run'; readonly attempt: number; readonly source: string; readonly workflow: string; readonly startedAt: string }
  | { readonly kind: 'task_start'; readonly attempt: number; readonly task: string; readonly taskAttempt: number }
  | { readonly kind: 'task_end'; readonly attempt: number; readonly task: string; readonly taskAttempt: number; readonly outcome: Outcome }
  | { readonly kind: 'run_end'; readonly attempt: number };

/** A run that several calls build, as this machine knows it. */
export interface JournalledRun {
  readonly attempt: number;
  readonly source: string;
  readonly workflow: string;
  readonly startedAt: string;
  readonly isFinished: boolean;
  /** How many attempts each task had so far. */
  readonly taskAttempts: ReadonlyMap<string, number>;
  /** The outcome of the newest ended attempt of each task. */
  readonly taskOutcomes: ReadonlyMap<string, Outcome>;
}

const KEPT_DAYS = 30;
const DAY_MS = 86_400_000;

/** Folds a journal's lines; later attempts of the run forget the earlier ones. Lines that make no sense are passed over. */
export function foldJournal(lines: readonly string[]): JournalledRun | undefined {
  let run: JournalledRun | undefined;
  for (const entry of lines.map(parse).filter((entry) => entry !== undefined)) run = apply(run, entry);
  return run;
}

function parse(line: string): Entry | undefined {
  try {
    return JSON.parse(line) as Entry;
  } catch {
    return undefined;
  }
}

function apply(run: JournalledRun | undefined, entry: Entry): JournalledRun | undefined {
  if (entry.kind === 'run') {
    if (run !== undefined && run.attempt >= entry.attempt) return run;
    const { attempt, source, workflow, startedAt } = entry;
    return { attempt, source, workflow, startedAt, isFinished: false, taskAttempts: new Map(), taskOutcomes: new Map() };
  }
  if (run?.attempt !== entry.attempt) return run;
  if (entry.kind === 'run_end') return { ...run, isFinished: true };
  const attempts = Math.max(run.taskAttempts.get(entry.task) ?? 0, entry.taskAttempt);
  const taskAttempts = new Map(run.taskAttempts).set(entry.task, attempts);
  if (entry.kind === 'task_start') return { ...run, taskAttempts };
  const isNewest = entry.taskAttempt === attempts;
  return { ...run, taskAttempts, taskOutcomes: isNewest ? new Map(run.taskOutcomes).set(entry.task, entry.outcome) : run.taskOutcomes };
}

/** What the tasks make of their run: its worst outcome, cancellation before failure before success. */
export function outcomeOfTasks(outcomes: Iterable<Outcome>): Outcome {
  const found = new Set(outcomes);
  const order: readonly Outcome[] = ['cancellation', 'timeout', 'error', 'failure'];
  return order.find((outcome) => found.has(outcome)) ?? 'success';
}

/**
 * Remembers the runs that several `exec` calls build with `--run`, a file a run. Lines are only appended, each in one write, so
 * that steps which run side by side do not overwrite each other.
 */
export class RunJournal {
  private readonly file: string;

  constructor(
    private readonly folder: string,
    serverUrl: string,
    runId: string,
  ) {
    this.file = join(folder, `${createHash('sha256').update(`${serverUrl}\n${runId}`).digest('hex').slice(0, 32)}.jsonl`);
  }

  /** @returns undefined when this machine has not seen the run */
  read(): JournalledRun | undefined {
    try {
      return foldJournal(readFileSync(this.file, 'utf8').split('\n'));
    } catch {
      return undefined;
    }
  }

  /** Adds a line; a state folder that cannot be written costs the connection between steps, never the command. */
  append(entry: Entry): void {
    try {
      if (entry.kind === 'run') this.forgetOld();
      appendFileSync(this.file, `${JSON.stringify(entry)}\n`, { mode: 0o600 });
    } catch {
      return;
    }
  }

  private forgetOld(): void {
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(this.folder)) {
      const file = join(this.folder, name);
      const ageMs = Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
      if (ageMs > KEPT_DAYS * DAY_MS) rmSync(file, { force: true });
    }
  }
}
