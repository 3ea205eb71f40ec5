/** Machines that an engine can start tasks on. */
export interface AskedPool {
  readonly poolId: string;
  /** Whole, at least 0. */
  readonly slots: number;
  /** Of these, without work: from 0 to all. */
  readonly freeSlots: number;
  /** Shared by all slots; absent where it does not bind. */
  readonly memoryBytes?: number | undefined;
  readonly freeMemoryBytes?: number | undefined;
  /** How many times longer than usual tasks take here, above 0. */
  readonly timeFactor: number;
  readonly priceUsdPerHour?: number | undefined;
}

/** A task of a run, or several equal ones. */
export interface AskedTask {
  /** Unique in its run. */
  readonly name: string;
  /** Names of tasks of the run that must be done before. */
  readonly dependsOn: readonly string[];
  /** Whole, at least 1. */
  readonly count: number;
  /** Started and not finished. */
  readonly running: number;
  readonly finished: number;
  readonly durationMs?: number | undefined;
  readonly memoryBytes?: number | undefined;
  /** The duration at other numbers of slots of the run. */
  readonly durationByParallelism: readonly { readonly slots: number; readonly durationMs: number }[];
  /** Where it can run; everywhere when empty. */
  readonly poolIds: readonly string[];
}

export interface AskedRun {
  readonly runId: string;
  readonly workflow: string;
  readonly submittedAtMs: number;
  readonly deadlineMs?: number | undefined;
  readonly weight: number;
  readonly quotaSlots?: number | undefined;
  readonly reservedSlots: number;
  readonly tasks: readonly AskedTask[];
}

/** The state in which an engine asks what to start next. */
export interface ClusterRequest {
  /** Who shares the slots. */
  readonly scheduler: string;
  readonly nowMs: number;
  readonly pools: readonly AskedPool[];
  /** In the order in which they were submitted. */
  readonly runs: readonly AskedRun[];
}

/** What has been seen of the tasks of a workflow, where the engine says nothing itself. */
export interface TaskExpectation {
  readonly durationMs?: number | undefined;
  readonly memoryBytes?: number | undefined;
}

/** Looks up what is known of a task by workflow and name. */
export type ExpectationOf = (workflow: string, task: string) => TaskExpectation | undefined;
