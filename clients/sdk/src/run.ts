import { randomUUID } from 'node:crypto';
import { nowMs, toIsoTime, type Moment } from './clock.js';
import { Call } from './call.js';
import type { EventKind, Labels, RunData, RunIdentityData, VersionControlData } from './execution-data.js';
import { describeFailure, outcomeOf } from './failure.js';
import { Scope, type Recorder } from './scope.js';
import type { EventFields } from './scope-fields.js';
import { openTask, type End, type Task, type TaskOptions } from './task.js';
import { endWith } from './work.js';

export interface RunOptions {
  /** Names the run at its source; the same id means the same run. @default a random UUID */
  readonly id?: string;
  /** @default 'orrery' */
  readonly engine?: string;
  /** URI of what the run belongs to. @default the client's source */
  readonly source?: string;
  /** @minimum 1 @default 1 */
  readonly attempt?: number;
  readonly namespace?: string;
  readonly trigger?: string;
  readonly url?: string;
  readonly parent?: Run | RunIdentityData;
  readonly versionControl?: VersionControlData;
  readonly traceId?: string;
  readonly labels?: Labels;
  /** Wait for `start()`; otherwise the run starts when it is made. @default false */
  readonly queued?: boolean;
  /** @default now */
  readonly startedAt?: Moment;
  /** Somebody else has announced the run: record into it without saying anything about the run itself. @default false */
  readonly existing?: boolean;
}

/** One execution of a workflow. */
export class Run extends Scope {
  readonly identity: RunIdentityData;
  private startedAt: string | undefined;

  constructor(
    recorder: Recorder,
    private readonly workflow: string | undefined,
    private readonly options: RunOptions,
  ) {
    const { engine, source, attempt } = options;
    const identity = { id: String(options.id ?? randomUUID()), engine, source, attempt };
    super(recorder, { run: identity });
    this.identity = identity;
  }

  get id(): string {
    return this.identity.id;
  }

  /** Records the run as queued, with all that is known of it. */
  queue(): this {
    return this.state({ ...this.description(), status: 'queued', queued_at: toIsoTime(nowMs()) });
  }

  /** Records that the run runs from now on. */
  start(at: Moment = this.options.startedAt ?? nowMs()): this {
    this.startedAt ??= toIsoTime(at);
    return this.state({ ...this.description(), status: 'running', started_at: this.startedAt });
  }

  /** Ends the run. */
  finish(end: End = {}): void {
    this.state({
      workflow: this.workflow,
      status: 'finished',
      outcome: end.outcome ?? 'success',
      started_at: this.startedAt,
      finished_at: toIsoTime(end.finishedAt ?? nowMs()),
      error: end.error,
    });
  }

  /** Ends the run with what was thrown. */
  fail(thrown: unknown, end: End = {}): void {
    this.finish({ outcome: outcomeOf(thrown), error: describeFailure(thrown), ...end });
  }

  /** Does the work, ends the run by its result and passes the result on; what it throws goes on as well. */
  record<Value>(work: (run: this) => Value | Promise<Value>): Promise<Value> {
    if (this.startedAt === undefined) this.start();
    return endWith(this, work);
  }

  /** A stage of this run; it starts now unless it is queued. */
  task(name: string, options: TaskOptions = {}): Task {
    return openTask(this.recorder, { run: this.identity }, name, options);
  }

  /** Opens an execution event of the run as a whole. */
  call(kind: EventKind, fields: EventFields = {}): Call {
    return new Call(this.recorder, this.place, kind, fields);
  }

  private description(): Omit<RunData, 'id'> {
    const { namespace, trigger, url, parent, versionControl, traceId, labels } = this.options;
    return {
      workflow: this.workflow,
      namespace,
      trigger,
      url,
      parent: parent instanceof Run ? parent.identity : parent,
      version_control: versionControl,
      trace_id: traceId,
      labels,
    };
  }

  private state(run: Omit<RunData, 'id'>): this {
    this.recorder.record({ run: { ...run, ...this.identity } }, 'structure');
    return this;
  }
}

/** Makes a run and records that it waits or runs, unless somebody else has done so. */
export function openRun(recorder: Recorder, workflow: string | undefined, options: RunOptions): Run {
  const run = new Run(recorder, workflow, options);
  if (options.existing) return run;
  return options.queued ? run.queue() : run.start();
}
