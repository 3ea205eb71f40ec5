import type { AlertableAnomaly } from './alertable-anomaly.js';

const mostRunIds = 20;
const latestMs = 8.64e15;
// PostgreSQL's JSON holds no NUL, and UTF-8 no half of a surrogate pair.
const unstorable = /\u0000|\p{Surrogate}/gu;

/** An anomaly that any database, mail or page can hold: producers' texts must not stop the transaction that stores it. */
export function storableAnomaly(anomaly: AlertableAnomaly): AlertableAnomaly {
  const line = (text: string, mostCharacters: number) => text.slice(0, mostCharacters).replace(unstorable, '\ufffd');
  const optional = (text: string | null) => (text === null ? null : line(text, 500));
  return {
    anomaly_id: line(anomaly.anomaly_id, 200),
    tenant_id: anomaly.tenant_id,
    type: line(anomaly.type, 100),
    severity: anomaly.severity,
    status: line(anomaly.status, 100),
    title: line(anomaly.title, 500),
    text: line(anomaly.text, 4000),
    workflow: line(anomaly.workflow, 1000),
    task: anomaly.task === null ? null : line(anomaly.task, 1000),
    expected: optional(anomaly.expected),
    actual: optional(anomaly.actual),
    deviation: optional(anomaly.deviation),
    detected_at_ms: Number.isFinite(anomaly.detected_at_ms) ? Math.max(-latestMs, Math.min(latestMs, Math.round(anomaly.detected_at_ms))) : 0,
    run_ids: anomaly.run_ids.slice(0, mostRunIds).map((runId) => line(runId, 200)),
    url: anomaly.url === null ? null : line(anomaly.url, 2000),
  };
}
