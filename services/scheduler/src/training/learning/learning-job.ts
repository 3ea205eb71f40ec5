import type { ErrorCode } from '@orrery/errors';
import type { CardComparison, CardFigures, ModelCard } from '../../domain/release/model-card.js';
import type { ScenarioKind } from '../../domain/release/scenarios.js';
import type { PolicySpec } from '../episodes/policy-spec.js';
import type { RecordedTask } from '../workloads/task-graph.js';

/** Where jobs come from; plain data, so that another thread can have it. */
export type WorkloadSource =
  | { readonly kind: 'synthetic' }
  /** JSON as it was uploaded, gzipped. */
  | { readonly kind: 'uploaded'; readonly name: string; readonly body: Uint8Array }
  | { readonly kind: 'recorded'; readonly name: string; readonly runs: readonly { readonly name: string; readonly tasks: readonly RecordedTask[] }[] };

/** Under what conditions policies are trained and compared. */
export interface Conditions {
  /** At least one. */
  readonly kinds: readonly ScenarioKind[];
  readonly executorCount: number;
  readonly batchJobs: number;
  readonly streamJobs: number;
  /** Of a stream; by default what makes the executors busy for 70 % of the time. */
  readonly meanGapMs?: number | undefined;
  /** Sequences that decide in a batch; 0.4 times as many in a stream, and 0.3 times as many in each stress scenario. */
  readonly sequenceCount: number;
}

/** A learned policy beside others. */
export interface LearnedRival {
  readonly name: string;
  readonly lambda: number;
  readonly artifact: unknown;
  readonly serves: boolean;
}

interface JobBase {
  readonly id: string;
  readonly name: string;
  readonly requestedBy: string;
  /** ISO 8601 in UTC. */
  readonly createdAt: string;
  readonly workload: WorkloadSource;
  readonly conditions: Conditions;
  readonly rivals: readonly LearnedRival[];
}

export interface TrainingJob extends JobBase {
  readonly kind: 'training';
  /** Weight of executor-seconds of a job against seconds of completion time, 0 or more. */
  readonly lambda: number;
  /** Weight of the 95th percentile of completion times beside their mean, in training. */
  readonly tail: number;
  readonly seed: number;
  readonly generations: number;
}

export interface EvaluationJob extends JobBase {
  readonly kind: 'evaluation';
  /** Beside `tuned`, which is tuned anew on the workload, when it is among the names. */
  readonly policies: readonly PolicySpec[];
  readonly withTuned: boolean;
  readonly firstSeed: number;
  /** What the others are held against. */
  readonly baselines: readonly string[];
}

export type LearningJob = TrainingJob | EvaluationJob;

export type Phase = 'reading' | 'tuning' | 'learning' | 'trying';

/** How far a job is. */
export interface LearningProgress {
  readonly phase: Phase;
  /** Of the whole job, from 0 to 1. */
  readonly share: number;
  readonly generation: number | null;
  readonly generations: number | null;
  /** The best so far against the heuristic it began as, in percent of its objective; below 0 is better. */
  readonly bestPercent: number | null;
  readonly words: string;
}

export interface TrainingResult {
  readonly kind: 'training';
  readonly artifact: unknown;
  readonly card: ModelCard;
  readonly isPublished: boolean;
  readonly serves: boolean;
}

/** One scenario of an evaluation. */
export interface EvaluatedScenario {
  readonly name: string;
  readonly words: string;
  readonly workload: string;
  readonly jobs: number;
  readonly executors: number;
  readonly sequences: number;
  readonly first_seed: number;
  readonly last_seed: number;
  readonly figures: readonly CardFigures[];
  /** Each policy against each baseline. */
  readonly comparisons: readonly (CardComparison & { readonly policy: string })[];
}

export interface EvaluationResult {
  readonly kind: 'evaluation';
  readonly scenarios: readonly EvaluatedScenario[];
  /** Rules that the tuner found, by scenario, in words. */
  readonly tuned: Readonly<Record<string, string>>;
  /** What the learned policies were trained for, by name. */
  readonly lambdas: Readonly<Record<string, number>>;
}

export type LearningResult = TrainingResult | EvaluationResult;

export type FromJobThread =
  | { readonly type: 'progress'; readonly progress: LearningProgress }
  | { readonly type: 'done'; readonly result: LearningResult }
  | { readonly type: 'failed'; readonly code: ErrorCode; readonly message: string };

export interface JobThreadData {
  readonly job: LearningJob;
  readonly workerCount: number;
  readonly niceness: number;
}
