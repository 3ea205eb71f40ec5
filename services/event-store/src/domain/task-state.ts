import type { Executor, Task } from '@orrery/contracts';
import type { Microseconds } from './instant.js';
import { ascending, fieldwise, greatest, keyed, unionOf, type Join } from './join.js';
import { joinMeasures, type Measure } from './measure.js';
import { joinProgress, noProgress, progressOf, type Progress } from './progress.js';
import { joinLabels, labelsOf, type Label } from './run-state.js';
import { name, told } from './values.js';

export interface ExecutorState {
  readonly worker: string | null;
  readonly host: string | null;
  readonly pod: string | null;
  readonly image: string | null;
  readonly pool: string | null;
  readonly executorClass: string | null;
}

/** One try of a task; tries are joined apart from each other. */
export interface Attempt {
  /** @minimum 1 */
  readonly number: number;
  readonly progress: Progress;
  readonly executor: ExecutorState | null;
}

/** All that was told about one task, joined. */
export interface TaskState {
  readonly taskId: string;
  readonly externalId: string | null;
  readonly parentTaskId: string | null;
  readonly dependsOn: readonly string[];
  readonly name: string | null;
  readonly kind: string | null;
  readonly spanId: string | null;
  readonly url: string | null;
  readonly commandHash: string | null;
  readonly labels: readonly Label[];
  /** Ascending by number; empty for a task that was only named so far. */
  readonly attempts: readonly Attempt[];
  readonly measures: readonly Measure[];
}

const maxAttempts = 100;
const maxDependencies = 10_000;

const joinAttempt: Join<Attempt> = fieldwise<Attempt>({
  number: greatest,
  progress: joinProgress,
  executor: fieldwise<ExecutorState>({ worker: greatest, host: greatest, pod: greatest, image: greatest, pool: greatest, executorClass: greatest }),
});

export const joinTask: Join<TaskState> = fieldwise<TaskState>({
  taskId: greatest,
  externalId: greatest,
  parentTaskId: greatest,
  dependsOn: unionOf(maxDependencies),
  name: greatest,
  kind: greatest,
  spanId: greatest,
  url: greatest,
  commandHash: greatest,
  labels: joinLabels,
  attempts: keyed(({ number }: Attempt) => number, joinAttempt, { limit: maxAttempts, keep: 'greatest' }),
  measures: joinMeasures,
});

/** A task of which only the id is known: something spoke of it before it spoke for itself. */
export function stubTask(taskId: string): TaskState {
  return {
    taskId,
    externalId: null,
    parentTaskId: null,
    dependsOn: [],
    name: null,
    kind: null,
    spanId: null,
    url: null,
    commandHash: null,
    labels: [],
    attempts: [],
    measures: [],
  };
}

/** What a statement says of its task; the attempt counts as the first where none is named. */
export function taskOf(task: Task, saidAtUs: Microseconds): TaskState {
  const attempt: Attempt = { number: Math.max(1, task.attempt), progress: progressOf(task, saidAtUs), executor: executorOf(task.executor) };
  const speaksOfAttempt = task.attempt > 0 || attempt.executor !== null || Object.values(attempt.progress).some((part) => part !== null);
  return {
    taskId: task.taskId,
    externalId: told(task.externalId),
    parentTaskId: task.parentTaskId === task.taskId ? null : told(task.parentTaskId),
    dependsOn: ascending(task.dependsOn),
    name: name(task.name),
    kind: name(task.kind),
    spanId: told(task.spanId),
    url: told(task.url),
    commandHash: told(task.commandHash),
    labels: labelsOf(task.labels),
    attempts: speaksOfAttempt ? [attempt] : [],
    measures: [],
  };
}

/** The attempt that stands for the task: the highest. */
export function latestAttempt(task: TaskState): Attempt {
  return task.attempts.at(-1) ?? { number: 1, progress: noProgress, executor: null };
}

function executorOf(executor: Executor | undefined): ExecutorState | null {
  if (executor === undefined) return null;
  const state = {
    worker: told(executor.worker),
    host: told(executor.host),
    pod: told(executor.pod),
    image: told(executor.image),
    pool: told(executor.pool),
    executorClass: told(executor.executorClass),
  };
  return Object.values(state).every((part) => part === null) ? null : state;
}
