import { Direction, SampleKind, type Artifact, type Message, type Sample } from '@orrery/contracts';
import { joinAttributes } from './attributes.js';
import { instant, type Microseconds } from './instant.js';
import { fieldwise, greatest, least, type Join } from './join.js';
import { count, finite, name, told } from './values.js';

/** A file or data set that was read or written. */
export interface ArtifactState {
  readonly artifactId: string;
  readonly taskId: string | null;
  readonly eventId: string | null;
  readonly direction: Direction;
  readonly namespace: string | null;
  readonly name: string | null;
  readonly uri: string | null;
  readonly digest: string | null;
  readonly mediaType: string | null;
  readonly sizeBytes: number | null;
  readonly occurredAtUs: Microseconds | null;
  /** When it was first spoken of; where `occurredAtUs` is absent it takes its place in any order by time. */
  readonly saidAtUs: Microseconds;
  readonly actor: string | null;
  readonly attributes: string | null;
}

/** What one participant said to another. */
export interface MessageState {
  readonly messageId: string;
  readonly taskId: string | null;
  readonly eventId: string | null;
  readonly sender: string | null;
  readonly receiver: string | null;
  readonly role: string | null;
  readonly content: string | null;
  readonly digest: string | null;
  readonly occurredAtUs: Microseconds | null;
  readonly saidAtUs: Microseconds;
}

/** One measured value. */
export interface SampleState {
  readonly sampleId: string;
  readonly taskId: string | null;
  readonly eventId: string | null;
  readonly name: string | null;
  readonly unit: string | null;
  readonly kind: SampleKind;
  readonly value: number;
  readonly atUs: Microseconds;
  readonly attributes: string | null;
}

export const joinArtifact: Join<ArtifactState> = fieldwise<ArtifactState>({
  artifactId: greatest,
  taskId: greatest,
  eventId: greatest,
  direction: greatest,
  namespace: greatest,
  name: greatest,
  uri: greatest,
  digest: greatest,
  mediaType: greatest,
  sizeBytes: greatest,
  occurredAtUs: least,
  saidAtUs: least,
  actor: greatest,
  attributes: joinAttributes,
});

export const joinMessage: Join<MessageState> = fieldwise<MessageState>({
  messageId: greatest,
  taskId: greatest,
  eventId: greatest,
  sender: greatest,
  receiver: greatest,
  role: greatest,
  content: greatest,
  digest: greatest,
  occurredAtUs: least,
  saidAtUs: least,
});

/** A sample is one reading at one time; a contradicting repeat (same id) is decided like any other scalar. */
export const joinSample: Join<SampleState> = fieldwise<SampleState>({
  sampleId: greatest,
  taskId: greatest,
  eventId: greatest,
  name: greatest,
  unit: greatest,
  kind: greatest,
  value: greatest,
  atUs: least,
  attributes: joinAttributes,
});

export function artifactOf(artifact: Artifact, saidAtUs: Microseconds): ArtifactState {
  return {
    artifactId: artifact.artifactId,
    taskId: told(artifact.taskId),
    eventId: told(artifact.eventId),
    direction: artifact.direction,
    namespace: told(artifact.namespace),
    name: told(artifact.name),
    uri: told(artifact.uri),
    digest: name(artifact.digest),
    mediaType: told(artifact.mediaType),
    sizeBytes: count(artifact.sizeBytes),
    occurredAtUs: instant(artifact.occurredAtMs),
    saidAtUs,
    actor: name(artifact.actor),
    attributes: told(artifact.attributesJson),
  };
}

export function messageOf(message: Message, saidAtUs: Microseconds): MessageState {
  return {
    messageId: message.messageId,
    taskId: told(message.taskId),
    eventId: told(message.eventId),
    sender: name(message.sender),
    receiver: name(message.receiver),
    role: name(message.role),
    content: told(message.content),
    digest: told(message.digest),
    occurredAtUs: instant(message.occurredAtMs),
    saidAtUs,
  };
}

/** Null for a value that is no number; its record still holds it. */
export function sampleOf(sample: Sample, saidAtUs: Microseconds): SampleState | null {
  const value = finite(sample.value);
  if (value === null) return null;
  return {
    sampleId: sample.sampleId,
    taskId: told(sample.taskId),
    eventId: told(sample.eventId),
    name: name(sample.name),
    unit: name(sample.unit),
    kind: sample.kind,
    value,
    atUs: instant(sample.occurredAtMs) ?? saidAtUs,
    attributes: told(sample.attributesJson),
  };
}
