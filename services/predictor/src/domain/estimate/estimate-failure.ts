import { failureFeatures, predictFailure, type FailureModel, type FailurePrediction, type OutcomePoint } from '../failure/index.js';
import { hasResult, historyFor, type HistoryChain } from '../history/history-chain.js';
import type { HistoryPoint } from '../history/history.js';
import { memoised } from '../history/memoised.js';
import type { ExecutionQuery } from '../history/query.js';
import type { Basis, Versioned } from './estimate-duration.js';

export interface FailureEstimate {
  readonly prediction: FailurePrediction;
  readonly basis: Basis;
  readonly features: readonly number[];
}

/** Predicts whether an execution will fail, from results of the past. */
export function estimateFailure(chain: HistoryChain, query: ExecutionQuery, trained: Versioned<FailureModel> | null): FailureEstimate {
  const known = historyFor(chain, hasResult);
  const points = outcomePoints(known?.points ?? none);
  const asked = { atMs: query.atMs, attempt: query.attempt, revision: String(query.revision), refName: String(query.refName), trigger: String(query.trigger) };
  return {
    prediction: predictFailure(trained?.model ?? null, points, asked),
    basis: { model: trained === null ? 'rate' : 'boosted_trees', version: trained?.version ?? 0, samples: points.length, level: known?.level ?? 4 },
    features: [...failureFeatures(points, asked)],
  };
}

const none: readonly HistoryPoint[] = [];
const outcomePoints = memoised((points: readonly HistoryPoint[]) => points.map(outcomePoint));

function outcomePoint({ outcome, finishedAtMs, revision, refName, trigger, attempt, durationMs }: HistoryPoint): OutcomePoint {
  return { outcome, finishedAtMs, revision: String(revision), refName: String(refName), trigger: String(trigger), attempt, durationMs };
}
