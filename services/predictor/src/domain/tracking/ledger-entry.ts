import type { WorkloadKey } from '@orrery/contracts';
import type { Basis } from '../estimate/estimate-duration.js';
import { brierScore, scoreInterval, type Grade, type Interval } from './score.js';

export const predictionTargets = ['duration', 'memory', 'failure', 'next_task'] as const;

export type PredictionTarget = (typeof predictionTargets)[number];

/** `asked`: somebody asked before it was known. `tracked`: made for every execution from what was known when it began. */
export type PredictionOrigin = 'asked' | 'tracked';

/** What was predicted. Exactly one of interval, probability and next task is what the target asks for. */
export interface MadePrediction {
  /** UUID. */
  readonly predictionId: string;
  readonly origin: PredictionOrigin;
  readonly workflowId: string;
  readonly workflow: Pick<WorkloadKey, 'engine' | 'namespace' | 'workflow'>;
  /** Empty for the run as a whole. */
  readonly task: string;
  readonly runId: string | null;
  readonly target: PredictionTarget;
  readonly basis: Basis;
  readonly madeAtMs: number;
  /** Of duration (ms) and memory (bytes). */
  readonly interval: Interval | null;
  /** Of failure, or of the likeliest next task. */
  readonly probability: number | null;
  /** The likeliest; empty for the end of the run. Null for other targets. */
  readonly nextTask: string | null;
  readonly reasons: readonly string[];
  /** What plain rules said, in the order of `floorNames`; empty where they have nothing to say. */
  readonly floors: readonly number[];
}

/** What really happened, and what the prediction was worth. Null where it does not apply to the target. */
export interface PredictionOutcome {
  readonly scoredAtMs: number;
  readonly actual: number | null;
  readonly actualNextTask: string | null;
  readonly ape: number | null;
  readonly grade: Grade | null;
  readonly pinball: number | null;
  readonly isCovered: boolean | null;
  readonly brier: number | null;
  readonly isRight: boolean | null;
}

export interface ScoredPrediction {
  readonly prediction: MadePrediction;
  readonly outcome: PredictionOutcome;
}

/** What really happened to an execution, as far as it was measured. */
export interface Truth {
  readonly scoredAtMs: number;
  /** Of one that succeeded. */
  readonly durationMs: number | null;
  readonly peakMemoryBytes: number | null;
  /** Null where it neither succeeded nor failed. */
  readonly hasFailed: boolean | null;
}

const nothing = { actual: null, actualNextTask: null, ape: null, grade: null, pinball: null, isCovered: null, brier: null, isRight: null };

/** Joins a prediction to what really happened; null where the truth says nothing of its target. */
export function scorePrediction(prediction: MadePrediction, truth: Truth): ScoredPrediction | null {
  const { target, interval, probability } = prediction;
  if (target === 'failure') {
    if (truth.hasFailed === null || probability === null) return null;
    const outcome = { ...nothing, scoredAtMs: truth.scoredAtMs, actual: Number(truth.hasFailed), brier: brierScore(probability, truth.hasFailed), isRight: probability >= 0.5 === truth.hasFailed };
    return { prediction, outcome };
  }
  const actual = target === 'duration' ? truth.durationMs : target === 'memory' ? truth.peakMemoryBytes : null;
  if (actual === null || actual <= 0 || interval === null) return null;
  return { prediction, outcome: { ...nothing, scoredAtMs: truth.scoredAtMs, actual, ...scoreInterval(interval, actual) } };
}

/** The same for a transition. */
export function scoreNextTask(prediction: MadePrediction, actualNextTask: string, scoredAtMs: number): ScoredPrediction {
  const isRight = prediction.nextTask === actualNextTask;
  return { prediction, outcome: { ...nothing, scoredAtMs, actualNextTask, isRight, brier: prediction.probability === null ? null : brierScore(prediction.probability, isRight) } };
}
