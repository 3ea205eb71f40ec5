import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { nowMs, toIsoTime } from './clock.js';
import type { ArtifactData, EventData, EventKind, ExecutionData, MessageData, RunIdentityData, SampleData, Status } from './execution-data.js';
import type { Lane } from './fact-queue.js';
import type { ArtifactFields, DataSetName, EventFields, MessageFields, SampleFields } from './scope-fields.js';

/** Takes what scopes record; the client behind it does the rest. */
export interface Recorder {
  record(data: ExecutionData, lane: Lane, characters?: number): void;
  /** Hashes the file somewhere else and records the artifact with its digest and size. */
  recordFile(filePath: string, run: RunIdentityData, artifact: ArtifactData): void;
}

/** Where in the trace something happens: a run, perhaps a task in it, perhaps an execution event in that. */
export interface Place {
  readonly run: RunIdentityData;
  readonly task?: string;
  readonly event?: string;
}

const UNITS: Readonly<Record<string, string>> = {
  peak_memory_bytes: 'By',
  cpu_seconds: 's',
  wall_seconds: 's',
  input_tokens: '{token}',
  output_tokens: '{token}',
  cost_usd: 'USD',
};

// Two letters at least before the colon: C:\data is a path.
const URI = /^[a-z][a-z0-9+.-]+:/i;

/** What can be recorded in a run, in a task and in an execution event alike. None of the calls throws, waits or does I/O. */
export abstract class Scope {
  protected constructor(
    protected readonly recorder: Recorder,
    protected readonly place: Place,
  ) {}

  /** Records that something happened, at once and as a whole; for something that takes time see `call`. Returns the event's id. */
  event(kind: EventKind, fields: EventFields = {}): string {
    const id = randomUUID();
    const startedAt = fields.startedAt ?? nowMs();
    const event = eventData({ id, kind, place: this.place, status: fields.status ?? 'finished', startedAt: toIsoTime(startedAt) }, fields);
    recordEvent(this.recorder, this.place.run, { ...event, finished_at: toIsoTime(fields.finishedAt ?? startedAt) });
    return id;
  }

  /**
   * Records a file, another resource or a data set that was written or read here. A local file is hashed in a worker thread;
   * its content counts as it is then.
   *
   * @example
   * task.artifact('out/report.pdf');
   * task.artifact('s3://bucket/key', { direction: 'input' });
   * task.artifact({ namespace: 'postgres://db:5432', name: 'shop.public.orders' }, { direction: 'input' });
   */
  artifact(what: string | URL | DataSetName, fields: ArtifactFields = {}): void {
    const { filePath, ...names } = nameArtifact(what);
    const artifact: ArtifactData = {
      ...this.parents(),
      ...names,
      direction: fields.direction ?? 'output',
      digest: fields.digest,
      size_bytes: fields.sizeBytes,
      media_type: fields.mediaType,
      actor: fields.actor,
      occurred_at: toIsoTime(fields.occurredAt ?? nowMs()),
      attributes: fields.attributes,
    };
    const { run } = this.place;
    if (filePath !== undefined && fields.digest === undefined && fields.hash !== false) this.recorder.recordFile(filePath, run, artifact);
    else this.recorder.record({ run, artifacts: [artifact] }, 'detail');
  }

  /** Records what one participant said to another. */
  message(fields: MessageFields): void {
    const { sender, receiver, role, content } = fields;
    const message: MessageData = { id: randomUUID(), ...this.parents(), sender, receiver, role, content, occurred_at: toIsoTime(fields.occurredAt ?? nowMs()) };
    this.recorder.record({ run: this.place.run, messages: [message] }, 'detail', lengthOf(content));
  }

  /** Records a measured value. */
  sample(name: string, value: number, fields: SampleFields = {}): void {
    const sample: SampleData = {
      ...this.parents(),
      name,
      value,
      unit: fields.unit ?? UNITS[name],
      kind: fields.kind ?? 'gauge',
      occurred_at: toIsoTime(fields.occurredAt ?? nowMs()),
      attributes: fields.attributes,
    };
    this.recorder.record({ run: this.place.run, samples: [sample] }, 'detail');
  }

  private parents(): { readonly task?: string; readonly event?: string } {
    return { task: this.place.task, event: this.place.event };
  }
}

export function recordEvent(recorder: Recorder, run: RunIdentityData, event: EventData): void {
  recorder.record({ run, events: [event] }, 'detail', lengthOf(event.input) + lengthOf(event.output));
}

interface EventIdentity {
  readonly id: string;
  readonly kind: EventKind;
  /** Where the event happened: its task, and the event around it. */
  readonly place: Place;
  readonly status: Status;
  readonly startedAt: string | undefined;
}

/** The wire's form of an event. Spelled out, because spreading what callers give costs microseconds of their time. */
export function eventData({ id, kind, place, status, startedAt }: EventIdentity, fields: EventFields): EventData {
  return {
    id,
    task: place.task,
    parent: place.event,
    kind,
    name: fields.name,
    actor: fields.actor,
    target: fields.target,
    status,
    outcome: fields.outcome,
    started_at: startedAt,
    finished_at: toIsoTime(fields.finishedAt),
    error: fields.error,
    model: fields.model,
    input_tokens: fields.inputTokens,
    output_tokens: fields.outputTokens,
    cost_usd: fields.costUsd,
    input: fields.input,
    output: fields.output,
    severity_number: fields.severityNumber,
    attributes: fields.attributes,
  };
}

function lengthOf(value: unknown): number {
  return typeof value === 'string' ? value.length : 0;
}

function nameArtifact(what: string | URL | DataSetName): Pick<ArtifactData, 'uri' | 'namespace' | 'name'> & { filePath?: string } {
  if (what instanceof URL) return nameArtifact(what.href);
  if (typeof what !== 'string') return { namespace: what.namespace, name: what.name };
  if (!URI.test(what)) {
    const filePath = resolve(what);
    return { uri: pathToFileURL(filePath).href, filePath };
  }
  return { uri: what, filePath: what.startsWith('file://') ? what : undefined };
}
