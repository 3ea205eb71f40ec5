import type { CostProfile } from './cost-profile.js';
import { bestThreshold, normalisedScore, rawScore, type JudgedSeries } from './judged-series.js';

export interface NamedSeries {
  readonly name: string;
  readonly category: string;
  readonly judged: JudgedSeries;
}

/** One part of the series under the threshold that is best on the others. */
export interface HeldOutPart {
  readonly part: string;
  readonly series: number;
  readonly threshold: number;
  /** Null where the part has no labelled window, so that nothing can be found there; its false alarms still count in the pooled score. */
  readonly score: number | null;
}

export interface HeldOut {
  /** All parts together, each under its own threshold. */
  readonly score: number;
  readonly parts: readonly HeldOutPart[];
}

const windowsOf = (series: readonly NamedSeries[]): number => series.reduce((sum, { judged }) => sum + judged.windowCount, 0);

function heldOut(series: readonly NamedSeries[], profile: CostProfile, partOf: (one: NamedSeries) => string): HeldOut {
  let pooled = 0;
  const parts = [...new Set(series.map(partOf))].map((part): HeldOutPart => {
    const inside = series.filter((one) => partOf(one) === part);
    const outside = series.filter((one) => partOf(one) !== part).map(({ judged }) => judged);
    const { threshold } = bestThreshold(outside, profile);
    const raw = inside.reduce((sum, { judged }) => sum + rawScore(judged, profile, threshold), 0);
    pooled += raw;
    const windowCount = windowsOf(inside);
    return { part, series: inside.length, threshold, score: windowCount === 0 ? null : normalisedScore(raw, windowCount, profile) };
  });
  return { score: normalisedScore(pooled, windowsOf(series), profile), parts };
}

/** Every other series of each category, by name, is one half; each half is scored with the threshold that is best on the other. */
export function halves(series: readonly NamedSeries[], profile: CostProfile): HeldOut {
  const sorted = series.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const places = new Map(sorted.map((one) => [one, sorted.filter(({ category }) => category === one.category).indexOf(one)]));
  return heldOut(sorted, profile, (one) => ((places.get(one) ?? 0) % 2 === 0 ? 'even' : 'odd'));
}

/** Each category is scored with the threshold that is best on the others. */
export function categories(series: readonly NamedSeries[], profile: CostProfile): HeldOut {
  return heldOut(series, profile, ({ category }) => category);
}
