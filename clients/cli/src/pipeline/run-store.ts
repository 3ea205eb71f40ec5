import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { OrreryError } from '@orrery/errors';
import type { BeginEntry, RunEntry } from './run-entry.js';
import { RunLock } from './run-lock.js';
import { foldRun, parse, RunState } from './run-state.js';

const JOURNAL = 'journal.jsonl';
const KEPT_MS = 30 * 86_400_000;

/** A run that this process, and no other, carries on. */
export interface OwnedRun {
  readonly state: RunState;
  readonly journal: PipelineJournal;
  readonly folder: string;
  release(): void;
}

/** The runs of pipelines that this machine knows, a folder each: journal, output of the commands, and who carries it on. */
export class RunStore {
  private readonly folder: string;

  constructor(stateFolder: string) {
    this.folder = join(stateFolder, 'pipelines');
  }

  /** @returns undefined when this machine does not know the run */
  read(run: string): RunState | undefined {
    return foldRun(readLines(join(this.folderOf(run), JOURNAL)));
  }

  folderOf(run: string): string {
    return join(this.folder, run);
  }

  /** Ids of all runs, the newest first. */
  ids(): string[] {
    const names = readNames(this.folder).map((name) => ({ name, atMs: changedMs(join(this.folder, name, JOURNAL)) }));
    return names.filter(({ atMs }) => atMs > 0).sort((a, b) => b.atMs - a.atMs).map(({ name }) => name);
  }

  /**
   * The run that an id, its beginning, or `latest` names.
   *
   * @throws ORRERY_NOT_FOUND when there is none, ORRERY_VALIDATION when there are several
   */
  find(given: string): string {
    const ids = this.ids();
    if (ids.includes(given)) return given;
    const found = given === 'latest' ? ids.slice(0, 1) : ids.filter((id) => id.startsWith(given));
    if (found.length > 1) throw new OrreryError('ORRERY_VALIDATION', `${given} may be ${found.slice(0, 5).join(' or ')}; give more of the id`);
    if (found[0] === undefined) throw new OrreryError('ORRERY_NOT_FOUND', `this machine began no pipeline run ${given} (they are kept in ${this.folder})`);
    return found[0];
  }

  /** Takes the run, which nobody may be carrying on. Returns undefined when somebody does. */
  own(run: string): OwnedRun | undefined {
    const folder = this.folderOf(run);
    const lock = RunLock.take(join(folder, 'lock'));
    if (lock === undefined) return undefined;
    const state = this.read(run);
    if (state === undefined) {
      lock.release();
      throw new OrreryError('ORRERY_NOT_FOUND', `the journal of run ${run} in ${folder} cannot be read`);
    }
    return { state, journal: PipelineJournal.reopen(join(folder, JOURNAL)), folder, release: () => lock.release() };
  }

  /**
   * Begins a run.
   *
   * @returns undefined when there is one of that id already
   * @throws ORRERY_CONFIG when nothing can be kept
   */
  begin(entry: BeginEntry): OwnedRun | undefined {
    const folder = this.folderOf(entry.run);
    try {
      this.forgetOld();
      mkdirSync(join(folder, 'logs'), { recursive: true, mode: 0o700 });
      const lock = RunLock.take(join(folder, 'lock'));
      if (lock === undefined) return undefined;
      if (this.read(entry.run) !== undefined) {
        lock.release();
        return undefined;
      }
      const journal = PipelineJournal.reopen(join(folder, JOURNAL));
      journal.append(entry);
      return { state: new RunState(entry), journal, folder, release: () => lock.release() };
    } catch (cause) {
      throw new OrreryError('ORRERY_CONFIG', `the run cannot be kept in ${folder} (${(cause as NodeJS.ErrnoException).code ?? String(cause)}); ORRERY_STATE_FOLDER names another place`, { cause });
    }
  }

  private forgetOld(): void {
    for (const name of readNames(this.folder)) {
      const changed = changedMs(join(this.folder, name, JOURNAL));
      if (changed > 0 && Date.now() - changed > KEPT_MS) rmSync(join(this.folder, name), { recursive: true, force: true });
    }
  }
}

/** Appends the lines of one run, each in one write. A process that is killed loses none that was appended. */
export class PipelineJournal {
  private constructor(private readonly file: string) {}

  /** Takes away a last line that was cut off, so that the next one does not grow onto it. */
  static reopen(file: string): PipelineJournal {
    const text = readText(file);
    const end = text.lastIndexOf('\n') + 1;
    if (end < text.length) truncateSync(file, Buffer.byteLength(text.slice(0, end)));
    return new PipelineJournal(file);
  }

  append(entry: RunEntry): void {
    appendFileSync(this.file, `${JSON.stringify(entry)}\n`, { mode: 0o600 });
  }

  read(): RunEntry[] {
    return readLines(this.file).map(parse).filter((entry) => entry !== undefined);
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function readLines(file: string): string[] {
  return readText(file).split('\n').filter((line) => line !== '');
}

function readNames(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function changedMs(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
