import type { Band, Forecast } from '../api/prediction-shapes.js';

/** What a chart of hours shows. */
export type ChartMeasure = 'arrivals' | 'load_hours';

export interface ChartSize {
  readonly width: number;
  readonly height: number;
}

/** A chart of hours in the coordinates of its picture. */
export interface HourChart {
  /** What was: one bar an hour. */
  readonly bars: readonly { readonly x: number; readonly y: number; readonly width: number; readonly height: number }[];
  /** What is to come: SVG paths, empty where nothing is. */
  readonly middle: string;
  readonly band: string;
  /** Where the present lies. */
  readonly nowX: number;
  /** Midnights in UTC. */
  readonly days: readonly { readonly x: number; readonly label: string }[];
  /** Lines across, from the lowest up, with what they stand for. */
  readonly levels: readonly { readonly y: number; readonly value: number }[];
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const dayFormat = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', timeZone: 'UTC' });

/** Lays out hours that were and hours to come side by side on one scale. */
export function hourChart({ history, hours, as_of: asOf }: Pick<Forecast, 'history' | 'hours' | 'as_of'>, measure: ChartMeasure, { width, height }: ChartSize): HourChart {
  const past = history.map(({ at, runs, load_hours: load }) => ({ atMs: Date.parse(at), value: measure === 'arrivals' ? runs : load }));
  const future = hours.map((hour) => ({ atMs: Date.parse(hour.at), band: hour[measure] }));
  const fromMs = past[0]?.atMs ?? future[0]?.atMs ?? Date.parse(asOf);
  const untilMs = (future.at(-1)?.atMs ?? past.at(-1)?.atMs ?? fromMs) + hourMs;
  const top = roundTop(Math.max(...past.map(({ value }) => value), ...future.map(({ band }) => band.p90), 0));
  const x = (atMs: number) => round(((atMs - fromMs) / Math.max(untilMs - fromMs, hourMs)) * width);
  const y = (value: number) => round(height - (Math.max(value, 0) / top) * height);
  const barWidth = Math.max(round(x(fromMs + hourMs) - 0.5), 0.5);
  const side = (name: keyof Band) => future.map(({ atMs, band }) => `${String(x(atMs + hourMs / 2))},${String(y(band[name]))}`);
  return {
    bars: past.filter(({ value }) => value > 0).map(({ atMs, value }) => ({ x: x(atMs), y: y(value), width: barWidth, height: round(height - y(value)) })),
    middle: pathOf(side('p50')),
    band: future.length === 0 ? '' : `${pathOf([...side('p90'), ...side('p10').reverse()])}Z`,
    nowX: x(Date.parse(asOf)),
    days: midnights(fromMs, untilMs).map((atMs) => ({ x: x(atMs), label: dayFormat.format(atMs) })),
    levels: [0, top / 2, top].map((value) => ({ y: y(value), value })),
  };
}

/** The next number up that begins with 1, 2, 4, 6 or 8, so that its half is worth writing too. */
export function roundTop(most: number): number {
  if (!(most > 0)) return 1;
  const size = 10 ** Math.floor(Math.log10(most));
  return ([1, 2, 4, 6, 8].find((step) => step * size >= most * (1 - 1e-9)) ?? 10) * size;
}

function midnights(fromMs: number, untilMs: number): readonly number[] {
  const first = Math.ceil(fromMs / dayMs);
  return Array.from({ length: Math.max(Math.ceil(untilMs / dayMs) - first, 0) }, (_, index) => (first + index) * dayMs);
}

const pathOf = (points: readonly string[]): string => (points.length === 0 ? '' : `M${points.join('L')}`);

const round = (value: number): number => Math.round(value * 100) / 100;
