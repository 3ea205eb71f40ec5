// What the public HTTP API answers about what is normal and what is not, as far as the commands read it. Times are ISO 8601; what is not known is null.

export const severities = ['critical', 'warning', 'info'] as const;
export type Severity = (typeof severities)[number];

export const anomalyStatuses = ['open', 'acknowledged', 'resolved', 'unresolved'] as const;
export type AnomalyStatus = Exclude<(typeof anomalyStatuses)[number], 'unresolved'>;

export const anomalyTypes = [
  ...['duration', 'memory', 'memory_trend', 'queue_time', 'success_rate', 'output_size', 'cost', 'tokens'],
  ...['overrun', 'missed_start', 'new_error', 'flaky', 'outage', 'new_normal', 'metric'],
] as const;

/** What a baseline is kept for; an empty or absent image, command or executor class means any. */
export interface Workload {
  readonly subject: 'run' | 'task';
  readonly engine: string | null;
  readonly namespace: string | null;
  readonly workflow: string | null;
  readonly task: string | null;
  readonly image: string | null;
  readonly command_hash: string | null;
  readonly executor_class: string | null;
}

export interface Resolution {
  readonly kind: string;
  readonly at: string | null;
  readonly by: string | null;
  readonly note: string | null;
}

export interface Anomaly {
  readonly anomaly_id: string;
  readonly type: string;
  readonly severity: Severity;
  readonly status: AnomalyStatus;
  readonly title: string;
  readonly text: string;
  readonly subject: Workload & { readonly key_id: string };
  readonly baseline: { readonly key_id: string; readonly level: number } | null;
  readonly expected: number | null;
  readonly actual: number | null;
  readonly deviation: number | null;
  readonly unit: string | null;
  readonly count: number;
  readonly since: string | null;
  readonly detected_at: string | null;
  readonly last_detected_at: string | null;
  readonly run_ids: readonly string[];
  readonly acknowledged_at: string | null;
  readonly acknowledged_by: string | null;
  readonly muted_until: string | null;
  readonly resolution: Resolution | null;
}

export interface MetricFigures {
  readonly unit: string | null;
  readonly count: number;
  readonly mean: number | null;
  readonly median: number | null;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly maximum: number | null;
}

export const metricNames = ['duration', 'queue_time', 'memory', 'cpu', 'output_size', 'input_tokens', 'output_tokens', 'cost'] as const;
export type MetricName = (typeof metricNames)[number];

export interface Flakiness {
  readonly score: number | null;
  readonly transitions: number | null;
  readonly results: number | null;
  readonly is_flaky: boolean;
  readonly is_quarantine_suggested: boolean;
  readonly passes_in_row: number | null;
}

export interface Baseline extends Workload {
  readonly key_id: string;
  readonly level: number;
  readonly count: number;
  readonly is_speaking: boolean;
  readonly updated_at: string | null;
  readonly shifted_at: string | null;
  readonly success_rate: { readonly mean: number; readonly lower: number; readonly upper: number; readonly count: number } | null;
  readonly metrics: Readonly<Partial<Record<MetricName, MetricFigures | null>>>;
  readonly flakiness: Flakiness | null;
}

export interface BaselineInFull extends Baseline {
  readonly coarser: readonly { readonly key_id: string; readonly level: number; readonly count: number }[];
  readonly is_stale: boolean;
}

export interface HistoryPoint {
  readonly at: string;
  readonly count: number;
  readonly duration: { readonly p50_ms: number | null; readonly p95_ms: number | null } | null;
  readonly memory: { readonly p50_bytes: number | null; readonly max_bytes: number | null } | null;
  readonly success_rate: number | null;
}

export interface AnomalyStatistics {
  readonly detected: number;
  readonly false_positives: number;
  readonly false_positive_rate: number | null;
}
