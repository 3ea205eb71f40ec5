import { severities, type Anomaly, type Resolution, type Workload } from '../anomaly-shapes.js';
import { showAmount, showNumber, showShare } from './amount.js';
import { severityMark, severityWord } from './severity-mark.js';
import { counted, oneLine, type Style } from './style.js';
import { showAgo, showMoment } from './time.js';
import { wrap } from './wrap.js';

export interface AnomalyViewOptions {
  readonly style: Style;
  readonly width: number;
  readonly nowMs: number;
}

const LONGEST_TEXT = 500;
const SHOWN_RUNS = 20;

/** An anomaly in a list: what it is, how it stands, and its sentence. */
export function tellAnomaly(anomaly: Anomaly, { style, width, nowMs }: AnomalyViewOptions): string[] {
  const facts = [
    placeWords(anomaly),
    anomaly.status,
    anomaly.muted_until !== null && Date.parse(anomaly.muted_until) > nowMs ? `muted until ${showMoment(anomaly.muted_until)} UTC` : '',
    `began ${showAgo(anomaly.since ?? anomaly.detected_at, nowMs)}`,
    counted(anomaly.count, 'time'),
    anomaly.anomaly_id.slice(0, 8),
  ];
  return [
    `${severityMark(anomaly.severity, style)} ${style.strong(oneLine(anomaly.title, Math.max(30, width - 60)))}  ${severityWord(anomaly.severity, style)} ${style.faint(`· ${facts.filter(Boolean).map((fact) => oneLine(fact, 60)).join(' · ')}`)}`,
    ...wrap(oneLine(anomaly.text, LONGEST_TEXT), width, '  '),
  ];
}

/** All that is known of an anomaly. */
export function tellAnomalyInFull(anomaly: Anomaly, options: AnomalyViewOptions): string[] {
  const { style } = options;
  const { subject, deviation } = anomaly;
  const facts: readonly (readonly [string, string])[] = [
    ['about', workloadWords(subject)],
    ['expected', measured(anomaly, anomaly.expected)],
    ['actual', measured(anomaly, anomaly.actual)],
    ['deviation', deviation === null ? '' : showNumber(deviation)],
    ['type', anomaly.type],
    ['since', moment(anomaly.since)],
    ['detected', moment(anomaly.detected_at)],
    ['last seen', anomaly.last_detected_at === anomaly.detected_at ? '' : moment(anomaly.last_detected_at)],
    ['acknowledged', signed(anomaly.acknowledged_at, anomaly.acknowledged_by)],
    ['resolved', anomaly.resolution === null ? '' : resolutionWords(anomaly.resolution)],
    ['baseline', anomaly.baseline?.key_id ?? ''],
    ['anomaly', anomaly.anomaly_id],
  ];
  const lines = facts.filter(([, value]) => value !== '').map(([name, value]) => `  ${style.faint(name.padEnd(12))}  ${oneLine(value, LONGEST_TEXT)}`);
  const runs = anomaly.run_ids.slice(-SHOWN_RUNS).map((id, index) => `  ${style.faint((index === 0 ? 'runs' : '').padEnd(12))}  ${oneLine(id, 100)}`);
  return [...tellAnomaly(anomaly, options), ...lines, ...runs];
}

const SHARES: ReadonlySet<string> = new Set(['success_rate', 'flaky', 'outage']);

/** What was expected or found: a start is a moment and not a length of time, and some numbers are shares. */
function measured({ type, unit }: Anomaly, value: number | null): string {
  if (type === 'missed_start') return value === null || !(Math.abs(value) <= 8.64e15) ? '' : moment(new Date(value).toISOString());
  return SHARES.has(type) ? showShare(value) : showAmount(value, unit);
}

/** What became of an anomaly, for the answer to an action. */
export function standingWords({ status, acknowledged_at: at, acknowledged_by: by, resolution }: Anomaly): string {
  if (resolution !== null) return `resolved: ${resolutionWords(resolution)}`;
  return status === 'acknowledged' ? `acknowledged ${signed(at, by)}`.trimEnd() : status;
}

/** The worst first; what is equally bad stays in its order. */
export function worstFirst(anomalies: readonly Anomaly[]): readonly Anomaly[] {
  return [...anomalies].sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
}

/** The workflow that an anomaly lies in, where its title does not say it. */
export function placeWords({ title, subject }: Anomaly): string {
  return subject.workflow && !title.includes(subject.workflow) ? `in ${subject.workflow}` : '';
}

/** A task of a workflow, or a workflow, with what else tells it from others. */
export function workloadWords({ workflow, task, namespace, engine, image, executor_class: executorClass }: Workload): string {
  const name = [workflow, task].filter(Boolean).join(' / ');
  const rest = [engine && `of ${engine}`, namespace && `in ${namespace}`, image && `image ${image}`, executorClass && `on ${executorClass}`].filter(Boolean);
  return [name, ...rest].join(', ');
}

const KINDS: Readonly<Record<string, string>> = { normal_returned: 'normal returned', person: 'by a person', false_positive: 'false positive', lapsed: 'nothing was heard for long' };

function resolutionWords({ kind, at, by, note }: Resolution): string {
  const words = kind === 'person' && isNamed(by) ? '' : (KINDS[kind] ?? kind);
  return [words, signed(at, by), note ? `“${note}”` : ''].filter(Boolean).join(' ');
}

function signed(at: string | null, by: string | null): string {
  return [isNamed(by) ? `by ${by}` : '', at === null ? '' : `at ${moment(at)}`].filter(Boolean).join(' ');
}

// Where nobody needs a key, everybody is the tenant `default`: that says nothing of who it was.
function isNamed(by: string | null): by is string {
  return by !== null && by !== '' && by !== 'default';
}

function moment(at: string | null): string {
  return at === null ? '' : `${showMoment(at)} UTC`;
}
