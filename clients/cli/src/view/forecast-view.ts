import type { ForecastAnswer, ForecastHour } from '../prediction-shapes.js';
import { showAmount } from './amount.js';
import { drawSparkline } from './sparkline.js';
import { oneLine, type Style } from './style.js';
import { layTable, type Column } from './table.js';
import { showDuration, showMoment } from './time.js';
import { wrap } from './wrap.js';

interface ForecastViewOptions {
  readonly style: Style;
  readonly width: number;
}

interface Day {
  readonly date: string;
  /** Null where it is not forecast: before the hour in hand, and after the last. */
  readonly hours: readonly (ForecastHour | null)[];
}

const HOUR_MS = 3_600_000;
const LONGEST_TEXT = 300;
const SHOWN_PEAKS = 5;

/** How much is to come: a line a day with its hours as bars, peaks, cost, and what it rests on. */
export function tellForecast(answer: ForecastAnswer, { style, width }: ForecastViewOptions): string[] {
  const { workflow, hours, peaks, cost, basis } = answer;
  const first = hours[0];
  if (first === undefined) return ['nothing was learned yet of when runs come; a forecast needs some hours of them'];
  const days = daysOf(hours);
  const sentences = (head: string, texts: readonly string[]) => (texts.length === 0 ? [] : ['', style.strong(head), ...texts.flatMap((text) => wrap(oneLine(text, LONGEST_TEXT), width, '  '))]);
  return [
    `${style.strong(workflow === null ? 'All workflows' : oneLine(workflow, width - 40))}  ${style.faint(`from ${showMoment(first.at).slice(0, 16)} UTC on`)}`,
    '',
    ...layTable(days, dayColumns(days), width),
    ...sentences('Peaks', peaks.slice(0, SHOWN_PEAKS).map(({ text }) => text)),
    ...sentences('Cost', cost === null ? [] : [cost.text]),
    ...(basis === null ? [] : ['', ...wrap(oneLine(basis.text, LONGEST_TEXT), width).map(style.faint)]),
  ];
}

function daysOf(hours: readonly ForecastHour[]): readonly Day[] {
  const dates = [...new Set(hours.map(({ at }) => at.slice(0, 10)))];
  return dates.map((date) => {
    const known = new Map(hours.filter(({ at }) => at.startsWith(date)).map((hour) => [new Date(hour.at).getUTCHours(), hour]));
    return { date, hours: Array.from({ length: 24 }, (_, hour) => known.get(hour) ?? null) };
  });
}

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

function dayColumns(days: readonly Day[]): readonly Column<Day>[] {
  const hasCost = days.some(({ hours }) => hours.some((hour) => hour !== null && hour.cost_usd !== null));
  // Bars of all days are on one scale, so that a quiet day looks quiet.
  const most = Math.max(Number.MIN_VALUE, ...days.flatMap(({ hours }) => hours.map((hour) => hour?.arrivals.p50 ?? 0)));
  return [
    { head: 'DAY', cell: ({ date }) => `${WEEKDAYS[new Date(`${date}T00:00:00Z`).getUTCDay()] ?? ''} ${date}` },
    { head: 'RUNS', cell: (day) => roughly(sum(day, ({ arrivals }) => arrivals.p50)), isRight: true },
    { head: 'LOAD', cell: (day) => showDuration(sum(day, ({ load_hours: load }) => load.p50) * HOUR_MS), isRight: true },
    ...(hasCost ? [{ head: 'COST', cell: (day: Day) => showAmount(sum(day, ({ cost_usd: cost }) => cost ?? 0), 'USD'), isRight: true }] : []),
    { head: 'RUNS BY THE HOUR, 0 TO 23', cell: ({ hours }) => bars(hours, most) },
    { head: 'BUSIEST', cell: busiestWords },
  ];
}

function sum({ hours }: Day, of: (hour: ForecastHour) => number): number {
  return hours.reduce((total, hour) => total + (hour === null ? 0 : of(hour)), 0);
}

function bars(hours: Day['hours'], most: number): string {
  // The scale runs from nothing to the most of all days: two values more, which are cut off again.
  return drawSparkline([0, most, ...hours.map((hour) => hour?.arrivals.p50 ?? null)]).slice(2);
}

function busiestWords({ hours }: Day): string {
  const busiest = hours.reduce<ForecastHour | null>((found, hour) => (hour !== null && hour.arrivals.p50 > (found?.arrivals.p50 ?? 0) ? hour : found), null);
  if (busiest === null) return '';
  const { at, arrivals } = busiest;
  return `${at.slice(11, 16)}: ${roughly(arrivals.p50)} (${roughly(arrivals.p10)} to ${roughly(arrivals.p90)})`;
}

/** In two digits that count, so that nobody takes a forecast for exact. */
function roughly(value: number): string {
  return value >= 10 ? String(Math.round(value)) : String(Number(value.toPrecision(2)));
}
