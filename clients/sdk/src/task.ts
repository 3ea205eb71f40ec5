import { nowMs, toIsoTime, type Moment } from './clock.js';
import { Call } from './call.js';
import type { EventKind, ExecutorData, FailureData, Labels, Outcome, RunIdentityData, TaskData } from './execution-data.js';
import { describeFailure, outcomeOf } from './failure.js';
import { Scope, type Recorder } from './scope.js';
import type { EventFields } from './scope-fields.js';
import { endWith } from './work.js';

export interface TaskOptions {
  /** Names the task within its run, so that others can depend on it and a repeat is the same task. @default the name */
  readonly id?: string;
  /** job, step, operator … @default 'task' */
  readonly kind?: string;
  /** The task that this one is a part of. */
  readonly parent?: Task | string;
  /** The tasks that had to end before this one could start. */
  readonly dependsOn?: readonly (Task | string)[];
  /** @minimum 1 @default 1 */
  readonly attempt?: number;
  readonly executor?: ExecutorData;
  readonly url?: string;
  readonly labels?: Labels;
  /** A changed hash starts a new baseline. */
  readonly commandHash?: string;
  /** Wait for `start()`; otherwise the task starts when it is made. @default false */
  readonly queued?: boolean;
  /** @default now */
  readonly startedAt?: Moment;
}

export interface End {
  /** @default 'success' for finish, by the error for fail */
  readonly outcome?: Outcome;
  /** @default now */
  readonly finishedAt?: Moment;
  readonly error?: FailureData;
}

/** A stage of a run. */
export class Task extends Scope {
  readonly id: string;
  private startedAt: string | undefined;

  constructor(
    recorder: Recorder,
    private readonly owner: { readonly run: RunIdentityData },
    private readonly name: string | undefined,
    private readonly options: TaskOptions,
  ) {
    const id = String(options.id ?? name);
    super(recorder, { run: owner.run, task: id });
    this.id = id;
  }

  /** Records the task as queued, with all that is known of it. */
  queue(): this {
    return this.state({ ...this.description(), status: 'queued', queued_at: toIsoTime(nowMs()) });
  }

  /** Records that the task runs from now on. */
  start(at: Moment = this.options.startedAt ?? nowMs()): this {
    this.startedAt ??= toIsoTime(at);
    return this.state({ ...this.description(), status: 'running', started_at: this.startedAt });
  }

  /** Ends the task. */
  finish(end: End = {}): void {
    this.state({
      name: this.name,
      status: 'finished',
      outcome: end.outcome ?? 'success',
      started_at: this.startedAt,
      finished_at: toIsoTime(end.finishedAt ?? nowMs()),
      error: end.error,
    });
  }

  /** Ends the task with what was thrown. */
  fail(thrown: unknown, end: End = {}): void {
    this.finish({ outcome: outcomeOf(thrown), error: describeFailure(thrown), ...end });
  }

  /**
   * Starts the task, does the work, ends the task by its result and passes the result on; what it throws goes on as well.
   *
   * @example
   * const rows = await run.task('extract').record(async (task) => { task.artifact('in.csv', { direction: 'input' }); return read(); });
   */
  record<Value>(work: (task: this) => Value | Promise<Value>): Promise<Value> {
    if (this.startedAt === undefined) this.start();
    return endWith(this, work);
  }

  /** A task inside this one. */
  task(name: string, options: TaskOptions = {}): Task {
    return openTask(this.recorder, this.owner, name, { parent: this, ...options });
  }

  /** Opens an execution event that takes time: an agent's turn, a model's or tool's call. */
  call(kind: EventKind, fields: EventFields = {}): Call {
    return new Call(this.recorder, this.place, kind, fields);
  }

  private description(): Omit<TaskData, 'id' | 'attempt'> {
    const { kind = 'task', parent, dependsOn, executor, url, labels, commandHash } = this.options;
    return {
      name: this.name,
      kind,
      parent: parent && idOf(parent),
      depends_on: dependsOn?.map(idOf),
      executor,
      url,
      labels,
      command_hash: commandHash,
    };
  }

  private state(task: Omit<TaskData, 'id' | 'attempt'>): this {
    this.recorder.record({ run: this.owner.run, tasks: [{ ...task, id: this.id, attempt: this.options.attempt }] }, 'structure');
    return this;
  }
}

function idOf(task: Task | string): string {
  return typeof task === 'string' ? task : task.id;
}

/** Makes a task and records that it waits or runs. */
export function openTask(recorder: Recorder, owner: { readonly run: RunIdentityData }, name: string, options: TaskOptions): Task {
  const task = new Task(recorder, owner, name, options);
  return options.queued ? task.queue() : task.start();
}
