import { randomUUID } from 'node:crypto';
import { nowMs, toIsoTime, type Moment } from './clock.js';
import type { EventKind, Status } from './execution-data.js';
import { describeFailure, outcomeOf } from './failure.js';
import { eventData, recordEvent, Scope, type Place, type Recorder } from './scope.js';
import type { EventFields } from './scope-fields.js';
import { endWith } from './work.js';

/** How a call ended, and what became known only then. */
export type CallEnd = Omit<EventFields, 'startedAt' | 'status'>;

/** An execution event that takes time: it is recorded as running when it is made, and again when it ends. */
export class Call extends Scope {
  readonly id: string;
  private readonly startedAt: string | undefined;

  constructor(
    recorder: Recorder,
    private readonly outer: Place,
    private readonly kind: EventKind,
    private readonly fields: EventFields,
  ) {
    const id = randomUUID();
    super(recorder, { ...outer, event: id });
    this.id = id;
    this.startedAt = toIsoTime(fields.startedAt ?? nowMs());
    this.state('running', fields);
  }

  /** Opens a call within this one. */
  call(kind: EventKind, fields: EventFields = {}): Call {
    return new Call(this.recorder, this.place, kind, fields);
  }

  /** Ends the call; it succeeded unless the end says otherwise. */
  finish(end: CallEnd = {}): void {
    this.end({ outcome: 'success', ...end });
  }

  /** Ends the call with what was thrown. */
  fail(thrown: unknown, end: CallEnd = {}): void {
    this.end({ outcome: outcomeOf(thrown), error: describeFailure(thrown), ...end });
  }

  /** Does the work, ends the call by its result and passes the result on; what it throws goes on as well. */
  record<Value>(work: (call: this) => Value | Promise<Value>): Promise<Value> {
    return endWith(this, work);
  }

  private end(end: CallEnd): void {
    const finishedAt: Moment = end.finishedAt ?? nowMs();
    const { name, actor, target, model } = this.fields;
    this.state('finished', { name, actor, target, model, ...end, finishedAt });
  }

  private state(status: Status, fields: EventFields): void {
    const { id, kind, outer: place, startedAt } = this;
    recordEvent(this.recorder, place.run, eventData({ id, kind, place, status, startedAt }, fields));
  }
}
