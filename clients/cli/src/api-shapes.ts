// What the public HTTP API answers, as far as the commands read it. Times are ISO 8601; what is not known is null.

export type Status = 'queued' | 'running' | 'paused' | 'finished';
export type Outcome = 'success' | 'failure' | 'error' | 'timeout' | 'cancellation' | 'skip' | 'unknown';

export interface Failure {
  readonly type: string | null;
  readonly message: string | null;
  readonly exit_code: number | null;
}

interface Progress {
  readonly status: Status | null;
  readonly outcome: Outcome | null;
  readonly started_at: string | null;
  readonly finished_at: string | null;
  readonly duration_ms: number | null;
  readonly error: Failure | null;
}

export interface VersionControl {
  readonly repository_url: string | null;
  readonly revision: string | null;
  readonly ref_name: string | null;
  readonly ref_type: string | null;
}

export interface Run extends Progress {
  readonly run_id: string;
  readonly engine: string;
  readonly source: string;
  readonly external_id: string;
  readonly attempt: number;
  readonly namespace: string | null;
  readonly workflow: string | null;
  readonly queued_at: string | null;
  readonly trigger: string | null;
  readonly url: string | null;
  readonly version_control: VersionControl | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly task_counts: { readonly total: number; readonly queued: number; readonly running: number; readonly finished: number; readonly failed: number };
  readonly event_count: number;
  readonly artifact_count: number;
  readonly received_at: string;
}

export interface Task extends Progress {
  readonly task_id: string;
  readonly external_id: string;
  readonly parent_task_id: string | null;
  readonly depends_on: readonly string[];
  readonly name: string | null;
  readonly kind: string | null;
  readonly attempt: number;
  readonly attempts?: readonly unknown[];
  readonly queued_at: string | null;
  readonly executor: { readonly host?: string | null; readonly worker?: string | null; readonly pod?: string | null } | null;
  readonly event_count: number;
  readonly artifact_count: number;
}

export interface ExecutionEvent extends Progress {
  readonly event_id: string;
  readonly task_id: string | null;
  readonly kind: string | null;
  readonly name: string | null;
  readonly actor: string | null;
  readonly target: string | null;
  readonly model: string | null;
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  readonly cost_usd: number | null;
  readonly output: string | null;
  readonly child_count: number;
  readonly children?: readonly ExecutionEvent[];
}

export interface Artifact {
  readonly task_id: string | null;
  readonly event_id: string | null;
  readonly direction: 'input' | 'output';
  readonly namespace: string | null;
  readonly name: string | null;
  readonly uri: string | null;
  readonly digest: string | null;
  readonly size_bytes: number | null;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next_cursor: string | null;
}

/** Who touched an artifact: an event in a task in a run. */
export interface Place {
  readonly run: { readonly run_id: string; readonly workflow: string | null; readonly engine?: string };
  readonly task: { readonly task_id: string; readonly name: string | null } | null;
  readonly event: { readonly event_id: string; readonly name: string | null; readonly kind: string | null } | null;
  readonly actor: string | null;
  readonly occurred_at: string | null;
}

export interface Provenance {
  readonly uri: string | null;
  readonly versions: readonly {
    readonly digest: string | null;
    readonly size_bytes: number | null;
    readonly produced_by: readonly (Place & { readonly inputs: readonly Artifact[] })[];
    readonly read_by: readonly Place[];
  }[];
}

export interface FailureAnswer {
  readonly task: Task | null;
  readonly error: Failure | null;
  readonly upstream: readonly Task[];
  readonly events: readonly ExecutionEvent[];
  readonly log_tail: readonly string[];
  readonly summary: string;
}

export interface DeadLetter {
  readonly id: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string | number;
  readonly reason: string | null;
  readonly error_code: string | null;
  readonly received_at: string | null;
  readonly size_bytes: number | null;
  readonly replayed: boolean;
}

/** Answer of every endpoint that takes events in. */
export interface Receipt {
  readonly accepted?: number;
  readonly unrecognised?: number;
  readonly records?: readonly { readonly record_id: string; readonly run_ids: readonly string[] }[];
}
