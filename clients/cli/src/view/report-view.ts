import { severities, type Anomaly } from '../anomaly-shapes.js';
import type { AnomalyFigures, DailyReport, FlakyTask, SeverityCounts } from '../report/daily-report.js';
import { showNumber, showShare } from './amount.js';
import { placeWords } from './anomaly-view.js';
import { severityMark } from './severity-mark.js';
import { oneLine, type Style } from './style.js';
import { showDuration, showMoment } from './time.js';
import { wrap } from './wrap.js';

const LONGEST_TEXT = 400;
const LONGEST_NAME = 44;

interface ReportViewOptions {
  readonly style: Style;
  readonly width: number;
}

/** A report as plain text of short lines, as a mail can carry it. */
export function tellReport(report: DailyReport, options: ReportViewOptions): string[] {
  const { style } = options;
  return [
    style.strong(`Orrery, ${showMoment(report.from).slice(0, 16)} to ${showMoment(report.until).slice(0, 16)} UTC`),
    '',
    ...tellRuns(report.runs, style),
    ...tellSlowest(report, style),
    ...(report.anomalies === null ? ['', 'This platform keeps no baselines: nothing is known of anomalies.'] : tellAnomalies(report.anomalies, options)),
  ];
}

function tellRuns({ total, is_complete: isComplete, by_outcome: outcomes, failing_workflows: failing }: DailyReport['runs'], style: Style): string[] {
  if (total === 0) return ['No runs.'];
  const parts = Object.entries(outcomes).sort(([, a], [, b]) => b - a);
  return [
    `${style.strong('Runs')}  ${isComplete ? '' : 'more than '}${total}: ${parts.map(([outcome, count]) => `${count} ${oneLine(outcome, 40)}`).join(', ')}`,
    ...failing.map(({ workflow, failed, total: all }) => `  ${oneLine(workflow, LONGEST_NAME)}: ${failed} of ${all} failed`),
  ];
}

function tellSlowest({ slowest }: DailyReport, style: Style): string[] {
  if (slowest.length === 0) return [];
  return [
    '',
    style.strong('Slowest beside their usual'),
    ...slowest.map(({ run_id: id, workflow, duration_ms: took, usual_ms: usual, ratio }) => `  ${oneLine(workflow, LONGEST_NAME)}: ${showDuration(took)}, ${showNumber(ratio)} x its usual ${showDuration(usual)}  (${id.slice(0, 8)})`),
  ];
}

function tellAnomalies(figures: AnomalyFigures, options: ReportViewOptions): string[] {
  const { style } = options;
  const shownAsNew = new Set(figures.new_items.map(({ anomaly_id: id }) => id));
  const older = figures.open_items.filter(({ anomaly_id: id }) => !shownAsNew.has(id));
  const { count, detected, rate } = figures.false_positives;
  return [
    '',
    `${style.strong('New anomalies')}  ${countWords(figures.new)}`,
    ...figures.new_items.flatMap((anomaly) => tellItem(anomaly, options)),
    ...rest(figures.new, figures.new_items.length),
    '',
    `${style.strong('Open anomalies')}  ${countWords(figures.open)}`,
    ...older.flatMap((anomaly) => tellItem(anomaly, options)),
    ...(older.length === 0 && figures.open_items.length > 0 ? ['  listed above'] : []),
    ...rest(figures.open, figures.open_items.length),
    ...(figures.is_complete ? [] : ['  There were more than could be read; the counts are too low.']),
    ...tellFlaky(figures.flaky, options),
    '',
    `${style.strong('False positives')}  ${detected === 0 ? 'nothing was detected' : `${count} of ${detected} detected since then${rate === null ? '' : ` (${showShare(rate)})`}`}`,
  ];
}

function tellItem(anomaly: Anomaly, { style, width }: ReportViewOptions): string[] {
  const facts = [placeWords(anomaly), anomaly.anomaly_id.slice(0, 8), anomaly.status === 'open' ? '' : anomaly.status].filter(Boolean).map((fact) => oneLine(fact, 30));
  const title = oneLine(anomaly.title, Math.max(20, width - 6 - facts.join(', ').length - 4));
  return [`  ${severityMark(anomaly.severity, style)} ${title}  (${facts.join(', ')})`, ...wrap(oneLine(anomaly.text, LONGEST_TEXT), width, '    ')];
}

function tellFlaky(flaky: readonly FlakyTask[], { style, width }: ReportViewOptions): string[] {
  if (flaky.length === 0) return [];
  return [
    '',
    style.strong('Flaky'),
    ...flaky.map(({ anomaly_id: id, workflow, task, is_quarantine_suggested: isSuggested }) => `  ${oneLine([workflow, task].filter(Boolean).join(' / '), width - 40)}  (${id.slice(0, 8)})${isSuggested ? '  quarantine is suggested' : ''}`),
  ];
}

function countWords(counts: SeverityCounts): string {
  const parts = severities.filter((severity) => counts[severity] > 0).map((severity) => `${counts[severity]} ${severity}`);
  return parts.length === 0 ? 'none' : parts.join(', ');
}

function rest(counts: SeverityCounts, shown: number): string[] {
  const hidden = severities.reduce((sum, severity) => sum + counts[severity], 0) - shown;
  return hidden > 0 ? [`  … ${hidden} more; see \`orrery anomalies\``] : [];
}
