/** What the public API answers about what is not normal: JSON in snake_case, times as ISO 8601 in UTC, absent values as null. */

export type Severity = 'critical' | 'warning' | 'info';
export type AnomalyStatus = 'open' | 'acknowledged' | 'resolved';

export interface AnomalySubject {
  readonly key_id: string;
  readonly subject: 'run' | 'task';
  readonly engine: string | null;
  readonly namespace: string | null;
  readonly workflow: string | null;
  readonly task: string | null;
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
  readonly subject: AnomalySubject;
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

/** What a reader can do about an anomaly, as the API's paths say it. */
export type AnomalyAction = 'acknowledge' | 'resolve' | 'false-positive';
