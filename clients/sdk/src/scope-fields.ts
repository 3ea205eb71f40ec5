import type { Moment } from './clock.js';
import type { Attributes, FailureData, Outcome, Status } from './execution-data.js';

export interface EventFields {
  readonly name?: string;
  /** Who acted: the agent, tool or service. */
  readonly actor?: string;
  /** Whom it addressed: the agent handed to, the tool called. */
  readonly target?: string;
  readonly status?: Status;
  readonly outcome?: Outcome;
  /** @default now */
  readonly startedAt?: Moment;
  /** @default startedAt */
  readonly finishedAt?: Moment;
  readonly error?: FailureData;
  readonly model?: string;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly costUsd?: number;
  /** Text as it is, anything else as JSON. */
  readonly input?: unknown;
  /** Text as it is, anything else as JSON. */
  readonly output?: unknown;
  /** OpenTelemetry's numbers: 9 info, 13 warn, 17 error. */
  readonly severityNumber?: number;
  readonly attributes?: Attributes;
}

export interface ArtifactFields {
  /** @default 'output' */
  readonly direction?: 'input' | 'output';
  /** `sha256:HEX`; when given, the file is not read. */
  readonly digest?: string;
  readonly sizeBytes?: number;
  readonly mediaType?: string;
  /** Who made or read it. */
  readonly actor?: string;
  readonly occurredAt?: Moment;
  readonly attributes?: Attributes;
  /** Whether to hash a local file. @default true */
  readonly hash?: boolean;
}

export interface DataSetName {
  readonly namespace: string;
  readonly name: string;
}

export interface MessageFields {
  readonly sender?: string;
  readonly receiver?: string;
  /** system, user, assistant, tool … */
  readonly role?: string;
  readonly content?: unknown;
  readonly occurredAt?: Moment;
}

export interface SampleFields {
  /** UCUM; the well-known names have theirs. */
  readonly unit?: string;
  /** `gauge`: a level; `sum`: adds up. @default 'gauge' */
  readonly kind?: 'gauge' | 'sum';
  readonly occurredAt?: Moment;
  readonly attributes?: Attributes;
}
