import type { MessageInitShape } from '@bufbuild/protobuf';
import type {
  ArtifactSchema,
  ExecutionEventSchema,
  MessageSchema,
  RunSchema,
  SampleSchema,
  TaskSchema,
} from '@orrery/contracts';

export const formats = [
  'orrery',
  'cloudevents',
  'cdevents',
  'openlineage',
  'otlp_traces',
  'otlp_metrics',
  'otlp_logs',
  'github',
  'argo',
  'argo_events',
  'tekton',
  'kubernetes',
  'temporal',
  'prefect',
  'kestra',
  'unrecognised',
] as const;

/** What kind of producer wrote a payload. */
export type Format = (typeof formats)[number];

/** Facts of an engine, sorted by what they speak of; ids come from the identity functions of the contracts. */
export interface Execution {
  /** The run that all the rest belongs to; `runId` is required. */
  readonly run: MessageInitShape<typeof RunSchema> & { readonly runId: string };
  readonly tasks?: readonly MessageInitShape<typeof TaskSchema>[];
  readonly events?: readonly MessageInitShape<typeof ExecutionEventSchema>[];
  readonly artifacts?: readonly MessageInitShape<typeof ArtifactSchema>[];
  readonly messages?: readonly MessageInitShape<typeof MessageSchema>[];
  readonly samples?: readonly MessageInitShape<typeof SampleSchema>[];
}

/** One source event after mapping: whence it came, and what it says about which runs. */
export interface MappedEvent {
  readonly format: Format;
  readonly formatVersion?: string;
  /** The engine's own word for the kind of event, for example `workflow_job.completed`. */
  readonly type: string;
  /** URI of who sent it; with `externalId` the idempotency key. */
  readonly source: string;
  /** The source's id of this event; mappers of formats without ids derive one from what makes the event unique. */
  readonly externalId: string;
  readonly subject?: string;
  readonly sequence?: string;
  readonly traceparent?: string;
  /** When the source says it happened; absent when it does not say. Unix ms. */
  readonly occurredAtMs?: number;
  /** The bytes to keep for this event; absent means the whole payload. */
  readonly raw?: { readonly body: Uint8Array; readonly contentType: string };
  /** One for each run that the event speaks of; none when it carries no execution. */
  readonly executions: readonly Execution[];
  /** Doubts: missing_schema, negative_duration, clock_skew, unmapped … */
  readonly flags?: readonly string[];
}

export interface MappingContext {
  readonly tenantId: string;
  readonly receivedAtMs: number;
}

/** One payload as it came in: bytes, media type and the transport's headers in lower case. */
export interface IncomingPayload {
  readonly body: Uint8Array;
  readonly contentType: string;
  readonly headers: Readonly<Record<string, string>>;
  /** What the transport says the payload is; sniffed when absent. */
  readonly format?: Format;
}

/**
 * Turns one decoded JSON value (or protobuf message) of a format into events; pure. A mapper never throws on odd content:
 * it maps what it understands and flags the rest.
 *
 * @throws ORRERY_VALIDATION only when the value is not of the format at all, with a message that says what is missing.
 */
export type Mapper<Value = unknown> = (value: Value, payload: IncomingPayload, context: MappingContext) => readonly MappedEvent[];
