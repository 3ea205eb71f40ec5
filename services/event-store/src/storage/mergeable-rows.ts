import { joinEvent, type EventState } from '../domain/event-state.js';
import { joinArtifact, joinMessage, joinSample, type ArtifactState, type MessageState, type SampleState } from '../domain/leaf-state.js';
import { fillEventRow, fromEventRow, insertEvents, loadEvents, upsertEvents } from './event-rows.js';
import {
  fillArtifactRow,
  fillMessageRow,
  fillSampleRow,
  fromArtifactRow,
  fromMessageRow,
  fromSampleRow,
  insertArtifacts,
  insertMessages,
  insertSamples,
  loadArtifacts,
  loadMessages,
  loadSamples,
  upsertArtifacts,
  upsertMessages,
  upsertSamples,
} from './leaf-rows.js';
import type { MergeableRows } from './merge-rows.js';

export const eventRows: MergeableRows<EventState> = {
  insert: insertEvents,
  load: loadEvents,
  upsert: upsertEvents,
  idColumn: 'event_id',
  bucketColumn: 'bucket',
  fill: fillEventRow,
  fromRow: fromEventRow,
  join: joinEvent,
};

export const artifactRows: MergeableRows<ArtifactState> = {
  insert: insertArtifacts,
  load: loadArtifacts,
  upsert: upsertArtifacts,
  idColumn: 'artifact_id',
  fill: fillArtifactRow,
  fromRow: fromArtifactRow,
  join: joinArtifact,
};

export const messageRows: MergeableRows<MessageState> = {
  insert: insertMessages,
  load: loadMessages,
  upsert: upsertMessages,
  idColumn: 'message_id',
  bucketColumn: 'bucket',
  fill: fillMessageRow,
  fromRow: fromMessageRow,
  join: joinMessage,
};

export const sampleRows: MergeableRows<SampleState> = {
  insert: insertSamples,
  load: loadSamples,
  upsert: upsertSamples,
  idColumn: 'sample_id',
  bucketColumn: 'bucket',
  fill: fillSampleRow,
  fromRow: fromSampleRow,
  join: joinSample,
};
