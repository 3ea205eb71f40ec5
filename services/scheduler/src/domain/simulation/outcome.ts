/** How an episode went. */
export interface Outcome {
  readonly jobCount: number;
  /** Below `jobCount` only where a policy let executors rest for ever. */
  readonly finishedCount: number;
  /** Of finished jobs, from arrival to end, seconds. */
  readonly meanCompletionSeconds: number;
  readonly p95CompletionSeconds: number;
  /** By job, in the order of arrival; Infinity for one that never ended. */
  readonly completionSeconds: readonly number[];
  /** Durations of all tasks together: what was paid for. */
  readonly executorSeconds: number;
  readonly makespanSeconds: number;
  readonly decisionCount: number;
  /** Executors that went from one job to another. */
  readonly moveCount: number;
}

/** Sums up an episode. @param completionSeconds by job; Infinity for one that never ended. */
export function outcomeOf(completionSeconds: readonly number[], rest: Pick<Outcome, 'executorSeconds' | 'makespanSeconds' | 'decisionCount' | 'moveCount'>): Outcome {
  const finished = Float64Array.from(completionSeconds.filter(Number.isFinite)).sort();
  return {
    ...rest,
    jobCount: completionSeconds.length,
    finishedCount: finished.length,
    meanCompletionSeconds: finished.reduce((sum, value) => sum + value, 0) / Math.max(finished.length, 1),
    p95CompletionSeconds: finished[Math.floor(finished.length * 0.95)] ?? finished.at(-1) ?? 0,
    completionSeconds,
  };
}

/** What besides matters where tasks can fail and memory binds. */
export interface SlotOutcome extends Outcome {
  /** GB that tasks were given x seconds that they had them, failed attempts included. */
  readonly memoryGbSeconds: number;
  /** Attempts that ended without success. */
  readonly failedAttemptCount: number;
  /** Of these, for want of memory. */
  readonly memoryFailureCount: number;
  /** Jobs with a task that failed as often as it may. */
  readonly failedJobCount: number;
  /** Jobs with a deadline that were not done by it. */
  readonly deadlineMissCount: number;
}
