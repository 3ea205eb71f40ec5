import { deterministicId, workflowIdOf } from '@orrery/contracts';
import { estimateDuration, type Estimate } from '../estimate/estimate-duration.js';
import { estimateFailure, type FailureEstimate } from '../estimate/estimate-failure.js';
import { estimateMemory, trainedMemory, type MemoryEstimate } from '../estimate/estimate-memory.js';
import type { Champions } from '../estimate/champions.js';
import type { Execution } from '../history/execution.js';
import { floorNames } from '../estimate/floors.js';
import { chainKnownAt, hasResult, type HistoryChain } from '../history/history-chain.js';
import { durationCandidates, historyPointOf, type HistoryPoint } from '../history/history.js';
import { queryOf, type ExecutionQuery } from '../history/query.js';
import { calibrate, noteOutcome, type Calibration } from './calibration.js';
import { noteError, type DriftState } from './drift.js';
import { scorePrediction, type MadePrediction, type ScoredPrediction, type Truth } from './ledger-entry.js';

/** What is known of a workflow beside the histories of its tasks. */
export interface WorkflowTrust {
  readonly calibration: Calibration;
  readonly drift: DriftState;
}

/** A row to train from: what was known when an execution began, and what it came to. */
export interface TrainingExample {
  readonly execution: Execution;
  readonly startedAtMs: number;
  readonly features: readonly number[];
  readonly failureFeatures: readonly number[];
  readonly referenceMs: number | null;
  readonly referenceBytes: number | null;
  /** In the order of `floorNames`; of durations. */
  readonly floors: readonly number[];
}

export interface Tracked {
  readonly scored: readonly ScoredPrediction[];
  readonly example: TrainingExample;
  /** What the execution leaves behind in each of its histories. */
  readonly point: HistoryPoint;
  readonly trust: WorkflowTrust;
}

/** What is predicted of one execution from what was known when it began. */
interface Predicted {
  readonly duration: Estimate | null;
  readonly memory: MemoryEstimate | null;
  readonly failure: FailureEstimate;
}

function predictExecution(chain: HistoryChain, query: ExecutionQuery, champions: Champions, truth: Truth): Predicted {
  const duration = estimateDuration(chain, query, champions.duration);
  return {
    duration,
    // The dearest of them, and for nothing where nobody measured memory.
    memory: truth.peakMemoryBytes === null ? null : estimateMemory(chain, query, trainedMemory(duration, champions)),
    failure: estimateFailure(chain, query, champions.failure),
  };
}

/** What really happened, as far as the facts tell. */
export function truthOf({ observation, isOutOfMemory }: Execution): Truth {
  const { outcome, measures, observedAtMs } = observation;
  return {
    scoredAtMs: observedAtMs,
    durationMs: outcome === 'success' ? measures.durationMs : null,
    // What ran out of memory would have needed more than was seen.
    peakMemoryBytes: isOutOfMemory ? null : measures.peakMemoryBytes,
    hasFailed: hasResult({ outcome } as HistoryPoint) ? outcome !== 'success' : null,
  };
}

/**
 * Predicts an execution that has ended from what was known when it began, holds that against what it came to, and says what to remember.
 *
 * @param chain its histories as they are now; what ended after its beginning is left out here.
 */
export function trackExecution(execution: Execution, chain: HistoryChain, trust: WorkflowTrust, champions: Champions): Tracked {
  const query = queryOf(execution);
  const truth = truthOf(execution);
  const predicted = predictExecution(chainKnownAt(chain, query.atMs), query, champions, truth);
  const scored = predictionsOf(execution, predicted, query, trust.calibration).flatMap((prediction) => scorePrediction(prediction, truth) ?? []);
  const errors = errorsOf(predicted.duration, truth.durationMs);
  return {
    scored,
    point: historyPointOf(execution, errors),
    example: exampleOf(execution, predicted, query.atMs),
    trust: {
      calibration: noteOutcome(trust.calibration, { duration: predicted.duration?.interval ?? null, memory: predicted.memory?.interval ?? null }, truth),
      drift: driftAfter(trust.drift, { duration: predicted.duration, errors }, truth.scoredAtMs),
    },
  };
}

function exampleOf(execution: Execution, { duration, memory, failure }: Predicted, startedAtMs: number): TrainingExample {
  return {
    ...{ execution, startedAtMs, features: duration?.features ?? [], failureFeatures: failure.features },
    ...{ referenceMs: duration?.reference ?? null, referenceBytes: memory?.reference ?? null, floors: duration?.candidates.slice(-floorNames.length) ?? [] },
  };
}

/** Of what was served. */
function driftAfter(drift: DriftState, { duration, errors }: { readonly duration: Estimate | null; readonly errors: readonly number[] }, atMs: number): DriftState {
  const error = errors[durationCandidates.findIndex((candidate) => candidate === duration?.basis.model)] ?? Number.NaN;
  return Number.isNaN(error) ? drift : noteError(drift, error, atMs);
}

function predictionsOf(execution: Execution, predicted: Predicted, query: ExecutionQuery, calibration: Calibration): readonly MadePrediction[] {
  const { tenantId, engine, namespace, workflow, task, runId, observationId } = execution.observation;
  const base = (target: MadePrediction['target']) => ({
    predictionId: deterministicId('prediction', observationId, target),
    origin: 'tracked' as const,
    workflowId: workflowIdOf({ tenantId, engine, namespace, workflow }),
    workflow: { engine, namespace, workflow },
    ...{ task, runId, target, madeAtMs: query.atMs },
    ...{ interval: null, probability: null, nextTask: null, reasons: [] as readonly string[], floors: [] as readonly number[] },
  });
  const { duration, memory, failure } = predicted;
  const predictions: MadePrediction[] = [];
  if (duration !== null) predictions.push({ ...base('duration'), basis: duration.basis, interval: calibrate(calibration.duration, duration.interval), floors: duration.candidates.slice(-floorNames.length) });
  if (memory !== null) predictions.push({ ...base('memory'), basis: memory.basis, interval: calibrate(calibration.memory, memory.interval), floors: memory.floors });
  predictions.push({ ...base('failure'), basis: failure.basis, probability: failure.prediction.probability, reasons: failure.prediction.reasons });
  return predictions;
}

function errorsOf(duration: Estimate | null, actualMs: number | null): readonly number[] {
  return durationCandidates.map((_, index) => {
    const predicted = duration?.candidates[index] ?? Number.NaN;
    return actualMs === null || actualMs <= 0 || !(predicted > 0) ? Number.NaN : Math.abs(Math.log(predicted / actualMs));
  });
}
