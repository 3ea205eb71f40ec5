/** What the public API answers: JSON in snake_case, times as ISO 8601 in UTC, absent values as null. */

export type Status = 'queued' | 'running' | 'paused' | 'finished';
export type Outcome = 'success' | 'failure' | 'error' | 'timeout' | 'cancellation' | 'skip' | 'unknown';

export interface Fault {
  readonly type: string | null;
  readonly message: string | null;
  readonly exit_code: number | null;
}

export interface Progress {
  readonly status: Status | null;
  readonly outcome: Outcome | null;
}

export interface Timed {
  readonly started_at: string | null;
  readonly finished_at: string | null;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next_cursor: string | null;
}

export interface VersionControl {
  readonly repository_url: string | null;
  readonly revision: string | null;
  readonly ref_name: string | null;
  readonly ref_type: string | null;
}

export interface TaskCounts {
  readonly total: number;
  readonly queued: number;
  readonly running: number;
  readonly finished: number;
  readonly failed: number;
}

export interface Run extends Progress, Timed {
  readonly run_id: string;
  readonly engine: string | null;
  readonly source: string | null;
  readonly external_id: string | null;
  readonly attempt: number | null;
  readonly namespace: string | null;
  readonly workflow: string | null;
  readonly queued_at: string | null;
  readonly duration_ms: number | null;
  readonly trigger: string | null;
  readonly url: string | null;
  readonly version_control: VersionControl | null;
  readonly labels: Readonly<Record<string, string>> | null;
  readonly error: Fault | null;
  readonly parent_run_id: string | null;
  readonly root_run_id: string | null;
  readonly previous_run_id: string | null;
  readonly trace_id: string | null;
  readonly task_counts: TaskCounts;
  readonly event_count: number;
  readonly artifact_count: number;
  readonly received_at: string | null;
  readonly updated_at: string | null;
}

export interface Actor {
  readonly actor: string | null;
  readonly kind: string | null;
  readonly calls: number;
  readonly failures: number;
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  readonly cost_usd: number | null;
  readonly duration_ms: number | null;
}

export interface ChildRun extends Progress {
  readonly run_id: string;
  readonly workflow: string | null;
}

export interface RecordSource {
  readonly format: string;
  readonly type: string;
  readonly count: number;
}

export interface RunDetail extends Run {
  readonly actors: readonly Actor[];
  readonly child_runs: readonly ChildRun[];
  readonly sources: readonly RecordSource[];
  readonly flags: readonly string[];
}

export interface Executor {
  readonly worker: string | null;
  readonly host: string | null;
  readonly pod: string | null;
  readonly image: string | null;
  readonly pool: string | null;
  readonly executor_class: string | null;
}

export interface Attempt extends Progress, Timed {
  readonly attempt: number;
  readonly queued_at: string | null;
  readonly error: Fault | null;
  readonly executor: Executor | null;
}

export interface Task extends Progress, Timed {
  readonly task_id: string;
  readonly external_id: string | null;
  readonly parent_task_id: string | null;
  readonly depends_on: readonly string[];
  readonly name: string | null;
  readonly kind: string | null;
  readonly attempt: number | null;
  readonly attempts: readonly Attempt[];
  readonly queued_at: string | null;
  readonly duration_ms: number | null;
  readonly error: Fault | null;
  readonly executor: Executor | null;
  readonly url: string | null;
  readonly labels: Readonly<Record<string, string>> | null;
  readonly event_count: number;
  readonly artifact_count: number;
}

export interface ExecutionEvent extends Progress, Timed {
  readonly event_id: string;
  readonly external_id: string | null;
  readonly task_id: string | null;
  readonly parent_event_id: string | null;
  readonly kind: string | null;
  readonly name: string | null;
  readonly actor: string | null;
  readonly target: string | null;
  readonly duration_ms: number | null;
  readonly error: Fault | null;
  readonly model: string | null;
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  readonly cost_usd: number | null;
  readonly input: string | null;
  readonly output: string | null;
  readonly severity_number: number | null;
  readonly attributes: Readonly<Record<string, unknown>> | null;
  readonly artifact_count: number;
  readonly child_count: number;
  /** The first fifty; the others come through the timeline of this event. */
  readonly children: readonly ExecutionEvent[];
}

export interface Timeline extends Page<ExecutionEvent> {
  readonly total: number;
}

export interface Artifact {
  readonly artifact_id: string;
  readonly run_id: string;
  readonly task_id: string | null;
  readonly event_id: string | null;
  readonly direction: 'input' | 'output' | null;
  readonly namespace: string | null;
  readonly name: string | null;
  readonly uri: string | null;
  readonly digest: string | null;
  readonly media_type: string | null;
  readonly size_bytes: number | null;
  readonly occurred_at: string | null;
  readonly actor: string | null;
  readonly attributes: Readonly<Record<string, unknown>> | null;
}

export interface Message {
  readonly message_id: string;
  readonly task_id: string | null;
  readonly event_id: string | null;
  readonly sender: string | null;
  readonly receiver: string | null;
  readonly role: string | null;
  readonly content: string | null;
  readonly occurred_at: string | null;
}

export interface Sample {
  readonly task_id: string | null;
  readonly name: string;
  readonly unit: string | null;
  readonly kind: string | null;
  readonly value: number;
  readonly occurred_at: string | null;
}

export interface RunState {
  readonly at: string;
  readonly run: Run;
  readonly tasks: readonly Task[];
  readonly event_count: number;
  readonly artifacts: readonly Artifact[];
}

export interface Failure {
  readonly task: Task | null;
  readonly error: Fault | null;
  readonly upstream: readonly Task[];
  readonly events: readonly ExecutionEvent[];
  readonly log_tail: readonly string[];
  readonly summary: string;
}

export interface Touch {
  readonly run: { readonly run_id: string; readonly workflow: string | null; readonly engine: string | null };
  readonly task: { readonly task_id: string; readonly name: string | null } | null;
  readonly event: { readonly event_id: string; readonly name: string | null; readonly kind: string | null } | null;
  readonly actor: string | null;
  readonly occurred_at: string | null;
}

export interface Production extends Touch {
  readonly inputs: readonly Artifact[];
}

export interface ArtifactVersion {
  readonly digest: string | null;
  readonly size_bytes: number | null;
  readonly produced_by: readonly Production[];
  readonly read_by: readonly Touch[];
}

export interface Provenance {
  readonly uri: string | null;
  readonly versions: readonly ArtifactVersion[];
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
