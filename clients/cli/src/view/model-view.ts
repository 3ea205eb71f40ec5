import type { Decision, Model, ModelCard, ModelStatus } from '../model-shapes.js';
import { showNumber, showShare } from './amount.js';
import { manyLines, oneLine, type Style } from './style.js';
import { layTable, type Column } from './table.js';
import { showAgo, showBytes, showMoment } from './time.js';
import { wrap } from './wrap.js';

interface ModelViewOptions {
  readonly style: Style;
  readonly width: number;
  readonly nowMs: number;
}

type Figures = Readonly<Record<string, number | null>>;

/** The metrics that lists and cards show, in their order: what they are called, and whether they are shares. */
const METRICS: readonly (readonly [metric: string, head: string, isShare: boolean])[] = [
  ['rows', 'ROWS', false],
  ['pinball', 'PINBALL', false],
  ['pinball_of_interval', 'PINBALL 3', false],
  ['mdape', 'MEDIAN ERROR', true],
  ['within_25', 'WITHIN 25 %', true],
  ['coverage_80', 'IN INTERVAL', true],
  ['log_loss', 'LOG LOSS', false],
  ['brier', 'BRIER', false],
  ['roc_auc', 'ROC AUC', false],
  ['pr_auc', 'PR AUC', false],
  ['failure_recall', 'FAILURES FOUND', true],
  ['failure_precision', 'OF THEM RIGHT', true],
  ['accuracy', 'ACCURACY', true],
  ['precision', 'PRECISION', true],
  ['recall', 'RECALL', true],
  ['f1', 'F1', false],
];

/** What a list shows of a model's figures, beside the best plain rule. */
const HEADLINE = { duration: 'mdape', memory: 'mdape', failure: 'log_loss', next_task: 'accuracy' } as const;

export function modelColumns({ style, nowMs }: Pick<ModelViewOptions, 'style' | 'nowMs'>): readonly Column<Model>[] {
  return [
    { head: 'MODEL', cell: ({ kind }) => kind },
    { head: 'VERSION', cell: ({ version }) => String(version), isRight: true },
    { head: 'WORKFLOW', cell: ({ scope }) => (scope === null ? '' : oneLine(scope.workflow || scope.workflow_id, 60)), maxWidth: 40 },
    { head: 'STATUS', cell: ({ status }) => status, paint: ({ status }, text) => paintOf(status, style)(text) },
    { head: 'TRAINED', cell: ({ created_at: at }) => showAgo(at, nowMs) },
    { head: 'FIGURES', cell: headline },
    { head: 'WHY', cell: ({ last_decision: last }) => (last === null ? '' : `${last.by}: ${oneLine(last.reason, 200)}`), maxWidth: 200 },
  ];
}

function paintOf(status: ModelStatus, style: Style): Style['good'] {
  if (status === 'champion') return style.good;
  return status === 'challenger' ? style.busy : style.faint;
}

function headline({ kind, candidate, metrics }: Model): string {
  const metric = HEADLINE[kind];
  const own = metrics[candidate]?.[metric];
  const rivals = Object.entries(metrics).filter(([name]) => name !== candidate).flatMap(([, figures]) => figures[metric] ?? []);
  if (own === null || own === undefined) return '';
  const best = rivals.length === 0 ? '' : ` (best other ${shown(metric, kind === 'next_task' ? Math.max(...rivals) : Math.min(...rivals))})`;
  return `${spoken(metric)} ${shown(metric, own)}${best}`;
}

function shown(metric: string, value: number): string {
  const isShare = METRICS.find(([name]) => name === metric)?.[2] ?? false;
  return isShare ? showShare(value) : showNumber(value);
}

function spoken(metric: string): string {
  return metric === 'mdape' ? 'median error' : metric.replaceAll('_', ' ');
}

/** A model in one line, for what was done to it. */
export function nameModel({ kind, version, scope }: Model): string {
  return `${kind} ${version}${scope === null ? '' : ` of ${oneLine(scope.workflow || scope.workflow_id, 100)}`}`;
}

/** All that is known of a model. */
export function tellModel(card: ModelCard, options: ModelViewOptions): string[] {
  const { style, width } = options;
  const { data } = card;
  const facts: readonly (readonly [string, string])[] = [
    ['trained', `${showMoment(card.created_at)} UTC for ${oneLine(card.requested_by, 100)}, training ${card.training_id}`],
    ['serves since', card.status === 'champion' ? `${showMoment(card.promoted_at)} UTC` : ''],
    ['data', `${data.rows} executions from ${showMoment(data.from)} to ${showMoment(data.until)} UTC`],
    ['parts', `${data.training_rows} to learn from, ${data.validation_rows} to choose by, the newest ${data.held_out_rows} (since ${showMoment(data.held_out_from)}) to measure on`],
    ['settings', Object.entries(card.hyper_parameters).map(([name, value]) => `${name} ${typeof value === 'number' ? showNumber(value) : oneLine(value, 60)}`).join(', ')],
    ['chosen by', oneLine(card.chosen_by, 400)],
    ['features', card.features.map((name) => oneLine(name, 60)).join(', ')],
    ['runtime', card.runtime === null ? '' : oneLine(JSON.stringify(card.runtime), 400)],
    ['artefact', `${showBytes(card.size_bytes)}, sha256 ${card.checksum}`],
  ];
  return [
    `${style.strong(`${nameModel(card)}`)}  ${paintOf(card.status, style)(card.status)}`,
    ...facts.filter(([, words]) => words !== '').flatMap(([name, words]) => hang(name, words, options)),
    ...tellMetrics(card, options),
    ...tellComparisons(card, width),
    ...tellCalibration(card, style),
    ...(card.tree === null ? [] : ['', style.faint('Decision tree'), ...manyLines(card.tree)]),
    '',
    ...card.decisions.flatMap((decision) => tellDecision(decision, options)),
  ];
}

const INDENT = 14;

function hang(name: string, words: string, { style, width }: ModelViewOptions): string[] {
  const [first = '', ...rest] = wrap(words, Math.max(40, width - INDENT));
  return [`  ${style.faint(name.padEnd(INDENT - 2))}${first}`, ...rest.map((line) => ' '.repeat(INDENT) + line)];
}

function tellMetrics({ metrics, candidate }: ModelCard, { style, width }: ModelViewOptions): string[] {
  const rows = Object.entries(metrics).sort(([left], [right]) => Number(right === candidate) - Number(left === candidate) || left.localeCompare(right));
  const known = METRICS.filter(([metric]) => rows.some(([, figures]) => figures[metric] !== null && figures[metric] !== undefined));
  const columns: readonly Column<readonly [string, Figures]>[] = [
    { head: 'ON THE NEWEST', cell: ([name]) => oneLine(name, 40), paint: ([name], text) => (name === candidate ? style.strong(text) : text) },
    ...known.map(([metric, head]) => ({ head, isRight: true, cell: ([, figures]: readonly [string, Figures]) => cellOf(metric, figures[metric]) })),
  ];
  return ['', ...layTable(rows, columns, width)];
}

function cellOf(metric: string, value: number | null | undefined): string {
  return value === null || value === undefined ? '–' : shown(metric, value);
}

function tellComparisons({ comparisons, loss }: ModelCard, width: number): string[] {
  if (comparisons.length === 0) return [];
  const columns: readonly Column<ModelCard['comparisons'][number]>[] = [
    { head: 'AGAINST', cell: ({ against }) => oneLine(against, 40) },
    { head: 'ROWS', cell: ({ rows }) => String(rows), isRight: true },
    { head: 'MODEL', cell: ({ rows, challenger }) => (rows === 0 ? '–' : showNumber(challenger)), isRight: true },
    { head: 'IT', cell: ({ rows, rival }) => (rows === 0 ? '–' : showNumber(rival)), isRight: true },
    { head: 'CHANCE', cell: ({ rows, margin }) => (rows === 0 ? '–' : showNumber(margin)), isRight: true },
    { head: oneLine(loss, 60).toUpperCase(), cell: ({ rows, is_better: isBetter }) => (rows === 0 ? '' : isBetter ? 'clearly better' : 'not clearly better') },
  ];
  return ['', ...layTable(comparisons, columns, width)];
}

function tellCalibration({ calibration }: ModelCard, style: Style): string[] {
  if (calibration.length === 0) return [];
  const points = calibration.map(({ nominal, observed }) => `${showShare(nominal)} → ${observed === null ? '–' : showShare(observed)}`);
  return ['', `${style.faint('calibration (said → came true)')}  ${points.join(', ')}`];
}

function tellDecision({ at, what, by, reason }: Decision, { style, width }: ModelViewOptions): string[] {
  const [first = '', ...rest] = wrap(`${what.replaceAll('_', ' ')} by ${oneLine(by, 100)}: ${oneLine(reason, 600)}`, Math.max(40, width - 21));
  return [`${style.faint(showMoment(at))}  ${first}`, ...rest.map((line) => ' '.repeat(21) + line)];
}
