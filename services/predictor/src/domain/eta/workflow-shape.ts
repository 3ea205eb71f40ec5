/** A task of a workflow, as its last runs showed it. */
export interface ShapeTask {
  readonly name: string;
  readonly kind: string;
  /** Name of the task that contains it; empty for none. */
  readonly parent: string;
  /** Names of the tasks that it waits for, as its engine told. */
  readonly dependsOn: readonly string[];
  /** The sibling that had ended last when it began; counts where an engine tells no dependencies. Empty for none. */
  readonly follows: string;
  /** Share of runs in which it occurred, the last ones weighing most, up to the run in which it was last seen. @minimum 0 @maximum 1 */
  readonly share: number;
  readonly seenInRuns: number;
  readonly lastSeenRun: number;
  /** How many runs have usually begun after its own when it ends: runs that overlap are not runs without it. */
  readonly laterRuns: number;
  /** Whether it ran beside one of the tasks with the same parent, in the last run that it was seen in. */
  readonly isBesideOthers: boolean;
  /** How often it usually occurs in a run that it occurs in. */
  readonly times: number;
  readonly timesInLastRun: number;
  /** Whether its occurrences in one run come one after the other. */
  readonly isInTurn: boolean;
  /** How long it usually waits after all that it waits for has ended. */
  readonly lagMs: number;
  /** How long it usually takes; null where nobody told. */
  readonly durationMs: number | null;
}

/** The task graph of a workflow, as its last runs showed it; plain JSON. */
export interface WorkflowShape {
  /** Runs that began; one that failed counts a quarter, since it says little of tasks that it did not come to. */
  readonly runs: number;
  /** Attempts that failed, the last ones weighing most, and those of them that were tried again. */
  readonly failures: number;
  readonly retries: number;
  /** At most {@link mostShapeTasks}, in the order in which they were first seen. */
  readonly tasks: readonly ShapeTask[];
}

export const mostShapeTasks = 500;

export const emptyShape: WorkflowShape = { runs: 0, failures: 0, retries: 0, tasks: [] };

/** What a new run weighs in a share: about the last nine runs count, and a task that is new or gone is believed within three or four. */
export const recentWeight = 0.2;

/** How likely a run of the workflow has a task, from what its recent runs had; the latest run may still come to it. */
export function occurrenceOf({ runs }: WorkflowShape, { share, lastSeenRun, laterRuns }: ShapeTask): number {
  return share * (1 - recentWeight) ** Math.max(runs - 1 - lastSeenRun - Math.ceil(laterRuns), 0);
}

/** How likely an attempt that failed is tried again. */
export function retryShareOf({ failures, retries }: WorkflowShape): number {
  return Math.min(retries / (failures + 1), 1);
}
