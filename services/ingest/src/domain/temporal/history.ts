import { record, records, text, timeMs, type JsonRecord } from '../json-reading.js';

/** One event of a workflow's history, in one spelling. */
export interface HistoryEvent {
  /** Position in the history, from 1 on. */
  readonly id: string;
  /** In capitals inside: ActivityTaskScheduled, also where the history has EVENT_TYPE_ACTIVITY_TASK_SCHEDULED. */
  readonly type: string;
  readonly timeMs: number | undefined;
  readonly attributes: JsonRecord;
}

/** The events of a history, be it bare, wrapped as `history`, or exported with its workflow. */
export function historyEventsOf(value: unknown): readonly HistoryEvent[] {
  const events = records(value, 'events').length > 0 ? records(value, 'events') : records(value, 'history', 'events');
  return events.flatMap((event) => {
    const type = eventTypeOf(event);
    const id = text(event, 'eventId');
    if (type === undefined || id === undefined) return [];
    const attributes = record(event, `${type.charAt(0).toLowerCase()}${type.slice(1)}EventAttributes`) ?? record(event, 'attributes') ?? {};
    return [{ id, type, timeMs: timeMs(event, 'eventTime'), attributes }];
  });
}

function eventTypeOf(event: JsonRecord): string | undefined {
  const written = text(event, 'eventType');
  if (written?.startsWith('EVENT_TYPE_') !== true) return written;
  const words = written.slice('EVENT_TYPE_'.length).toLowerCase().split('_');
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}
