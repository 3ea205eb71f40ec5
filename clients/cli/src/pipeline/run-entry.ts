import type { FailureData, Outcome } from '@orrery/sdk';
import type { Pipeline } from './definition.js';

/** Why an attempt is followed by another one. */
export type RetryCause = 'failure' | 'memory' | 'interrupted';

export interface NextAttempt {
  readonly cause: RetryCause;
  readonly notBeforeMs: number;
  /** What it is to be given, where that is known. */
  readonly memoryBytes?: number;
}

export interface AttemptUsage {
  readonly wallSeconds?: number;
  readonly cpuSeconds?: number;
  readonly peakMemoryBytes?: number;
  readonly readings?: number;
}

/** A run of a pipeline is begun. */
export interface BeginEntry {
  readonly kind: 'begin';
  readonly run: string;
  readonly source: string;
  readonly pipeline: Pipeline;
  /** Where its commands run. */
  readonly folder: string;
  readonly submittedAtMs: number;
  readonly isFailFast: boolean;
}

/** A process takes the run up. A greater attempt than before runs again what did not end well. */
export interface LifeEntry {
  readonly kind: 'life';
  readonly runAttempt: number;
  readonly atMs: number;
  /** Name of the worker; empty for a call of its own. */
  readonly worker: string;
}

export interface StartEntry {
  readonly kind: 'start';
  readonly task: string;
  readonly attempt: number;
  readonly atMs: number;
  readonly memoryBytes?: number;
}

export interface EndEntry {
  readonly kind: 'end';
  readonly task: string;
  readonly attempt: number;
  readonly atMs: number;
  readonly outcome: Outcome;
  readonly exitCode?: number;
  readonly error?: FailureData;
  readonly usage: AttemptUsage;
  readonly next?: NextAttempt;
}

/** One line of the journal of a run, in the order in which it happened. */
export type RunEntry =
  | BeginEntry
  | LifeEntry
  | StartEntry
  | EndEntry
  /** Nothing more of the run is started. */
  | { readonly kind: 'cancel'; readonly atMs: number; readonly reason: 'signal' | 'fail_fast' }
  | { readonly kind: 'finish'; readonly atMs: number; readonly outcome: Outcome }
  /** The platform has taken in, or the spool holds, all that was recorded of so many lines. */
  | { readonly kind: 'told'; readonly entries: number };
