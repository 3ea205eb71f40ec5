import type { AlertableAnomaly, AlertChange } from './alerts/index.js';
import { durationText, lapsesAfterMs, sizeText, trimmed, type Anomaly } from './domain/index.js';
import type { AnomalyChange } from './learning/anomaly-board.js';

/** What was seen longer ago is history (an import, a replay): nobody is woken for it. */
const alertsForMs = 24 * 3_600_000;

const severities = ['info', 'warning', 'critical'];

/** What people are to be told of a change; null for nothing. */
export function alertChangeOf({ before, after }: AnomalyChange, nowMs: number): AlertChange | null {
  const kind = kindOf(before, after);
  // The end of one that people were told of may come days later, but not after it would have lapsed.
  const isHistory = nowMs - after.lastDetectedAtMs > (kind === 'resolved' ? lapsesAfterMs : alertsForMs);
  return kind === null || isHistory || isMuted(after, nowMs) ? null : { kind, anomaly: alertableAnomaly(after) };
}

function kindOf(before: Anomaly | null, after: Anomaly): AlertChange['kind'] | null {
  if (after.status === 'resolved') return before === null || before.status === 'resolved' ? null : 'resolved';
  if (before === null) return 'opened';
  return severities.indexOf(after.severity) > severities.indexOf(before.severity) ? 'severity_raised' : null;
}

export function isMuted({ mutedUntilMs }: Anomaly, nowMs: number): boolean {
  return mutedUntilMs !== null && mutedUntilMs > nowMs;
}

/** An anomaly in the form in which alerts tell it. */
export function alertableAnomaly(anomaly: Anomaly): AlertableAnomaly {
  const { anomalyId, type, severity, status, title, text, subject, unit, expected, actual, deviation, detectedAtMs, evidence } = anomaly;
  return {
    ...{ anomaly_id: anomalyId, tenant_id: subject.tenantId, type, severity, status, title, text },
    ...{ workflow: subject.workflow, task: subject.task === '' ? null : subject.task },
    ...{ expected: measured(anomaly.metric, unit, expected), actual: measured(anomaly.metric, unit, actual), deviation: deviation === null ? null : trimmed(deviation) },
    ...{ detected_at_ms: detectedAtMs, run_ids: evidence, url: null },
  };
}

function measured(metric: string, unit: string, value: number | null): string | null {
  if (value === null) return null;
  if (metric.endsWith('_at_ms')) return new Date(value).toISOString();
  if (unit === 'ms') return durationText(value);
  if (unit === 'By') return sizeText(value);
  // Annotations of UCUM name what is counted: {token}, {run}.
  const word = unit.replace(/^\{(.+)\}$/, '$1s');
  return unit === '1' || unit === '' ? trimmed(value) : `${trimmed(value)} ${word}`;
}
