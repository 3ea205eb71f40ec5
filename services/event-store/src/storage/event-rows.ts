import { placeOf, type EventState } from '../domain/event-state.js';
import type { Microseconds } from '../domain/instant.js';
import { fieldMap, type Row, type RowDraft } from './field-map.js';
import { fillProgress, fromProgressRow, progressColumns } from './progress-row.js';
import { insertStatement, loadStatement, shownList, upsertStatement, type TableShape } from './table.js';

const fields = fieldMap<EventState, Exclude<keyof EventState, 'progress' | 'saidAtUs'>>({
  eventId: 'uuid',
  externalId: 'text',
  taskId: 'uuid',
  parentEventId: 'uuid',
  kind: 'text',
  name: 'text',
  actor: 'text',
  target: 'text',
  model: 'text',
  inputTokens: 'bigint',
  outputTokens: 'bigint',
  costUsd: 'float8',
  attributes: 'document',
  input: 'text',
  output: 'text',
  severityNumber: 'int',
  isTold: 'boolean',
});

export const eventTable: TableShape = {
  table: 'execution_event',
  key: ['run_id', 'event_id', 'bucket'],
  columns: { run_id: 'uuid', bucket: 'date', ...fields.columns, ...progressColumns, placed_at: 'instant' },
};

export const insertEvents = insertStatement(eventTable);
export const upsertEvents = upsertStatement(eventTable);
export const loadEvents = loadStatement(eventTable);

/** The columns for showing. */
export const shownEventColumns = shownList(eventTable, 'e', ['attributes', 'input', 'output']);

export function fillEventRow(row: RowDraft, event: EventState): void {
  fields.fill(row, event);
  fillProgress(row, event.progress);
  row['placed_at'] = placeOf(event);
}

export function fromEventRow(row: Row): EventState {
  const progress = fromProgressRow(row);
  const isTimed = progress.startedAtUs !== null || progress.finishedAtUs !== null;
  return { ...fields.fromRow(row), progress, saidAtUs: isTimed ? null : (row['placed_at'] as Microseconds) };
}
