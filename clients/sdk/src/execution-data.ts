// The body of a CloudEvent of type dev.orrery.execution.v1: statements about one run, each partial; the server joins them.
// Field names are the wire's own, so that what is built here is what is sent.

export type Status = 'queued' | 'running' | 'paused' | 'finished';
export type Outcome = 'success' | 'failure' | 'error' | 'timeout' | 'cancellation' | 'skip' | 'unknown';
export type EventKind =
  | 'agent_call'
  | 'model_call'
  | 'tool_call'
  | 'code_execution'
  | 'hand_off'
  | 'message'
  | 'retrieval'
  | 'log'
  | 'span'
  | 'attempt';
export type Attributes = Readonly<Record<string, unknown>>;
export type Labels = Readonly<Record<string, string>>;

export interface RunIdentityData {
  readonly id: string;
  readonly engine?: string;
  readonly source?: string;
  readonly attempt?: number;
}

export interface FailureData {
  readonly type?: string;
  readonly message?: string;
  readonly exit_code?: number;
}

export interface VersionControlData {
  readonly repository_url?: string;
  readonly revision?: string;
  readonly ref_name?: string;
  readonly ref_type?: string;
}

interface Progress {
  readonly status?: Status;
  readonly outcome?: Outcome;
  readonly queued_at?: string;
  readonly started_at?: string;
  readonly finished_at?: string;
  readonly error?: FailureData;
}

export interface RunData extends RunIdentityData, Progress {
  readonly workflow?: string;
  readonly namespace?: string;
  readonly trigger?: string;
  readonly url?: string;
  readonly parent?: RunIdentityData;
  readonly version_control?: VersionControlData;
  readonly trace_id?: string;
  readonly labels?: Labels;
}

export interface ExecutorData {
  readonly worker?: string;
  readonly host?: string;
  readonly pod?: string;
  readonly image?: string;
  readonly pool?: string;
  readonly executor_class?: string;
}

export interface TaskData extends Progress {
  readonly id: string;
  readonly name?: string;
  readonly kind?: string;
  readonly parent?: string;
  readonly depends_on?: readonly string[];
  readonly attempt?: number;
  readonly executor?: ExecutorData;
  readonly url?: string;
  readonly labels?: Labels;
  readonly command_hash?: string;
}

export interface EventData extends Omit<Progress, 'queued_at'> {
  readonly id: string;
  readonly task?: string;
  readonly parent?: string;
  readonly kind?: string;
  readonly name?: string;
  readonly actor?: string;
  readonly target?: string;
  readonly model?: string;
  readonly input_tokens?: number;
  readonly output_tokens?: number;
  readonly cost_usd?: number;
  readonly input?: unknown;
  readonly output?: unknown;
  readonly severity_number?: number;
  readonly attributes?: Attributes;
}

export interface ArtifactData {
  readonly task?: string;
  readonly event?: string;
  readonly direction: 'input' | 'output';
  readonly uri?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly digest?: string;
  readonly media_type?: string;
  readonly size_bytes?: number;
  readonly occurred_at?: string;
  readonly actor?: string;
  readonly attributes?: Attributes;
}

export interface MessageData {
  readonly id: string;
  readonly task?: string;
  readonly event?: string;
  readonly sender?: string;
  readonly receiver?: string;
  readonly role?: string;
  readonly content?: unknown;
  readonly occurred_at?: string;
}

export interface SampleData {
  readonly task?: string;
  readonly event?: string;
  readonly name: string;
  readonly unit?: string;
  readonly kind?: 'gauge' | 'sum';
  readonly value: number;
  readonly occurred_at?: string;
  readonly attributes?: Attributes;
}

export interface ExecutionData {
  readonly run: RunData;
  readonly tasks?: readonly TaskData[];
  readonly events?: readonly EventData[];
  readonly artifacts?: readonly ArtifactData[];
  readonly messages?: readonly MessageData[];
  readonly samples?: readonly SampleData[];
}
