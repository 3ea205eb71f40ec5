import { metricNames, type Baseline, type BaselineInFull, type Flakiness, type HistoryPoint, type MetricName } from '../anomaly-shapes.js';
import { showAmount, showNumber, showShare } from './amount.js';
import { workloadWords } from './anomaly-view.js';
import { drawSparkline } from './sparkline.js';
import { counted, oneLine, type Style } from './style.js';
import { layTable, type Column } from './table.js';
import { showAgo, showMoment } from './time.js';

const LEVELS = ['exact', 'any image', 'any executor', 'any'];
const LEVEL_SENTENCES = [
  'exact: this image, command and executor class',
  'any image and command; this executor class',
  'this image and command; any executor class',
  'any image, command and executor class',
];

/** How far a baseline backs off from the finest key, in a word or two. */
export function levelWord(level: number): string {
  return LEVELS[level] ?? `level ${level}`;
}

function levelSentence({ level, subject, image, command_hash: command, executor_class: executorClass }: Baseline): string {
  if (subject === 'run') return 'the workflow as a whole';
  if (level === 0 && !image && !command && !executorClass) return 'exact: the task names no image, command or executor class';
  return LEVEL_SENTENCES[level] ?? `level ${level}`;
}

export function baselineColumns(style: Style, nowMs: number): readonly Column<Baseline>[] {
  const amount = (name: MetricName, figure: 'median' | 'p95' | 'maximum') => (baseline: Baseline) => showAmount(baseline.metrics[name]?.[figure], baseline.metrics[name]?.unit ?? null);
  return [
    { head: 'KEY', cell: ({ key_id: id }) => id.slice(0, 8), paint: (_, text) => style.strong(text) },
    { head: 'WORKFLOW', cell: ({ workflow }) => oneLine(workflow ?? '', 200), maxWidth: 36 },
    { head: 'TASK', cell: ({ subject, task }) => (subject === 'run' ? '(run)' : oneLine(task ?? '', 200)), maxWidth: 36 },
    { head: 'LEVEL', cell: ({ level }) => levelWord(level) },
    { head: 'COUNT', cell: ({ count, is_speaking: isSpeaking }) => `${count}${isSpeaking ? '' : ' (few)'}`, isRight: true },
    { head: 'MEDIAN', cell: amount('duration', 'median'), isRight: true },
    { head: 'P95', cell: amount('duration', 'p95'), isRight: true },
    { head: 'MEM P95', cell: amount('memory', 'p95'), isRight: true },
    { head: 'MEM MAX', cell: amount('memory', 'maximum'), isRight: true },
    { head: 'SUCCESS', cell: ({ success_rate: rate }) => showShare(rate?.mean), isRight: true },
    { head: 'FLAKY', cell: ({ flakiness }) => (flakiness?.is_flaky ? 'flaky' : ''), paint: (_, text) => style.busy(text) },
    { head: 'UPDATED', cell: ({ updated_at: at }) => showAgo(at, nowMs), isRight: true },
  ];
}

interface InFull {
  readonly style: Style;
  readonly width: number;
  readonly nowMs: number;
}

/** All that is known of what is normal for one key, and how it came to be. */
export function tellBaseline(baseline: BaselineInFull, history: readonly HistoryPoint[], { style, width, nowMs }: InFull): string[] {
  const { success_rate: rate, updated_at: updated, shifted_at: shifted, flakiness } = baseline;
  const samples = `${counted(baseline.count, 'sample')}${baseline.is_speaking ? '' : ', too few to speak'}${baseline.is_stale ? ', stale' : ''}`;
  const facts: readonly (readonly [string, string])[] = [
    ['key', baseline.key_id],
    ['level', levelSentence(baseline)],
    ['command', baseline.command_hash ?? ''],
    ['learned from', `${samples}${updated === null ? '' : `, last ${showAgo(updated, nowMs)}`}`],
    ['new normal', shifted === null ? '' : `since ${showMoment(shifted)} UTC`],
    ['success rate', rate === null ? '' : `${showShare(rate.mean)}  (${showShare(rate.lower)} to ${showShare(rate.upper)}, ${counted(Math.round(rate.count), 'result')})`],
    ['flaky', flakinessWords(flakiness)],
  ];
  return [
    style.strong(oneLine(workloadWords(baseline), width)),
    ...facts.filter(([, value]) => value !== '').map(([name, value]) => `  ${style.faint(name.padEnd(12))}  ${oneLine(value, 200)}`),
    ...tellMetrics(baseline, width),
    ...tellHistory(history, style),
    ...tellCoarser(baseline, style),
  ];
}

function flakinessWords(flakiness: Flakiness | null): string {
  if (flakiness === null || !flakiness.is_flaky) return '';
  const { score, transitions, results, passes_in_row: passes } = flakiness;
  const figures = [transitions !== null && results !== null ? `${counted(transitions, 'change')} between pass and fail in ${counted(results, 'result')}` : '', score === null ? '' : `score ${showNumber(score)}`, passes === null ? '' : `${passes} passed in a row since`];
  return `${figures.filter(Boolean).join(', ')}${flakiness.is_quarantine_suggested ? '; quarantine is suggested' : ''}`;
}

function tellMetrics(baseline: Baseline, width: number): string[] {
  const rows = metricNames.flatMap((name) => {
    const figures = baseline.metrics[name];
    return figures === null || figures === undefined ? [] : [{ name, figures }];
  });
  if (rows.length === 0) return [];
  const figure = (head: string, name: 'mean' | 'median' | 'p95' | 'p99' | 'maximum'): Column<(typeof rows)[number]> => ({ head, cell: ({ figures }) => showAmount(figures[name], figures.unit), isRight: true });
  const columns: readonly Column<(typeof rows)[number]>[] = [
    { head: '  MEASURED', cell: ({ name }) => `  ${name.replace('_', ' ')}` },
    figure('MEAN', 'mean'),
    figure('MEDIAN', 'median'),
    figure('P95', 'p95'),
    figure('P99', 'p99'),
    figure('MAX', 'maximum'),
    { head: 'COUNT', cell: ({ figures }) => String(figures.count), isRight: true },
  ];
  return ['', ...layTable(rows, columns, width)];
}

function tellHistory(history: readonly HistoryPoint[], style: Style): string[] {
  const points = [...history].sort((a, b) => (a.at < b.at ? -1 : 1));
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined || points.length < 2) return [];
  const line = (name: string, values: readonly (number | null)[], unit: string): string[] => {
    const known = values.filter((value): value is number => value !== null);
    if (known.length < 2) return [];
    return [`  ${name.padEnd(10)}  ${drawSparkline(values)}  ${showAmount(known[0], unit)} → ${showAmount(known.at(-1), unit)}`];
  };
  return [
    '',
    `  HISTORY  ${style.faint(`${showMoment(first.at)} to ${showMoment(last.at)} UTC, ${counted(points.length, 'point')}`)}`,
    ...line('median', points.map(({ duration }) => duration?.p50_ms ?? null), 'ms'),
    ...line('memory max', points.map(({ memory }) => memory?.max_bytes ?? null), 'By'),
    ...line('success %', points.map(({ success_rate: rate }) => (rate === null ? null : rate * 100)), '1'),
  ];
}

function tellCoarser({ coarser }: BaselineInFull, style: Style): string[] {
  if (coarser.length === 0) return [];
  return ['', '  COARSER KEYS', ...coarser.map(({ key_id: id, level, count }) => `  ${style.strong(id.slice(0, 8))}  ${levelWord(level)}, ${counted(count, 'sample')}`)];
}
