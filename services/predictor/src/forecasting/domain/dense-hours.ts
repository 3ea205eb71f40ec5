import type { HourFigures } from './hour-figures.js';
import { hourMs } from './arrival-hours.js';

/** Whole hours in a row, those without anything among them. */
export interface DenseHours {
  /** When the first hour began, Unix ms. */
  readonly startMs: number;
  readonly runs: readonly number[];
  readonly loadHours: readonly number[];
  readonly totals: { readonly runs: number; readonly tasks: number; readonly loadHours: number; readonly costUsd: number };
}

/**
 * Hours in [sinceMs, untilMs) with zeros where nothing happened; null when nothing did. What lies before the first hour in which anything
 * happened counts as not watched, unless it was.
 *
 * @param figures hours in which anything happened, in their order.
 * @param isWatched whether there is something older than the period.
 */
export function denseHours(figures: readonly HourFigures[], { sinceMs, untilMs, isWatched }: { readonly sinceMs: number; readonly untilMs: number; readonly isWatched: boolean }): DenseHours | null {
  const [first] = figures;
  if (first === undefined) return null;
  const startMs = isWatched ? Math.ceil(sinceMs / hourMs) * hourMs : first.hourMs;
  const byHour = new Map(figures.map((figure) => [figure.hourMs, figure]));
  const hours = Array.from({ length: Math.max(Math.floor((untilMs - startMs) / hourMs), 0) }, (_, index) => byHour.get(startMs + index * hourMs));
  const sum = (of: (figure: HourFigures) => number) => figures.reduce((total, figure) => total + of(figure), 0);
  return {
    startMs,
    runs: hours.map((figure) => figure?.runs ?? 0),
    loadHours: hours.map((figure) => (figure?.loadMs ?? 0) / hourMs),
    totals: { runs: sum(({ runs }) => runs), tasks: sum(({ tasks }) => tasks), loadHours: sum(({ loadMs }) => loadMs) / hourMs, costUsd: sum(({ costUsd }) => costUsd) },
  };
}

const dayHours = 24;
const weekHours = 168;

/**
 * The load of each hour as it will be once all tasks that ran in it have ended: a task is told of only then, so the last hours show too
 * little. In as many of them as a task takes on average, a quarter of all at most, it counts as no less than a week or a day earlier.
 */
export function settledLoad({ loadHours, totals }: DenseHours): readonly number[] {
  const meanHours = totals.tasks === 0 ? 0 : totals.loadHours / totals.tasks;
  const settled = loadHours.length - Math.min(Math.round(meanHours), Math.floor(loadHours.length / 4));
  return loadHours.map((load, index) => (index < settled ? load : Math.max(load, loadHours[index - weekHours] ?? loadHours[index - dayHours] ?? 0)));
}
