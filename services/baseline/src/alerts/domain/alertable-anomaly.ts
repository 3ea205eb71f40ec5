export const severities = ['info', 'warning', 'critical'] as const;
export type Severity = (typeof severities)[number];

/** An anomaly as an alert tells it. */
export interface AlertableAnomaly {
  readonly anomaly_id: string;
  readonly tenant_id: string;
  /** duration, memory, flaky and so on. */
  readonly type: string;
  readonly severity: Severity;
  /** open, acknowledged, resolved. */
  readonly status: string;
  readonly title: string;
  /** One sentence for a person. */
  readonly text: string;
  readonly workflow: string;
  /** Null for what concerns a whole run or workflow. */
  readonly task: string | null;
  /** With their units, as a person reads them; null where there is none. */
  readonly expected: string | null;
  readonly actual: string | null;
  readonly deviation: string | null;
  readonly detected_at_ms: number;
  readonly run_ids: readonly string[];
  /** Where a person looks at it; null when the installation has no address of its own. */
  readonly url: string | null;
}

/** What became of an anomaly that people are told of. */
export type AlertChangeKind = 'opened' | 'severity_raised' | 'resolved';

export interface AlertChange {
  readonly kind: AlertChangeKind;
  readonly anomaly: AlertableAnomaly;
}

/** One entry of a message; `reminder` says that an anomaly is still open. */
export interface Alert {
  readonly kind: AlertChangeKind | 'reminder';
  readonly anomaly: AlertableAnomaly;
}

/** Whether a severity is at least another one. */
export function isAtLeast(severity: Severity, least: Severity): boolean {
  return severities.indexOf(severity) >= severities.indexOf(least);
}

/** The gravest severity among alerts; info when there are none. */
export function gravest(alerts: readonly Alert[]): Severity {
  return alerts.reduce<Severity>((worst, { anomaly }) => (isAtLeast(anomaly.severity, worst) ? anomaly.severity : worst), 'info');
}
