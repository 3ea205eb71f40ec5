import type { CostProfile } from './cost-profile.js';

/** The first and the last row of one labelled window, both inside it. */
export interface LabelledWindow {
  readonly first: number;
  readonly last: number;
}

/** One row after the probation: how sure the detector was there, and what an alarm there is worth before the profile's weights. */
export interface JudgedRow {
  readonly anomalyScore: number;
  /** Index of the window the row lies in; null outside all windows, where an alarm is false. */
  readonly window: number | null;
  /** In (0, 1] inside a window, in [-1, 0] outside. */
  readonly worth: number;
}

export interface JudgedSeries {
  readonly windowCount: number;
  readonly rows: readonly JudgedRow[];
}

const probationShare = 0.15;
const longestProbationBase = 5000;

/** Rows at the start in which a detector only learns and nothing is scored: 15 % of the series, at most 750. */
export function probationRows(rowCount: number): number {
  return Math.floor(Math.min(probationShare * rowCount, probationShare * longestProbationBase));
}

/**
 * The worth of an alarm by its place: -1 is the left edge of a window (almost 1), 0 its right edge (0), beyond it falls to -1.
 * Source: Lavin and Ahmad 2015, equation 1 and figure 3; the cut at three window widths is the benchmark's.
 */
export function scaledSigmoid(relativePosition: number): number {
  return relativePosition > 3 ? -1 : 2 / (1 + Math.exp(5 * relativePosition)) - 1;
}

/** The worth of an alarm at the left edge of a window, by which the worth of all true alarms is divided so that the earliest earns the full weight. */
const earliestWorth = scaledSigmoid(-1);

function falseWorth(index: number, preceding: LabelledWindow | undefined): number {
  if (preceding === undefined) return -1;
  const width = preceding.last - preceding.first;
  return width === 0 ? -1 : scaledSigmoid((index - preceding.last) / width);
}

/** Joins a detector's scores with the labels; windows are in time order and do not overlap. */
export function judge(anomalyScores: readonly number[], windows: readonly LabelledWindow[]): JudgedSeries {
  const rows: JudgedRow[] = [];
  let next = 0;
  for (let index = 0; index < anomalyScores.length; index += 1) {
    while (next < windows.length && index > windows[next]!.last) next += 1;
    const window = windows[next];
    const isInside = window !== undefined && index >= window.first;
    const worth = isInside
      ? scaledSigmoid(-(window.last - index + 1) / (window.last - window.first + 1)) / earliestWorth
      : falseWorth(index, windows[next - 1]);
    if (index >= probationRows(anomalyScores.length)) rows.push({ anomalyScore: anomalyScores[index]!, window: isInside ? next : null, worth });
  }
  return { windowCount: windows.length, rows };
}

/** The raw score of one series at one threshold: an alarm is a row whose score is at least the threshold; in a window only the first one counts. */
export function rawScore(series: JudgedSeries, profile: CostProfile, threshold: number): number {
  const found = new Set<number>();
  let score = -profile.falseNegative * series.windowCount;
  for (const { anomalyScore, window, worth } of series.rows) {
    if (anomalyScore < threshold) continue;
    if (window === null) score += worth * profile.falsePositive;
    else if (!found.has(window)) {
      found.add(window);
      score += worth * profile.truePositive + profile.falseNegative;
    }
  }
  return score;
}

/** 0 is a detector that never alarms, 100 one that alarms at the first row of every window and nowhere else. */
export function normalisedScore(raw: number, windowCount: number, profile: CostProfile): number {
  const silent = -profile.falseNegative * windowCount;
  const perfect = profile.truePositive * windowCount;
  return perfect === silent ? 0 : (100 * (raw - silent)) / (perfect - silent);
}

/** The normalised score of several series together at one threshold. */
export function corpusScore(corpus: readonly JudgedSeries[], profile: CostProfile, threshold: number): number {
  const windowCount = corpus.reduce((sum, series) => sum + series.windowCount, 0);
  const raw = corpus.reduce((sum, series) => sum + rawScore(series, profile, threshold), 0);
  return normalisedScore(raw, windowCount, profile);
}

export interface BestThreshold {
  readonly threshold: number;
  readonly score: number;
}

/** The one threshold under which the series together score best; rows with equal scores fall on the same side of it. */
export function bestThreshold(corpus: readonly JudgedSeries[], profile: CostProfile): BestThreshold {
  const rows = corpus.flatMap((series) => series.rows.map((row) => ({ ...row, series }))).sort((a, b) => b.anomalyScore - a.anomalyScore);
  const windowCount = corpus.reduce((sum, series) => sum + series.windowCount, 0);
  const earned = new Map<JudgedSeries, number[]>(corpus.map((series) => [series, Array.from({ length: series.windowCount }, () => -profile.falseNegative)]));
  let raw = -profile.falseNegative * windowCount;
  // A threshold above every score stands for the silent detector.
  let best = { threshold: (rows[0]?.anomalyScore ?? 0) + 1, raw };
  rows.forEach((row, index) => {
    if (row.window === null) raw += row.worth * profile.falsePositive;
    else {
      const windows = earned.get(row.series)!;
      const before = windows[row.window]!;
      const now = Math.max(before, row.worth * profile.truePositive);
      windows[row.window] = now;
      raw += now - before;
    }
    if (rows[index + 1]?.anomalyScore !== row.anomalyScore && raw > best.raw) best = { threshold: row.anomalyScore, raw };
  });
  return { threshold: best.threshold, score: normalisedScore(best.raw, windowCount, profile) };
}
