import { OrreryError } from '@orrery/errors';
import { normalQuantile } from '@orrery/stats';

/**
 * Keeps intervals honest in use: remembers how far off the last truths lay, in units of the interval that was given, and how often they were
 * missed of late. Plain JSON of bounded size.
 */
export interface ConformalState {
  /** The share of truths that the widened intervals shall hold. */
  readonly coverage: number;
  /** The miss rate aimed at now: below `1 - coverage` after too many misses, above it after too few. May leave 0..1. */
  readonly missRate: number;
  /** The last scores, oldest first. */
  readonly scores: readonly number[];
}

/** An interval around a centre; lower <= centre <= upper. */
export interface Interval {
  readonly lower: number;
  readonly centre: number;
  readonly upper: number;
}

/** Whether distances are differences, or ratios (of positive values, such as durations). */
export type IntervalScale = 'difference' | 'ratio';

const keptScores = 128;
// One miss too many lowers the miss rate aimed at by 4 %, one hit raises it by 1 %: quick enough for a drift within some fifty truths.
const learningRate = 0.05;
// Until there is evidence, the intervals are believed: ten scores of a normal error whose 80 % quantile is 1.
const believedScores = 10;
// Past the most extreme score seen, each further 10 % of misses widens by half.
const beyondGrowth = 4;
const greatestScore = 100;

/** @param coverage in 0..1 exclusive. */
export function createConformalState(coverage = 0.8): ConformalState {
  if (!(coverage > 0 && coverage < 1)) throw new OrreryError('ORRERY_VALIDATION', `a coverage lies between 0 and 1; got ${coverage}`);
  return { coverage, missRate: 1 - coverage, scores: [] };
}

/**
 * How far the truth lay from the centre, in units of the interval's half on that side: 1 at its edge, 0 at the centre. An interval without
 * width scores 0 when it hit and the greatest score when it did not.
 *
 * @throws ORRERY_VALIDATION when something is not finite, or not positive on the scale of ratios.
 */
export function conformityScore(interval: Interval, truth: number, scale: IntervalScale = 'difference'): number {
  const place = placesOn(scale);
  const distance = place(truth) - place(interval.centre);
  if (distance === 0) return 0;
  const half = distance > 0 ? place(interval.upper) - place(interval.centre) : place(interval.centre) - place(interval.lower);
  return half > 0 ? Math.min(greatestScore, Math.abs(distance) / half) : greatestScore;
}

/**
 * Learns from one truth that has come in.
 *
 * Source: Gibbs and Candes, Adaptive conformal inference under distribution shift, 2021, arXiv 2106.00170, over a bounded window of scores.
 *
 * @param score from conformityScore of the interval as it was before widening.
 * @throws ORRERY_VALIDATION when the score is negative or not a number.
 */
export function observeScore(state: ConformalState, score: number): ConformalState {
  if (!(score >= 0)) throw new OrreryError('ORRERY_VALIDATION', `a conformity score is zero or more; got ${score}`);
  const missed = score > wideningOf(state);
  const missRate = state.missRate + learningRate * (1 - state.coverage - (missed ? 1 : 0));
  return { ...state, missRate, scores: [...state.scores, Math.min(score, greatestScore)].slice(-keptScores) };
}

/** By how much intervals are widened now: 1 leaves them as they are. Never negative. */
export function wideningOf(state: ConformalState): number {
  const sorted = [...state.scores, ...believed(state)].sort((left, right) => left - right);
  const rank = Math.ceil((sorted.length + 1) * (1 - Math.min(state.missRate, 1)));
  if (rank < 1) return 0;
  if (rank <= sorted.length) return sorted[rank - 1] ?? 1;
  return (sorted.at(-1) ?? 1) * Math.exp(beyondGrowth * Math.max(0, 1 / (sorted.length + 1) - state.missRate));
}

/** The interval, widened (or narrowed) about its centre by what has been learned. */
export function widen(state: ConformalState, interval: Interval, scale: IntervalScale = 'difference'): Interval {
  const by = wideningOf(state);
  const { lower, centre, upper } = interval;
  if (scale === 'difference') return { lower: centre - by * (centre - lower), centre, upper: centre + by * (upper - centre) };
  const place = placesOn(scale);
  const at = place(centre);
  return { lower: centre * Math.exp(by * (place(lower) - at)), centre, upper: Math.min(Number.MAX_VALUE, centre * Math.exp(by * (place(upper) - at))) };
}

/** The state back from its JSON. @throws ORRERY_VALIDATION when it is not one. */
export function parseConformalState(value: unknown): ConformalState {
  const { coverage, missRate, scores } = (value ?? {}) as Partial<ConformalState>;
  const isScore = (score: unknown): boolean => typeof score === 'number' && score >= 0;
  if (typeof coverage !== 'number' || typeof missRate !== 'number' || !Number.isFinite(missRate) || !Array.isArray(scores) || !scores.every(isScore)) {
    throw new OrreryError('ORRERY_VALIDATION', 'a conformal state holds coverage, missRate and scores');
  }
  return { ...createConformalState(coverage), missRate, scores: scores.slice(-keptScores) };
}

function placesOn(scale: IntervalScale): (value: number) => number {
  return (value) => {
    const place = scale === 'ratio' ? Math.log(value) : value;
    if (!Number.isFinite(place)) throw new OrreryError('ORRERY_VALIDATION', `a conformity score needs finite values${scale === 'ratio' ? ' above zero' : ''}; got ${value}`);
    return place;
  };
}

function believed({ coverage, scores }: ConformalState): number[] {
  if (scores.length >= keptScores) return [];
  const edge = normalQuantile((1 + coverage) / 2);
  return Array.from({ length: believedScores }, (_, index) => normalQuantile(0.5 + (index + 0.5) / believedScores / 2) / edge);
}
