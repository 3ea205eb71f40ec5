import type { ExecutionRecord } from '@orrery/contracts';
import { eventOf, joinEvent, stubParent, type EventState } from './event-state.js';
import { instant, type Microseconds } from './instant.js';
import type { Join } from './join.js';
import { artifactOf, joinArtifact, joinMessage, joinSample, messageOf, sampleOf, type ArtifactState, type MessageState, type SampleState } from './leaf-state.js';
import { measureOf } from './measure.js';
import { joinRun, runOf, emptyRun, type RunState } from './run-state.js';
import { joinTask, stubTask, taskOf, type TaskState } from './task-state.js';

/** Everything known of one run: its tasks, what happened inside them, and what they read, wrote and said. */
export interface Trace {
  readonly run: RunState;
  readonly tasks: ReadonlyMap<string, TaskState>;
  readonly events: ReadonlyMap<string, EventState>;
  readonly artifacts: ReadonlyMap<string, ArtifactState>;
  readonly messages: ReadonlyMap<string, MessageState>;
  readonly samples: ReadonlyMap<string, SampleState>;
}

/** A trace under construction: the same join, in place, so that a batch of a thousand records makes few objects. */
export class TraceBuilder implements Trace {
  run: RunState;
  readonly tasks = new Map<string, TaskState>();
  readonly events = new Map<string, EventState>();
  readonly artifacts = new Map<string, ArtifactState>();
  readonly messages = new Map<string, MessageState>();
  readonly samples = new Map<string, SampleState>();

  constructor(runId: string) {
    this.run = emptyRun(runId);
  }

  /** Joins what one record says, making stubs for what it only names. */
  add(record: ExecutionRecord): void {
    const saidAtUs = saidAt(record);
    this.run = joinRun(this.run, runOf(record, saidAtUs));
    for (const task of record.tasks) this.addTask(taskOf(task, saidAtUs));
    for (const event of record.events) this.addEvent(eventOf(event, saidAtUs));
    for (const artifact of record.artifacts) this.addArtifact(artifactOf(artifact, saidAtUs));
    for (const message of record.messages) this.addMessage(messageOf(message, saidAtUs));
    for (const sample of record.samples) {
      const state = sampleOf(sample, saidAtUs);
      if (state !== null) this.addSample(state);
    }
  }

  /** Joins another trace of the same run. */
  addTrace(trace: Trace): void {
    this.run = joinRun(this.run, trace.run);
    for (const [id, task] of trace.tasks) put(this.tasks, id, task, joinTask);
    for (const [id, event] of trace.events) put(this.events, id, event, joinEvent);
    for (const [id, artifact] of trace.artifacts) put(this.artifacts, id, artifact, joinArtifact);
    for (const [id, message] of trace.messages) put(this.messages, id, message, joinMessage);
    for (const [id, sample] of trace.samples) put(this.samples, id, sample, joinSample);
  }

  private addTask(task: TaskState): void {
    put(this.tasks, task.taskId, task, joinTask);
    this.addStub(task.parentTaskId);
  }

  private addEvent(event: EventState): void {
    put(this.events, event.eventId, event, joinEvent);
    this.addStub(event.taskId);
    if (event.parentEventId !== null) put(this.events, event.parentEventId, stubParent(event.parentEventId, event), joinEvent);
  }

  private addArtifact(artifact: ArtifactState): void {
    put(this.artifacts, artifact.artifactId, artifact, joinArtifact);
    this.addStub(artifact.taskId);
  }

  private addMessage(message: MessageState): void {
    put(this.messages, message.messageId, message, joinMessage);
    this.addStub(message.taskId);
  }

  private addSample(sample: SampleState): void {
    put(this.samples, sample.sampleId, sample, joinSample);
    if (sample.taskId === null) return;
    put(this.tasks, sample.taskId, { ...stubTask(sample.taskId), measures: [measureOf(sample)] }, joinTask);
  }

  private addStub(taskId: string | null): void {
    if (taskId !== null && !this.tasks.has(taskId)) this.tasks.set(taskId, stubTask(taskId));
  }
}

/** Joins records of one run in any order; repeats of a record count once. */
export function traceOf(runId: string, records: Iterable<ExecutionRecord>): Trace {
  const builder = new TraceBuilder(runId);
  for (const record of records) builder.add(record);
  return builder;
}

/** When a record's statements were made: when its source says it happened, else when it came in. */
export function saidAt(record: ExecutionRecord): Microseconds {
  return instant(record.occurredAtMs) ?? instant(record.receivedAtMs) ?? 0;
}

function put<State>(states: Map<string, State>, id: string, state: State, join: Join<State>): void {
  const known = states.get(id);
  states.set(id, known === undefined ? state : join(known, state));
}
