import type { Scenario } from './scenario.js';

/** What a policy did with one sequence of jobs. */
export interface SequenceFigures {
  readonly seed: number;
  /** Infinity when a job was left undone. */
  readonly meanCompletionSeconds: number;
  readonly p95CompletionSeconds: number;
  readonly executorSeconds: number;
  readonly decisionCount: number;
}

/** What a policy did with all sequences: means over them. */
export interface PolicyFigures {
  readonly policy: string;
  readonly meanCompletionSeconds: number;
  readonly p95CompletionSeconds: number;
  readonly executorSeconds: number;
  readonly decisionsPerSequence: number;
  readonly movesPerSequence: number;
  readonly unfinishedJobs: number;
  /** Of all decisions, µs; 0 where they were not timed. */
  readonly decisionP50Us: number;
  readonly decisionP99Us: number;
  readonly bySequence: readonly SequenceFigures[];
}

/** What policies did with the same sequences under one scenario. */
export interface Evaluation {
  readonly workload: string;
  readonly scenario: Scenario;
  readonly jobCount: number;
  readonly seeds: readonly number[];
  readonly policies: readonly PolicyFigures[];
}

/** What two policies are compared by. */
export type ComparedFigure = 'meanCompletionSeconds' | 'p95CompletionSeconds' | 'executorSeconds';
