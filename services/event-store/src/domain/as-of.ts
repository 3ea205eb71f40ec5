import type { ExecutionRecord } from '@orrery/contracts';
import { Status } from '@orrery/contracts';
import { placeOf, type EventState } from './event-state.js';
import type { Microseconds } from './instant.js';
import type { Progress } from './progress.js';
import type { TaskState } from './task-state.js';
import { saidAt, TraceBuilder, type Trace } from './trace.js';

/**
 * What one record tells of a run as it stood at a moment, for joining with the others. A record may speak long after the fact
 * (an import tells a whole run at once), so its times count and not when it was said: what had not begun is left out, what had
 * not ended is shown as it was, and what it says without a time counts from when it was said.
 */
export function traceAsOf(record: ExecutionRecord, atUs: Microseconds): Trace {
  const builder = new TraceBuilder(record.runId);
  builder.add(record);
  const moment = { atUs, isSaid: saidAt(record) <= atUs };
  return {
    run: { ...builder.run, progress: progressAsOf(builder.run.progress, moment) },
    tasks: present(builder.tasks, (task) => taskAsOf(task, moment)),
    events: present(builder.events, (event) => eventAsOf(event, moment)),
    artifacts: present(builder.artifacts, (artifact) => ((artifact.occurredAtUs ?? artifact.saidAtUs) <= atUs ? artifact : null)),
    messages: present(builder.messages, (message) => ((message.occurredAtUs ?? message.saidAtUs) <= atUs ? message : null)),
    samples: present(builder.samples, (sample) => (sample.atUs <= atUs ? sample : null)),
  };
}

interface Moment {
  readonly atUs: Microseconds;
  /** Whether the statement was made by then. */
  readonly isSaid: boolean;
}

function progressAsOf(progress: Progress, { atUs, isSaid }: Moment): Progress {
  const past = (time: Microseconds | null) => (time !== null && time <= atUs ? time : null);
  const isEnded = progress.finishedAtUs === null ? isSaid : progress.finishedAtUs <= atUs;
  const isStatusKept = progress.status?.status === Status.FINISHED ? isEnded : isSaid;
  return {
    status: isStatusKept ? progress.status : null,
    ending: isEnded ? progress.ending : null,
    lastFailure: isEnded ? progress.lastFailure : null,
    queuedAtUs: past(progress.queuedAtUs),
    startedAtUs: past(progress.startedAtUs),
    finishedAtUs: past(progress.finishedAtUs),
  };
}

function taskAsOf(task: TaskState, moment: Moment): TaskState | null {
  const attempts = task.attempts
    .map((attempt) => ({ ...attempt, progress: progressAsOf(attempt.progress, moment) }))
    .filter(({ progress }) => moment.isSaid || hasBegun(progress));
  const measures = task.measures.filter((measure) => measure.atUs <= moment.atUs);
  if (!moment.isSaid && attempts.length === 0 && measures.length === 0) return null;
  return { ...task, attempts, measures };
}

function eventAsOf(event: EventState, moment: Moment): EventState | null {
  if (placeOf(event) > moment.atUs) return null;
  return { ...event, progress: progressAsOf(event.progress, moment) };
}

function hasBegun({ queuedAtUs, startedAtUs, finishedAtUs }: Progress): boolean {
  return queuedAtUs !== null || startedAtUs !== null || finishedAtUs !== null;
}

function present<State>(states: ReadonlyMap<string, State>, asOf: (state: State) => State | null): ReadonlyMap<string, State> {
  const kept = new Map<string, State>();
  for (const [id, state] of states) {
    const then = asOf(state);
    if (then !== null) kept.set(id, then);
  }
  return kept;
}
