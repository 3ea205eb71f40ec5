import { emptyMemory, recall, widthOf, type Novelty, type NoveltyMemory, type Pair } from './stream-detector-novelty.js';
import { daily, emptyProfile, foretell, isTrusted, isWeekBetter, learnSeason, weekly, type SeasonProfile } from './stream-detector-season.js';

/** What is known of one metric series: of fixed shape and bounded size, a plain value that can be stored. */
export interface StreamState {
  /** Samples learned. */
  readonly count: number;
  readonly lastTimestampMs: number;
  /** The newest values, oldest first, at most {@link recentLength}. */
  readonly recent: readonly number[];
  /** Pairs of neighbouring values. */
  readonly values: NoveltyMemory;
  /** Pairs of means of neighbouring blocks of values. */
  readonly blocks: NoveltyMemory;
  /** Pairs of neighbouring differences from the season. */
  readonly residuals: NoveltyMemory;
  readonly day: SeasonProfile;
  readonly week: SeasonProfile;
  /** Difference of the last value from the season; null when no season was trusted then. */
  readonly lastResidual: number | null;
  /** Exponentially weighted mean of the values, and of the absolute errors of what was expected. */
  readonly level: number;
  readonly absoluteError: number;
  /** The highest novelty told lately and the samples since. */
  readonly told: number;
  readonly sinceTold: number;
}

export interface StreamObservation {
  readonly state: StreamState;
  /** In [0, 1): alarming from {@link alarmScore} on; 0 while the detector only learns and for what repeats a recent alarm. */
  readonly score: number;
  /** The usual value at this time, in the unit of the series. */
  readonly expected: number;
  /** How many usual errors the value lies above (below: negative) what was expected; in [-1e6, 1e6]. */
  readonly deviation: number;
}

/**
 * The novelty, in widths of the range of the series, from which on it is told.
 * Fixed on 28 series of the Numenta Anomaly Benchmark (its artificial and its cloud metrics): the score is flat, 72 to 75, from 0.035 to 0.055 and falls above.
 */
export const alarmNovelty = 0.05;
/** The one threshold of the product, of all series and all uses: a score of one half is a novelty of {@link alarmNovelty}. */
export const alarmScore = 0.5;

/** Values in a block: with samples every five minutes an hour. */
const blockLength = 12;
const recentLength = 2 * blockLength;
/** Samples that are learned in silence: about what the benchmark's shortest series leaves for that. */
const learningSamples = 150;
/** After an alarm only a greater one is told for so many samples, six hours of one every five minutes: one event is one alarm. */
export const quietSamples = 72;
const levelWeight = 0.1;
const errorWeight = 0.01;
/** Keeps sums of squares finite. */
const largestMagnitude = 1e100;
const largestDeviation = 1e6;

export function emptyStreamState(): StreamState {
  return {
    count: 0,
    lastTimestampMs: 0,
    recent: [],
    values: emptyMemory,
    blocks: emptyMemory,
    residuals: emptyMemory,
    day: emptyProfile(daily),
    week: emptyProfile(weekly),
    lastResidual: null,
    level: 0,
    absoluteError: 0,
    told: 0,
    sinceTold: quietSamples,
  };
}

function meanOf(values: readonly number[], start: number, end: number): number {
  let sum = 0;
  for (let index = start; index < end; index += 1) sum += values[index] ?? 0;
  return sum / (end - start);
}

const nothingNew = (memory: NoveltyMemory): Novelty => ({ memory, novelty: 0 });

interface Expectation {
  readonly expected: number;
  readonly isSeasonal: boolean;
}

function expectation(state: StreamState, timestampMs: number): Expectation {
  const isWeekly = isWeekBetter(state.week, state.day);
  const seasonal = isWeekly ? foretell(state.week, weekly, timestampMs) : isTrusted(state.day) ? foretell(state.day, daily, timestampMs) : null;
  return { expected: seasonal ?? state.level, isSeasonal: seasonal !== null };
}

interface Views {
  readonly values: Novelty;
  readonly blocks: Novelty;
  readonly residuals: Novelty;
  readonly residual: number | null;
}

/** The three ways to look at a series; what is usual in all of them is usual. */
function look(state: StreamState, recent: readonly number[], { expected, isSeasonal }: Expectation): Views {
  const value = recent.at(-1) ?? 0;
  const previous = recent.at(-2);
  const width = widthOf(state.values);
  const residual = isSeasonal ? value - expected : null;
  return {
    values: previous === undefined ? nothingNew(state.values) : recall(state.values, [previous, value], width),
    // Means of n values that have nothing to do with each other vary by 1 / sqrt(n) of them: less is no news.
    blocks: recent.length < recentLength ? nothingNew(state.blocks) : recall(state.blocks, blockPair(recent), Math.max(widthOf(state.blocks), width / Math.sqrt(blockLength))),
    // In widths of the values: an error is as grave as an equal step of the series itself, however exact the season is.
    residuals: residual === null || state.lastResidual === null ? nothingNew(state.residuals) : recall(state.residuals, [state.lastResidual, residual], width),
    residual,
  };
}

function blockPair(recent: readonly number[]): Pair {
  return [meanOf(recent, 0, blockLength), meanOf(recent, blockLength, recentLength)];
}

/** The greatest novelty of the views that have learned enough to speak; a young series, in which much is still unseen, counts for less. */
function noveltyOf({ values, blocks, residuals }: Views, count: number): number {
  if (count <= learningSamples) return 0;
  const greatest = Math.max(values.novelty, blocks.novelty, residuals.memory.step > learningSamples ? residuals.novelty : 0);
  return (greatest * count) / (count + learningSamples);
}

function unchanged(state: StreamState): StreamObservation {
  return { state, score: 0, expected: state.level, deviation: 0 };
}

function bounded(value: number): number {
  return Math.min(Math.max(value, -largestMagnitude), largestMagnitude);
}

/**
 * Looks at the next sample of a series and learns it. One pass, constant memory; only the order of the samples and their timestamps decide.
 *
 * A value is anomalous when nothing like it was seen: the pair with its predecessor, the means of two neighbouring blocks, or the difference from the
 * time of day or week lie far outside of all that the series did before. What was told once is learned and not told again.
 * A value that is no number and an exact repeat of the last sample change nothing.
 *
 * @param timestampMs milliseconds since 1970; a time before the last one is taken as it comes.
 */
export function observe(state: StreamState, timestampMs: number, value: number): StreamObservation {
  if (!Number.isFinite(value) || !Number.isFinite(timestampMs)) return unchanged(state);
  const known = bounded(value);
  if (state.count > 0 && timestampMs === state.lastTimestampMs && known === state.recent.at(-1)) return unchanged(state);
  const anticipated = state.count === 0 ? { expected: known, isSeasonal: false } : expectation(state, timestampMs);
  const recent = state.recent.length < recentLength ? [...state.recent, known] : [...state.recent.slice(1), known];
  const views = look(state, recent, anticipated);
  const count = state.count + 1;
  const novelty = noveltyOf(views, count);
  const quiet = state.sinceTold >= quietSamples ? 0 : state.told;
  const isTold = novelty > quiet;
  return {
    state: learned(state, { timestampMs, value: known }, { recent, views, told: isTold ? novelty : quiet, isTold, expected: anticipated.expected }),
    score: isTold ? Math.min(novelty / (novelty + alarmNovelty), 1 - Number.EPSILON) : 0,
    expected: anticipated.expected,
    deviation: deviationOf(state, known - anticipated.expected),
  };
}

function deviationOf(state: StreamState, error: number): number {
  if (state.count < 2) return 0;
  const usual = Math.max(state.absoluteError, 1e-6 * widthOf(state.values));
  return Math.min(Math.max(error / usual, -largestDeviation), largestDeviation);
}

interface Lesson {
  readonly recent: readonly number[];
  readonly views: Views;
  readonly told: number;
  readonly isTold: boolean;
  readonly expected: number;
}

function learned(state: StreamState, sample: { readonly timestampMs: number; readonly value: number }, { recent, views, told, isTold, expected }: Lesson): StreamState {
  const { timestampMs, value } = sample;
  const count = state.count + 1;
  return {
    count,
    lastTimestampMs: timestampMs,
    recent,
    values: views.values.memory,
    blocks: views.blocks.memory,
    residuals: views.residuals.memory,
    day: learnSeason(state.day, daily, sample),
    week: learnSeason(state.week, weekly, sample),
    lastResidual: views.residual,
    level: state.level + Math.max(levelWeight, 1 / count) * (value - state.level),
    absoluteError: state.absoluteError + Math.max(errorWeight, 1 / count) * (Math.abs(value - expected) - state.absoluteError),
    told,
    sinceTold: isTold ? 0 : Math.min(state.sinceTold + 1, quietSamples),
  };
}
