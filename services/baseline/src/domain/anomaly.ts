import type { Level, WorkloadKey } from '@orrery/contracts';
import { hash } from 'node:crypto';
import type { Finding, FindingType, Severity } from './detection/finding.js';
import { quietSamples } from './stream-detector.js';
import { isoMinute } from './wording.js';

export type AnomalyStatus = 'open' | 'acknowledged' | 'resolved';

/** How an anomaly ended: by itself, by a person, as a false alarm, or because nothing was heard for long. */
export type ResolutionKind = 'normal_returned' | 'person' | 'false_positive' | 'lapsed';

export interface Resolution {
  readonly kind: ResolutionKind;
  readonly atMs: number;
  /** Empty when nobody did it. */
  readonly by: string;
  readonly note: string;
}

/** One episode of one cause on one subject: opened by the first finding, counted up by repeats, closed once. */
export interface Anomaly {
  readonly anomalyId: string;
  readonly subjectKeyId: string;
  readonly subject: WorkloadKey;
  readonly cause: string;
  readonly type: FindingType;
  readonly status: AnomalyStatus;
  /** The worst so far. */
  readonly severity: Severity;
  readonly title: string;
  /** Of the latest finding, with since when. */
  readonly text: string;
  readonly baselineKeyId: string | null;
  readonly level: Level | null;
  readonly expected: number | null;
  readonly actual: number | null;
  readonly deviation: number | null;
  readonly metric: string;
  readonly unit: string;
  /** How often it was seen. */
  readonly count: number;
  /** Normal observations in a row since the last finding. */
  readonly cleanCount: number;
  readonly sinceMs: number;
  readonly detectedAtMs: number;
  readonly lastDetectedAtMs: number;
  /** Run ids, oldest first: the first five and the latest fifteen. */
  readonly evidence: readonly string[];
  /** Task ids, bounded the same way. */
  readonly taskIds: readonly string[];
  readonly acknowledgedAtMs: number | null;
  readonly acknowledgedBy: string;
  readonly mutedUntilMs: number | null;
  readonly resolution: Resolution | null;
}

export type AnomalyEvent =
  | { readonly kind: 'finding'; readonly finding: Finding }
  | { readonly kind: 'normal'; readonly atMs: number }
  | { readonly kind: 'lapsed'; readonly atMs: number }
  | { readonly kind: 'action'; readonly action: AnomalyAction; readonly atMs: number; readonly by: string; readonly note?: string; readonly untilMs?: number };

export type AnomalyAction = 'acknowledge' | 'resolve' | 'mute' | 'false_positive';

/**
 * Normal observations in a row after which an anomaly resolves itself. Flaky ones need more: a flaky task is normal most of the time.
 * A series is silent of what it told for so long that only then silence says something.
 */
export const cleanObservationsToResolve: Readonly<Partial<Record<FindingType, number>>> & { readonly other: number } = {
  ...{ flaky: 20, success_rate: 5, new_error: 3, missed_start: 1, overrun: 1, outage: 1, new_normal: 1, metric: quietSamples },
  other: 3,
};

/** An anomaly that nothing was heard of for this long is closed as lapsed. */
export const lapsesAfterMs = 14 * 24 * 3_600_000;

const severities: readonly Severity[] = ['info', 'warning', 'critical'];

/**
 * The anomaly after an event. A finding opens one (also after a resolved one: a new episode with an id of its own) or counts the open one
 * up; normal observations in a row resolve it; a person's action is final. What does not apply leaves it as it is.
 *
 * @param anomaly the latest episode of this subject and cause, or null when there was none.
 */
export function fold(anomaly: Anomaly | null, event: AnomalyEvent): Anomaly | null {
  if (event.kind === 'finding') return anomaly === null || anomaly.status === 'resolved' ? opened(event.finding) : repeated(anomaly, event.finding);
  if (anomaly === null) return null;
  if (event.kind === 'action') return acted(anomaly, event);
  if (anomaly.status === 'resolved') return anomaly;
  if (event.kind === 'lapsed') return resolved(anomaly, { kind: 'lapsed', atMs: event.atMs, by: '', note: '' });
  const cleanCount = anomaly.cleanCount + 1;
  const needed = cleanObservationsToResolve[anomaly.type] ?? cleanObservationsToResolve.other;
  return cleanCount < needed ? { ...anomaly, cleanCount } : resolved({ ...anomaly, cleanCount }, { kind: 'normal_returned', atMs: event.atMs, by: '', note: '' });
}

/** Whether an anomaly's cause is among those that a verdict found normal (a name, or a prefix that ends in `*`). */
export function isNormalAgain(cause: string, normal: readonly string[]): boolean {
  return normal.some((name) => (name.endsWith('*') ? cause.startsWith(name.slice(0, -1)) : name === cause));
}

function opened(finding: Finding): Anomaly {
  const { subjectKeyId, subject, cause, type, severity, title, baselineKeyId, level, expected, actual, deviation, metric, unit, sinceMs, detectedAtMs } = finding;
  return {
    anomalyId: hash('sha256', ['anomaly', subjectKeyId, cause, finding.observationId].join('\n'), 'hex').slice(0, 32),
    ...{ subjectKeyId, subject, cause, type, severity, title, baselineKeyId, level, expected, actual, deviation, metric, unit, sinceMs, detectedAtMs },
    status: 'open',
    text: sentence(finding, sinceMs, 1),
    count: 1,
    cleanCount: 0,
    lastDetectedAtMs: detectedAtMs,
    evidence: bounded(finding.evidence),
    taskIds: bounded(taskIdsOf(finding)),
    acknowledgedAtMs: null,
    acknowledgedBy: '',
    mutedUntilMs: null,
    resolution: null,
  };
}

function repeated(anomaly: Anomaly, finding: Finding): Anomaly {
  const { title, baselineKeyId, level, expected, actual, deviation, unit } = finding;
  const sinceMs = Math.min(anomaly.sinceMs, finding.sinceMs);
  const count = anomaly.count + 1;
  return {
    ...anomaly,
    ...{ title, baselineKeyId, level, expected, actual, deviation, unit, sinceMs, count },
    severity: severities.indexOf(finding.severity) > severities.indexOf(anomaly.severity) ? finding.severity : anomaly.severity,
    text: sentence(finding, sinceMs, count),
    cleanCount: 0,
    lastDetectedAtMs: Math.max(anomaly.lastDetectedAtMs, finding.detectedAtMs),
    evidence: bounded([...anomaly.evidence, ...finding.evidence]),
    taskIds: bounded([...anomaly.taskIds, ...taskIdsOf(finding)]),
  };
}

function acted(anomaly: Anomaly, event: AnomalyEvent & { readonly kind: 'action' }): Anomaly {
  const { action, atMs, by, note = '' } = event;
  if (action === 'mute') return { ...anomaly, mutedUntilMs: event.untilMs ?? null };
  // A false alarm may be called one after it has resolved itself; the other actions are for what is still there.
  if (action === 'false_positive') return resolved(anomaly, { kind: 'false_positive', atMs, by, note });
  if (anomaly.status === 'resolved') return anomaly;
  if (action === 'resolve') return resolved(anomaly, { kind: 'person', atMs, by, note });
  return anomaly.status === 'acknowledged' ? anomaly : { ...anomaly, status: 'acknowledged', acknowledgedAtMs: atMs, acknowledgedBy: by };
}

function resolved(anomaly: Anomaly, resolution: Resolution): Anomaly {
  return { ...anomaly, status: 'resolved', resolution };
}

function taskIdsOf({ taskId }: Finding): readonly string[] {
  return taskId === '' ? [] : [taskId];
}

function bounded(runIds: readonly string[]): readonly string[] {
  const distinct = [...new Set(runIds)];
  return distinct.length <= 20 ? distinct : [...distinct.slice(0, 5), ...distinct.slice(-15)];
}

function sentence(finding: Finding, sinceMs: number, count: number): string {
  const times = count > 1 ? `, ${count} times` : '';
  return `${finding.text}${times}, since ${isoMinute(sinceMs, finding.detectedAtMs)}`;
}
