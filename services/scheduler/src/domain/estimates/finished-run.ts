/** A task of a run that ended, as the log told of it. */
export interface EndedTask {
  readonly id: string;
  readonly name: string;
  readonly attempt: number;
  readonly startedAtMs: number;
  readonly durationMs: number;
  readonly memoryBytes: number | null;
  /** Ids of the tasks that it waited for. */
  readonly dependsOn: readonly string[];
}

/** Tasks of a run as far as they were told. */
export interface RunTasks {
  readonly tasks: readonly EndedTask[];
  /** Those beyond what is kept of one run. */
  readonly more: number;
}

/** A run that ended, with its graph: a job as it really was. */
export interface FinishedRun {
  readonly runId: string;
  readonly workflowId: string;
  readonly workflow: string;
  readonly startedAtMs: number | null;
  readonly finishedAtMs: number;
  /** In the order in which they began; what a task waited for comes before it. */
  readonly tasks: readonly FinishedTask[];
}

export interface FinishedTask {
  readonly name: string;
  readonly durationMs: number;
  /** Null where nobody told. */
  readonly memoryBytes: number | null;
  /** Indexes of tasks. */
  readonly parents: readonly number[];
}

export const noTasks: RunTasks = { tasks: [], more: 0 };

/** A run of more tasks is known not to be whole, and is no job to learn from. */
const mostTasks = 500;

/** Adds a task that succeeded; a later attempt takes the place of an earlier one. */
export function addTask({ tasks, more }: RunTasks, task: EndedTask): RunTasks {
  const at = tasks.findIndex(({ id }) => id === task.id);
  if (at >= 0) return (tasks[at]?.attempt ?? 0) >= task.attempt ? { tasks, more } : { tasks: tasks.with(at, task), more };
  return tasks.length >= mostTasks ? { tasks, more: more + 1 } : { tasks: [...tasks, task], more };
}

/** The tasks of a run in an order that does not depend on the one in which they were told; what waited for a task that is not known waits for nothing. */
export function graphOf({ tasks }: RunTasks): readonly FinishedTask[] {
  const sorted = [...tasks].sort((one, other) => one.startedAtMs - other.startedAtMs || (one.id < other.id ? -1 : 1));
  const indexes = new Map(sorted.map(({ id }, index) => [id, index]));
  return sorted.map(({ name, durationMs, memoryBytes, dependsOn }, index) => ({
    ...{ name, durationMs, memoryBytes },
    // Clocks that disagree may show a task before what it waited for: such an edge is left out, so that the graph has no circle.
    parents: [...new Set(dependsOn.flatMap((id) => indexes.get(id) ?? []))].filter((parent) => parent < index).sort((one, other) => one - other),
  }));
}
