import type { ExecutionEvent } from '@orrery/contracts';
import { joinAttributes } from './attributes.js';
import type { Microseconds } from './instant.js';
import { fieldwise, greatest, least, type Join } from './join.js';
import { joinProgress, noProgress, progressOf, type Progress } from './progress.js';
import { count, finite, name, told } from './values.js';

/** All that was told about one execution event, joined. */
export interface EventState {
  readonly eventId: string;
  readonly externalId: string | null;
  readonly taskId: string | null;
  readonly parentEventId: string | null;
  readonly kind: string | null;
  readonly name: string | null;
  readonly actor: string | null;
  readonly target: string | null;
  readonly progress: Progress;
  readonly model: string | null;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly costUsd: number | null;
  readonly attributes: string | null;
  readonly input: string | null;
  readonly output: string | null;
  readonly severityNumber: number | null;
  /** When it, or a child of a stub, was first spoken of; dropped once a start or finish says better when it was. */
  readonly saidAtUs: Microseconds | null;
  /** False for a stub: a parent that its children named and that was not told itself. */
  readonly isTold: boolean;
}

const joinFields: Join<EventState> = fieldwise<EventState>({
  eventId: greatest,
  externalId: greatest,
  taskId: greatest,
  parentEventId: greatest,
  kind: greatest,
  name: greatest,
  actor: greatest,
  target: greatest,
  progress: joinProgress,
  model: greatest,
  inputTokens: greatest,
  outputTokens: greatest,
  costUsd: greatest,
  attributes: joinAttributes,
  input: greatest,
  output: greatest,
  severityNumber: greatest,
  saidAtUs: least,
  isTold: greatest,
});

/** Joins two accounts of one event. */
export const joinEvent: Join<EventState> = (a, b) => joinFields(standingBeside(a, b), standingBeside(b, a));

/** What stays of an account beside another one: a stub's guess at the task and the time of speaking give way to what is told. */
function standingBeside(event: EventState, other: EventState): EventState {
  const isGuessed = !event.isTold && other.isTold && event.taskId !== null;
  const isPlaced = event.saidAtUs !== null && isTimed(other.progress);
  if (!isGuessed && !isPlaced) return event;
  return { ...event, taskId: isGuessed ? null : event.taskId, saidAtUs: isPlaced ? null : event.saidAtUs };
}

/** What a statement says of its event. */
export function eventOf(event: ExecutionEvent, saidAtUs: Microseconds): EventState {
  const progress = progressOf(event, saidAtUs);
  return {
    eventId: event.eventId,
    externalId: told(event.externalId),
    taskId: told(event.taskId),
    parentEventId: event.parentEventId === event.eventId ? null : told(event.parentEventId),
    kind: name(event.kind),
    name: name(event.name),
    actor: name(event.actor),
    target: name(event.target),
    progress,
    model: name(event.model),
    inputTokens: count(event.inputTokens),
    outputTokens: count(event.outputTokens),
    costUsd: finite(event.costUsd),
    attributes: told(event.attributesJson),
    input: told(event.input),
    output: told(event.output),
    severityNumber: event.severityNumber === 0 ? null : event.severityNumber,
    saidAtUs: isTimed(progress) ? null : saidAtUs,
    isTold: true,
  };
}

/** The parent that an event names, as long as the parent itself was not told; it stands where and in the task where its child stands. */
export function stubParent(parentEventId: string, child: EventState): EventState {
  return { ...emptyEvent, eventId: parentEventId, taskId: child.taskId, saidAtUs: placeOf(child) };
}

/** Where an event stands in its timeline: its start, else its finish, else when it was first spoken of. */
export function placeOf({ progress, saidAtUs }: EventState): Microseconds {
  return progress.startedAtUs ?? progress.finishedAtUs ?? saidAtUs ?? 0;
}

const emptyEvent: EventState = {
  eventId: '',
  externalId: null,
  taskId: null,
  parentEventId: null,
  kind: null,
  name: null,
  actor: null,
  target: null,
  progress: noProgress,
  model: null,
  inputTokens: null,
  outputTokens: null,
  costUsd: null,
  attributes: null,
  input: null,
  output: null,
  severityNumber: null,
  saidAtUs: null,
  isTold: false,
};

function isTimed({ startedAtUs, finishedAtUs }: Progress): boolean {
  return startedAtUs !== null || finishedAtUs !== null;
}
