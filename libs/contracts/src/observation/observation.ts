import type { MetricSampled, RunFinished, RunStarted, TaskFinished } from '../gen/orrery/v1/facts_pb.js';
import { finishedRunObservation, finishedTaskObservation, startedRunObservation } from './observation-of-fact.js';

/** How an execution ended, in the words of the public API. */
export type OutcomeWord = 'success' | 'failure' | 'error' | 'timeout' | 'cancellation' | 'skip' | 'unknown';

/** What is measured on a run or task; names carry the unit. */
export interface Measures {
  readonly durationMs: number | null;
  readonly queueMs: number | null;
  readonly peakMemoryBytes: number | null;
  readonly cpuSeconds: number | null;
  readonly outputSizeBytes: number | null;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly costUsd: number | null;
}

export type MetricName = 'duration' | 'queueTime' | 'memory' | 'cpu' | 'outputSize' | 'inputTokens' | 'outputTokens' | 'cost';

/**
 * One thing that happened to one run or one attempt of a task: all that baselines learn from. Numbers are finite and not negative, or
 * null; times are Unix milliseconds.
 */
export interface Observation {
  readonly kind: 'finished' | 'started';
  /** The same fact has the same id, however often it is delivered: redeliveries are told by it. */
  readonly observationId: string;
  readonly tenantId: string;
  readonly subject: 'run' | 'task';
  readonly engine: string;
  readonly namespace: string;
  readonly workflow: string;
  /** Name of the task; empty for a run. */
  readonly task: string;
  /** job, step, test and the like; empty for a run. */
  readonly taskKind: string;
  readonly image: string;
  readonly commandHash: string;
  readonly executorClass: string;
  readonly runId: string;
  /** Empty for a run. */
  readonly taskId: string;
  readonly attempt: number;
  readonly trigger: string;
  readonly refName: string;
  readonly revision: string;
  /** What stays equal when the same thing is tried again: the revision, else the producer's id of the run; empty when neither is known. */
  readonly inputsId: string;
  readonly outcome: OutcomeWord;
  readonly failureType: string;
  readonly queuedAtMs: number | null;
  readonly startedAtMs: number | null;
  readonly finishedAtMs: number | null;
  /** The best time there is: finished, else started, else when the log took the record. Never null. */
  readonly observedAtMs: number;
  readonly measures: Measures;
  readonly memoryLimitBytes: number | null;
  /** At most 20 texts of at most 300 characters. */
  readonly errorLines: readonly string[];
}

export type WorkflowFact = TaskFinished | RunFinished | RunStarted | MetricSampled;

/**
 * What a fact of the log says, as observations (none when it names no run, or tells of gauges only). Times that cannot be - before 2000, or more than a day after
 * the log took the record - count as not told, and so do durations that would be negative.
 *
 * @param recordedAtMs the log's own timestamp of the record, never the wall clock: a replay must see the same value.
 */
export function observationsOf(fact: WorkflowFact, recordedAtMs: number): readonly Observation[] {
  if (fact.run === undefined || fact.run.runId === '' || fact.$typeName === 'orrery.v1.MetricSampled') return [];
  if (fact.$typeName === 'orrery.v1.TaskFinished') return fact.task === undefined ? [] : [finishedTaskObservation(fact, { run: fact.run, task: fact.task, recordedAtMs })];
  if (fact.$typeName === 'orrery.v1.RunFinished') return [finishedRunObservation(fact, { run: fact.run, recordedAtMs })];
  return [startedRunObservation(fact, { run: fact.run, recordedAtMs })];
}
