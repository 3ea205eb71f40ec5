import type { AccuracyAnswer, AccuracyRow, FloorFigures, Verdict, WorkflowAccuracy } from '../prediction-shapes.js';
import { showNumber, showShare } from './amount.js';
import { drawSparkline } from './sparkline.js';
import { counted, oneLine, type Style } from './style.js';
import { layTable, type Column } from './table.js';
import { showMoment } from './time.js';

interface AccuracyViewOptions {
  readonly style: Style;
  readonly width: number;
}

const LISTED_WORKFLOWS = 50;

/** How good predictions were: the score, the floors beside it, how it came to be, and where it is good or bad. */
export function tellAccuracy(answer: AccuracyAnswer, { style, width }: AccuracyViewOptions): string[] {
  if (answer.scored === 0) return ['nothing that was predicted has happened yet; predictions are made for every run and task, and scored when it ends'];
  return [
    ...tellScore(answer, style),
    ...tellTime(answer, style),
    '',
    ...layTable(answer.by_target, rowColumns(answer.by_target), width),
    ...(answer.workflows.length === 0 ? [] : ['', ...layTable(answer.workflows.slice(0, LISTED_WORKFLOWS), workflowColumns(style), width)]),
    ...(answer.workflows.length > LISTED_WORKFLOWS ? [style.faint(`… ${answer.workflows.length - LISTED_WORKFLOWS} more; see --csv or --json`)] : []),
    ...(answer.workflows.length === 1 ? tellTasks(answer.workflows[0]?.tasks ?? [], width) : []),
  ];
}

const VERDICTS: Readonly<Record<Verdict, string>> = { target: 'on target (more than 80 %)', warning: 'below the target of 80 %', critical: 'critical: below 60 %' };

function paintOf(verdict: Verdict | null, style: Style): Style['good'] {
  if (verdict === 'target') return style.good;
  return verdict === 'warning' ? style.busy : verdict === 'critical' ? style.bad : style.faint;
}

function tellScore({ score, verdict, scored, by_target: targets }: AccuracyAnswer, style: Style): string[] {
  if (score === null) return [`${style.strong('Score')}  none: no predicted duration was scored; ${counted(scored, 'prediction')} of other kinds ${scored === 1 ? 'was' : 'were'}`];
  const words = verdict === null ? '' : `  ${paintOf(verdict, style)(VERDICTS[verdict] ?? verdict)}`;
  const beside = targets.find(({ target, origin }) => target === 'duration' && origin === 'tracked')?.floors ?? [];
  return [
    `${style.strong('Score')}  ${paintOf(verdict, style)(showShare(score))} of durations at most a quarter off${words}`,
    ...(beside.length === 0 ? [] : [`       ${style.faint('plain rules:')} ${floorWords(beside)}`]),
  ];
}

function floorWords(floors: readonly FloorFigures[]): string {
  return floors.map(({ name, within_25: within }) => `${spoken(name)} ${showShare(within) || '–'}`).join(', ');
}

const THIRDS = ['first', 'second', 'last'];

/** Whether it got better: thirds of the predictions in the order in which they were scored, and weeks. */
function tellTime({ thirds, improvement, weeks }: AccuracyAnswer, style: Style): string[] {
  const lines = thirds.map(({ third, count, within_25: within, median_ape: median, floors }) => {
    const figures = [`${showShare(within) || '–'} of ${count}`, median === null ? '' : `median error ${showShare(median)}`, floors === null || floors.length === 0 ? '' : style.faint(`plain rules: ${floorWords(floors)}`)];
    return `  ${`${THIRDS[third - 1] ?? third} third`.padEnd(12)}  ${figures.filter(Boolean).join(', ')}`;
  });
  const ofDurations = weeks.filter(({ target }) => target === 'duration').sort((left, right) => (left.week < right.week ? -1 : 1));
  const [first, last] = [ofDurations[0], ofDurations.at(-1)];
  const chart = first === undefined || last === undefined || ofDurations.length < 2 ? [] : [`  ${'by week'.padEnd(12)}  ${drawSparkline(ofDurations.map(({ within_25: within }) => within))}  ${first.week} ${showShare(first.within_25)} → ${last.week} ${showShare(last.within_25)}`];
  if (lines.length + chart.length === 0) return [];
  const points = improvement === null ? '' : `  ${improvement > 0 ? '+' : ''}${showNumber(improvement * 100)} points from the first third to the last`;
  return ['', `${style.strong('Over time')}${points}`, ...lines, ...chart];
}

/** Columns of which a row knows nothing are left out. */
function rowColumns(rows: readonly AccuracyRow[], ...first: readonly Column<AccuracyRow>[]): readonly Column<AccuracyRow>[] {
  const share = (head: string, value: (row: AccuracyRow) => number | null): Column<AccuracyRow> => ({ head, cell: (row) => showShare(value(row)), isRight: true });
  const grade = (name: 'excellent' | 'good' | 'fair' | 'poor') => share(name.toUpperCase(), (row) => gradeShare(row, name));
  const columns: readonly Column<AccuracyRow>[] = [
    ...first,
    { head: 'TARGET', cell: ({ target }) => spoken(target) },
    { head: 'ORIGIN', cell: ({ origin }) => oneLine(origin, 20) },
    { head: 'COUNT', cell: ({ count }) => String(count), isRight: true },
    ...(['excellent', 'good', 'fair', 'poor'] as const).map(grade),
    share('MEAN ERROR', ({ mean_ape: error }) => error),
    share('MEDIAN', ({ median_ape: error }) => error),
    share('IN INTERVAL', ({ coverage80: covered }) => covered),
    { head: 'BRIER', cell: ({ brier }) => (brier === null ? '' : showNumber(brier)), isRight: true },
    share('RIGHT', ({ accuracy }) => accuracy),
  ];
  return columns.filter(({ cell }) => rows.some((row) => cell(row) !== ''));
}

/** Grades are counted only where there is a percentage that can be graded. */
function gradeShare(row: AccuracyRow, name: 'excellent' | 'good' | 'fair' | 'poor'): number | null {
  const graded = row.excellent + row.good + row.fair + row.poor;
  return graded > 0 ? row[name] / graded : null;
}

function workflowColumns(style: Style): readonly Column<WorkflowAccuracy>[] {
  return [
    { head: 'WORKFLOW', cell: ({ workflow }) => oneLine(workflow, 200), maxWidth: 44 },
    { head: 'SCORE', cell: ({ score }) => showShare(score), paint: ({ verdict }, text) => paintOf(verdict, style)(text), isRight: true },
    { head: 'VERDICT', cell: ({ verdict }) => verdict ?? '' },
    { head: 'COUNT', cell: ({ count }) => String(count), isRight: true },
    { head: 'DRIFT', cell: ({ drift }) => (drift === null ? '' : `${showNumber(drift.ratio)} x as wrong since ${showMoment(drift.since).slice(0, 16)} UTC`), paint: (_, text) => style.busy(text) },
  ];
}

function tellTasks(tasks: readonly AccuracyRow[], width: number): string[] {
  if (tasks.length === 0) return [];
  const columns: readonly Column<AccuracyRow>[] = [
    { head: 'TASK', cell: ({ task }) => (task ? oneLine(task, 200) : '(run)'), maxWidth: 36 },
    { head: 'MODEL', cell: ({ model }) => spoken(oneLine(model ?? '', 40)) },
  ];
  return ['', ...layTable(tasks, rowColumns(tasks, ...columns), width)];
}

function spoken(name: string): string {
  return name.replaceAll('_', ' ');
}
