import type { ArtifactState, MessageState, SampleState } from '../domain/leaf-state.js';
import type { Microseconds } from '../domain/instant.js';
import { fieldMap, type Row, type RowDraft } from './field-map.js';
import { insertStatement, loadStatement, shownList, upsertStatement, type TableShape } from './table.js';

const artifactFields = fieldMap<ArtifactState, keyof ArtifactState>({
  artifactId: 'uuid',
  taskId: 'uuid',
  eventId: 'uuid',
  direction: 'smallint',
  namespace: 'text',
  name: 'text',
  uri: 'text',
  digest: 'text',
  mediaType: 'text',
  sizeBytes: 'bigint',
  occurredAtUs: 'instant',
  saidAtUs: 'instant',
  actor: 'text',
  attributes: 'document',
});

export const artifactTable: TableShape = {
  table: 'artifact',
  key: ['run_id', 'artifact_id'],
  columns: { run_id: 'uuid', ...artifactFields.columns, placed_at: 'instant' },
};

export const insertArtifacts = insertStatement(artifactTable);
export const upsertArtifacts = upsertStatement(artifactTable);
export const loadArtifacts = loadStatement(artifactTable);
export const artifactColumns = shownList(artifactTable, 'a', ['attributes']);
export const fromArtifactRow = (row: Row): ArtifactState => artifactFields.fromRow(row);

export function fillArtifactRow(row: RowDraft, artifact: ArtifactState): void {
  artifactFields.fill(row, artifact);
  row['placed_at'] = artifact.occurredAtUs ?? artifact.saidAtUs;
}

const messageFields = fieldMap<MessageState, keyof MessageState>({
  messageId: 'uuid',
  taskId: 'uuid',
  eventId: 'uuid',
  sender: 'text',
  receiver: 'text',
  role: 'text',
  content: 'text',
  digest: 'text',
  occurredAtUs: 'instant',
  saidAtUs: 'instant',
});

export const messageTable: TableShape = {
  table: 'message',
  key: ['run_id', 'message_id', 'bucket'],
  columns: { run_id: 'uuid', bucket: 'date', ...messageFields.columns, placed_at: 'instant' },
};

export const insertMessages = insertStatement(messageTable);
export const upsertMessages = upsertStatement(messageTable);
export const loadMessages = loadStatement(messageTable);
export const messageColumns = shownList(messageTable, 'm', ['content']);
export const fromMessageRow = (row: Row): MessageState => messageFields.fromRow(row);

export function fillMessageRow(row: RowDraft, message: MessageState): void {
  messageFields.fill(row, message);
  row['placed_at'] = message.occurredAtUs ?? message.saidAtUs;
}

const sampleFields = fieldMap<SampleState, Exclude<keyof SampleState, 'atUs'>>({
  sampleId: 'uuid',
  taskId: 'uuid',
  eventId: 'uuid',
  name: 'text',
  unit: 'text',
  kind: 'smallint',
  value: 'float8',
  attributes: 'document',
});

export const sampleTable: TableShape = {
  table: 'sample',
  key: ['run_id', 'sample_id', 'bucket'],
  columns: { run_id: 'uuid', bucket: 'date', ...sampleFields.columns, placed_at: 'instant' },
};

export const insertSamples = insertStatement(sampleTable);
export const upsertSamples = upsertStatement(sampleTable);
export const loadSamples = loadStatement(sampleTable);
export const sampleColumns = shownList(sampleTable, 's', ['attributes']);

export function fillSampleRow(row: RowDraft, sample: SampleState): void {
  sampleFields.fill(row, sample);
  row['placed_at'] = sample.atUs;
}

export const fromSampleRow = (row: Row): SampleState => ({ ...sampleFields.fromRow(row), atUs: row['placed_at'] as Microseconds });
