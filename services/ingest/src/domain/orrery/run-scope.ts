import { eventIdOf, taskIdOf } from '@orrery/contracts';
import type { JsonRecord } from '../json-reading.js';
import type { FieldReader } from './field-reader.js';

/** What the entries of one event's data share: their run, and the ids of tasks and events within it. */
export class RunScope {
  private readonly taskIds = new Map<string, string>();
  private readonly eventIds = new Map<string, string>();

  /**
   * @param occurredAtMs when the carrying event says it happened
   * @param carrierId what tells the carrying event from all others
   */
  constructor(
    readonly runId: string,
    readonly occurredAtMs: number | undefined,
    readonly carrierId: string,
  ) {}

  // Entries name the same few tasks again and again, and every id costs a hash.
  taskIdFor(externalId: string): string {
    return remembered(this.taskIds, externalId, taskIdOf, this.runId);
  }

  eventIdFor(externalId: string): string {
    return remembered(this.eventIds, externalId, eventIdOf, this.runId);
  }
}

/** What an artifact, a message or a sample belongs to; both absent means the run. */
export interface Place {
  readonly task: string | undefined;
  readonly event: string | undefined;
  readonly taskId: string | undefined;
  readonly eventId: string | undefined;
}

/** Reads `task` and `event`. */
export function placeIn(from: JsonRecord, reader: FieldReader, scope: RunScope): Place {
  const task = reader.text(from, 'task');
  const event = reader.text(from, 'event');
  return {
    task,
    event,
    taskId: task === undefined ? undefined : scope.taskIdFor(task),
    eventId: event === undefined ? undefined : scope.eventIdFor(event),
  };
}

function remembered(
  known: Map<string, string>,
  externalId: string,
  make: (runId: string, externalId: string) => string,
  runId: string,
): string {
  let id = known.get(externalId);
  if (id === undefined) {
    id = make(runId, externalId);
    known.set(externalId, id);
  }
  return id;
}
