import { z } from 'zod';
import type { ArtifactState, MessageState, SampleState } from '../domain/leaf-state.js';
import { attributesSchema, attributesView, directionSchema, directionWord, isoOrNull, kindWord, textSchema, textView, timeSchema } from './words.js';

export const artifactSchema = z
  .object({
    artifact_id: z.uuid(),
    run_id: z.uuid(),
    task_id: textSchema,
    event_id: textSchema,
    direction: directionSchema.describe('output: it was written; input: it was read'),
    namespace: textSchema,
    name: textSchema,
    uri: textSchema,
    digest: textSchema.describe('algorithm:hex'),
    media_type: textSchema,
    size_bytes: z.int().nullable(),
    occurred_at: timeSchema,
    actor: textSchema.describe('Who did it; where nobody said so, the agent in whose call it was done'),
    attributes: attributesSchema,
  })
  .meta({ id: 'Artifact' });

export type ArtifactView = z.output<typeof artifactSchema>;

export const messageSchema = z
  .object({
    message_id: z.uuid(),
    task_id: textSchema,
    event_id: textSchema,
    sender: textSchema,
    receiver: textSchema,
    role: textSchema,
    content: textSchema.describe('Cut with an ellipsis after 32,768 characters'),
    digest: textSchema,
    occurred_at: timeSchema,
  })
  .meta({ id: 'Message' });

export type MessageView = z.output<typeof messageSchema>;

export const sampleSchema = z
  .object({
    sample_id: z.uuid(),
    task_id: textSchema,
    event_id: textSchema,
    name: textSchema,
    unit: textSchema.describe('UCUM'),
    kind: z.enum(['gauge', 'sum']).nullable(),
    value: z.number(),
    occurred_at: timeSchema,
    attributes: attributesSchema,
  })
  .meta({ id: 'Sample' });

export type SampleView = z.output<typeof sampleSchema>;

export function artifactView(runId: string, artifact: ArtifactState): ArtifactView {
  return {
    artifact_id: artifact.artifactId,
    run_id: runId,
    task_id: artifact.taskId,
    event_id: artifact.eventId,
    direction: directionWord(artifact.direction),
    namespace: artifact.namespace,
    name: artifact.name,
    uri: artifact.uri,
    digest: artifact.digest,
    media_type: artifact.mediaType,
    size_bytes: artifact.sizeBytes,
    occurred_at: isoOrNull(artifact.occurredAtUs),
    actor: artifact.actor,
    attributes: attributesView(artifact.attributes),
  };
}

export function messageView(message: MessageState): MessageView {
  return {
    message_id: message.messageId,
    task_id: message.taskId,
    event_id: message.eventId,
    sender: message.sender,
    receiver: message.receiver,
    role: message.role,
    content: textView(message.content),
    digest: message.digest,
    occurred_at: isoOrNull(message.occurredAtUs),
  };
}

export function sampleView(sample: SampleState): SampleView {
  return {
    sample_id: sample.sampleId,
    task_id: sample.taskId,
    event_id: sample.eventId,
    name: sample.name,
    unit: sample.unit,
    kind: kindWord(sample.kind),
    value: sample.value,
    occurred_at: isoOrNull(sample.atUs),
    attributes: attributesView(sample.attributes),
  };
}
