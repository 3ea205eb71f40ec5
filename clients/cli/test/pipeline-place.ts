import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExecutionData } from '@orrery/sdk';
import { CommandLine, type Finished, type Started } from './command-line.js';
import { FakePlatform, type Answer, type Received } from './fake-platform.js';

type Task = NonNullable<ExecutionData['tasks']>[number];

/** What a scheduler is asked, as far as specs look at it. */
export interface Question {
  readonly scheduler: string;
  readonly policy: string;
  readonly pools: readonly { readonly pool_id: string; readonly slots: number; readonly free_slots: number; readonly memory_bytes?: number; readonly free_memory_bytes?: number }[];
  readonly runs: readonly {
    readonly run_id: string;
    readonly workflow: string;
    readonly weight?: number;
    readonly tasks: readonly { readonly name: string; readonly depends_on: readonly string[]; readonly count: number; readonly running: number; readonly finished: number; readonly duration_ms?: number; readonly memory_bytes?: number }[];
  }[];
}

export interface Assignment {
  readonly run_id: string;
  readonly task: string;
  readonly count: number;
  readonly memory_bytes?: number;
  readonly reason?: string;
}

type Advice = (question: Question) => readonly Assignment[] | Answer | 'hang' | 'reset';

/** A folder with pipelines in it, and a platform whose scheduler says what a spec tells it to. */
export class PipelinePlace {
  /** What the scheduler was asked, in order. */
  readonly asked: Question[] = [];
  advise: Advice = () => ({ status: 404, json: { title: 'There is no such thing', status: 404, detail: 'no such route', code: 'ORRERY_NOT_FOUND' } });

  /** Why another policy than the one that was asked for decides. */
  fallback = { fallback: '', fallback_words: '' };

  private constructor(
    public platform: FakePlatform,
    readonly orrery: CommandLine,
  ) {}

  static async create(): Promise<PipelinePlace> {
    const orrery = await CommandLine.create();
    const place: PipelinePlace = new PipelinePlace(await FakePlatform.start((request) => place.answer(request)), orrery);
    return place;
  }

  async remove(): Promise<void> {
    await this.orrery.remove();
    await this.platform.stop();
  }

  get folder(): string {
    return this.orrery.folder;
  }

  async write(name: string, text: string): Promise<void> {
    await writeFile(join(this.folder, name), text);
  }

  async read(name: string): Promise<string> {
    return readFile(join(this.folder, name), 'utf8').catch(() => '');
  }

  /** Resolves when the file holds what is looked for. */
  async until(name: string, isThere: (text: string) => boolean): Promise<string> {
    for (;;) {
      const text = await this.read(name);
      if (isThere(text)) return text;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  start(...args: string[]): Started {
    return this.orrery.start(args, { url: this.platform.url });
  }

  run(...args: string[]): Promise<Finished> {
    return this.start('run', ...args).finished;
  }

  /** Events that `--json` printed. */
  static events(stdout: string): Record<string, unknown>[] {
    return stdout.split('\n').filter(Boolean).map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  /** Ends of tasks as the platform heard them: `id attempt outcome`. */
  get ends(): string[] {
    return this.tasks.filter(({ status }) => status === 'finished').map(({ id, attempt, outcome }) => `${id} ${attempt} ${outcome}`);
  }

  get tasks(): readonly Task[] {
    return this.platform.said.flatMap(({ tasks = [] }) => tasks);
  }

  /** The newest state of the run. */
  get runEnd(): ExecutionData['run'] | undefined {
    return this.platform.said.map(({ run }) => run).filter(({ status }) => status === 'finished').at(-1);
  }

  private answer({ path, body }: Received): Answer | 'hang' | 'reset' | undefined {
    if (path !== '/api/v1/schedule/decide') return undefined;
    const question = JSON.parse(body.toString()) as Question;
    this.asked.push(question);
    const advice = this.advise(question);
    if (!Array.isArray(advice)) return advice as Answer | 'hang' | 'reset';
    return { json: { decision_id: `d-${this.asked.length}`, policy: { name: this.fallback.fallback === '' ? question.policy || 'learned' : 'fair', version: 1 }, ...this.fallback, assignments: advice, heuristic_assignments: [], took_ms: 1, experiment_id: '', arm: '' } };
  }
}

/** Tasks of a question that could start now, in its order. */
export function startable({ runs }: Question): Assignment[] {
  return runs.flatMap(({ run_id, tasks }) => {
    const done = new Set(tasks.filter(({ count, finished }) => finished >= count).map(({ name }) => name));
    return tasks.filter(({ count, running, finished, depends_on }) => running + finished < count && depends_on.every((name) => done.has(name))).map(({ name, count, running, finished }) => ({ run_id, task: name, count: count - running - finished }));
  });
}

/** Whether a process lives; an orphan that ended may stay as a zombie where process 1 does not collect it. */
export function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
