import type { Outcome } from '@orrery/sdk';
import type { RetryCause } from './run-entry.js';

export interface TaskCounts {
  readonly total: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly skipped: number;
  readonly cancelled: number;
  readonly running: number;
  readonly waiting: number;
}

/** What a person or a program that follows a run is told: one JSON line each, times in Unix ms, lengths in ms. */
export type PipelineEvent =
  | { readonly event: 'began'; readonly run: string; readonly attempt: number; readonly workflow: string; readonly at_ms: number; readonly slots: number; readonly worker: string | null; readonly resumed: boolean; readonly tasks: TaskCounts }
  | StartedEvent
  | TaskEndedEvent
  | { readonly event: 'skipped'; readonly run: string; readonly tasks: readonly string[]; readonly because: string }
  | { readonly event: 'remark'; readonly text: string }
  | FinishedEvent;

export interface StartedEvent {
  readonly event: 'started';
  readonly run: string;
  readonly task: string;
  readonly attempt: number;
  /** From 0. */
  readonly slot: number;
  readonly at_ms: number;
  readonly memory_bytes: number | null;
  /** Why now, in the scheduler's words; absent in plain order, as the policy is. */
  readonly reason: string | null;
  readonly policy: string | null;
  /** Why that one decided in place of the policy that should have. */
  readonly fallback: string | null;
}

export interface TaskEndedEvent {
  readonly event: 'ended';
  readonly run: string;
  readonly task: string;
  readonly attempt: number;
  readonly at_ms: number;
  readonly outcome: Outcome;
  readonly exit_code: number | null;
  readonly error: string | null;
  readonly wall_ms: number | null;
  readonly peak_memory_bytes: number | null;
  /** File that holds its output. */
  readonly log: string;
  readonly retry: { readonly cause: RetryCause; readonly in_ms: number; readonly memory_bytes: number | null } | null;
}

export interface FinishedEvent {
  readonly event: 'finished';
  readonly run: string;
  readonly attempt: number;
  readonly workflow: string;
  /** Absent when the run was only put down, to be taken up again. */
  readonly outcome: Outcome | null;
  readonly at_ms: number;
  /** Since it was handed in, or taken up again. */
  readonly wall_ms: number;
  readonly tasks: TaskCounts;
}
