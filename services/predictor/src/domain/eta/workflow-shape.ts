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
  /** Runs that it occurred in, faded since by each run that began until `fadedAtRun`. */
  readonly seen: number;
  readonly fadedAtRun: number;
  /** How often it occurred in them altogether, faded alike. */
  readonly occurrences: number;
  /** How many runs have usually begun after its own when it ends: runs that overlap are not runs without it. */
  readonly laterRuns: number;
  /** How many runs had begun when it was last heard of. */
  readonly lastSeenRun: number;
  /** Whether it ran beside one of the tasks with the same parent, in the last run that it was seen in. */
  readonly isBesideOthers: boolean;
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

/** What is left of a count after some runs more. */
export function fade(count: number, runs: number): number {
  return count * (1 - recentWeight) ** runs;
}

/**
 * How likely a run of the workflow has a task: what is left of the runs that had it, by what would be left had all had it. Of the runs
 * that began last, as many as usually begin before it ends may still come to it.
 */
export function occurrenceOf({ runs }: WorkflowShape, { seen, fadedAtRun, laterRuns }: ShapeTask): number {
  const had = fade(seen, runs - fadedAtRun);
  const all = ((1 - recentWeight) * (1 - fade(1, Math.max(runs - 1 - laterRuns, 1)))) / recentWeight;
  // Rounding must not make a task that every run has one that a run may be without.
  return had > 0.999 * all ? 1 : had / all;
}

/** How often a task occurs in a run that has it. */
export function timesOf({ seen, occurrences }: ShapeTask): number {
  return seen === 0 ? 1 : Math.max(occurrences / seen, 1);
}

/** How likely an attempt that failed is tried again. */
export function retryShareOf({ failures, retries }: WorkflowShape): number {
  return Math.min(retries / (failures + 1), 1);
}
