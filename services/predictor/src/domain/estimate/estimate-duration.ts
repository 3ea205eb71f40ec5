import { predictBoosted, type BoostedModel } from '../boosted/index.js';
import { predictDuration, type DurationPoint } from '../duration/index.js';
import { chooseCandidate } from './choose-candidate.js';
import { durationFeatures } from './duration-features.js';
import { floorsOf } from './floors.js';
import { hasDuration, historyFor, type HistoryChain } from '../history/history-chain.js';
import { durationCandidates, type DurationCandidate, type HistoryPoint } from '../history/history.js';
import { memoised } from '../history/memoised.js';
import type { ExecutionQuery } from '../history/query.js';
import type { HistoryLevel } from '../history/execution.js';
import type { Interval } from '../tracking/score.js';

/** A trained model and its number. */
export interface Versioned<Model> {
  readonly version: number;
  readonly model: Model;
}

/** What a prediction rests on. */
export interface Basis {
  readonly model: string;
  /** 0 for what is computed from the history. */
  readonly version: number;
  readonly samples: number;
  readonly level: HistoryLevel;
}

/** A prediction of a duration or of memory, before it is calibrated. */
export interface Estimate {
  /** In ms or bytes. */
  readonly interval: Interval;
  /** 0 to 1. */
  readonly confidence: number;
  readonly basis: Basis;
  /** What each candidate says, in the order of `durationCandidates`; NaN where it says nothing. */
  readonly candidates: readonly number[];
  readonly features: readonly number[];
  /** What the history alone says. */
  readonly reference: number;
}

/**
 * Predicts how long an execution will take from what is known when it begins: from its own history, by the candidate that was nearest
 * lately. Null when nothing like it ever succeeded.
 */
export function estimateDuration(chain: HistoryChain, query: ExecutionQuery, boosted: Versioned<BoostedModel> | null): Estimate | null {
  const known = historyFor(chain, hasDuration);
  if (known === null) return null;
  const predicted = predictDuration(durationPoints(known.points), { inputSizeBytes: query.inputSizeBytes, machineFactor: query.machineFactor, nowMs: query.atMs });
  const own = { p10: predicted.p10Ms, p50: predicted.p50Ms, p90: predicted.p90Ms };
  const features = durationFeatures(chain, query, own.p50);
  const trees = boosted === null ? null : predictBoosted(boosted.model, Float32Array.from(features), own.p50);
  const candidates = [own.p50, trees?.p50 ?? Number.NaN, ...durationFloors(known.points)];
  const chosen = chooseCandidate(known.points, candidates.map((candidate) => !Number.isNaN(candidate)));
  return {
    interval: intervalOf(chosen, own, trees, candidates),
    confidence: predicted.confidence,
    basis: { model: chosen, version: chosen === 'boosted_trees' ? (boosted?.version ?? 0) : 0, samples: known.points.length, level: known.level },
    ...{ candidates, features, reference: own.p50 },
  };
}

/** A plain rule has no interval: it gets the history's, moved to where it stands. */
function intervalOf(chosen: DurationCandidate, own: Interval, trees: Interval | null, candidates: readonly number[]): Interval {
  if (chosen === 'history') return own;
  if (chosen === 'boosted_trees' && trees !== null) return trees;
  const p50 = candidates[durationCandidates.indexOf(chosen)] ?? own.p50;
  return { p10: (own.p10 * p50) / own.p50, p50, p90: (own.p90 * p50) / own.p50 };
}

const durationFloors = memoised((points: readonly HistoryPoint[]) => floorsOf(points.map(({ durationMs }) => durationMs ?? Number.NaN)));
const durationPoints = memoised((points: readonly HistoryPoint[]) => points.map(durationPoint));

function durationPoint({ durationMs, inputSizeBytes, finishedAtMs }: HistoryPoint): DurationPoint {
  return { durationMs: durationMs ?? Number.NaN, inputSizeBytes, finishedAtMs, machineFactor: null };
}
