// What the public HTTP API answers about models and trainings, as far as the commands read it. Times are ISO 8601; what is not known is null.

export const modelKinds = ['duration', 'memory', 'failure', 'next_task'] as const;
export type ModelKind = (typeof modelKinds)[number];

export const modelStatuses = ['challenger', 'champion', 'retired', 'rejected'] as const;
export type ModelStatus = (typeof modelStatuses)[number];

type WorkflowName = { readonly workflow_id: string; readonly workflow: string } | null;

export interface Decision {
  readonly at: string;
  readonly what: string;
  readonly by: string;
  readonly reason: string;
}

export interface Model {
  readonly kind: ModelKind;
  readonly version: number;
  readonly scope: WorkflowName;
  readonly status: ModelStatus;
  readonly created_at: string;
  readonly promoted_at: string | null;
  readonly checksum: string;
  readonly size_bytes: number;
  /** The name of the model itself among the candidates. */
  readonly candidate: string;
  /** By candidate and metric. */
  readonly metrics: Readonly<Record<string, Readonly<Record<string, number | null>>>>;
  readonly last_decision: Decision | null;
}

export interface ModelCard extends Model {
  readonly training_id: string;
  readonly requested_by: string;
  readonly seed: number;
  readonly features: readonly string[];
  readonly data: {
    readonly from: string;
    readonly until: string;
    readonly held_out_from: string;
    readonly rows: number;
    readonly training_rows: number;
    readonly validation_rows: number;
    readonly held_out_rows: number;
  };
  readonly hyper_parameters: Readonly<Record<string, number | string>>;
  readonly chosen_by: string;
  readonly loss: string;
  readonly comparisons: readonly { readonly against: string; readonly rows: number; readonly challenger: number; readonly rival: number; readonly margin: number; readonly is_better: boolean }[];
  readonly calibration: readonly { readonly nominal: number; readonly observed: number | null }[];
  readonly tree: string | null;
  readonly runtime: Readonly<Record<string, unknown>> | null;
  readonly decisions: readonly Decision[];
}

export interface Rollback {
  readonly from: Model;
  readonly to: Model | null;
}

export interface Training {
  readonly training_id: string;
  readonly kind: ModelKind;
  readonly scope: WorkflowName;
  readonly status: 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled' | 'lost';
  readonly requested_at: string;
  readonly started_at: string | null;
  readonly finished_at: string | null;
  readonly progress: { readonly phase: string; readonly share: number; readonly words: string } | null;
  readonly message: string;
  readonly model_version: number | null;
}
