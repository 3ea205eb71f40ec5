/** What was known of an execution before it began, and what came of it: a row to learn from. Numbers are NaN where they are not known. */
export interface PastExecution {
  readonly exampleId: string;
  readonly workflowId: string;
  readonly runId: string;
  /** Empty for a run. */
  readonly task: string;
  readonly startedAtMs: number;
  readonly finishedAtMs: number;
  /** In the order of `durationFeatureNames`. */
  readonly features: Float32Array;
  /** In the order of `failureFeatureNames`. */
  readonly failureFeatures: Float32Array;
  /** What the history alone said. */
  readonly referenceMs: number;
  readonly referenceBytes: number;
  readonly durationMs: number;
  readonly peakMemoryBytes: number;
  readonly outcome: string;
  /** What plain rules said of the duration, in the order of `floorNames`. */
  readonly floorsMs: readonly number[];
}
