import { z } from 'zod';
import { durationMs } from '../domain/instant.js';
import { failureShownFor, outcomeOf, statusOf } from '../domain/progress.js';
import { latestAttempt, type Attempt, type ExecutorState } from '../domain/task-state.js';
import type { StoredTask } from '../storage/task-rows.js';
import { durationSchema, errorSchema, errorView, isoOrNull, labelsSchema, outcomeSchema, outcomeWord, statusSchema, statusWord, textSchema, timeSchema } from './words.js';

const executorSchema = z
  .object({ worker: textSchema, host: textSchema, pod: textSchema, image: textSchema, pool: textSchema, executor_class: textSchema })
  .nullable();

export const attemptSchema = z.object({
  attempt: z.int().min(1),
  status: statusSchema,
  outcome: outcomeSchema,
  queued_at: timeSchema,
  started_at: timeSchema,
  finished_at: timeSchema,
  error: errorSchema,
  executor: executorSchema,
});

export const taskSchema = z
  .object({
    task_id: z.uuid(),
    external_id: textSchema,
    parent_task_id: textSchema,
    depends_on: z.array(z.string()).describe('Tasks of the same run that had to end before this one'),
    name: textSchema,
    kind: textSchema,
    ...attemptSchema.shape,
    attempts: z.array(attemptSchema).describe('All attempts, the first one first; the task shows the last'),
    duration_ms: durationSchema,
    url: textSchema,
    labels: labelsSchema,
    event_count: z.int(),
    artifact_count: z.int(),
  })
  .meta({ id: 'Task' });

export type AttemptView = z.output<typeof attemptSchema>;
export type TaskView = z.output<typeof taskSchema>;

/** @param isKnown tells which tasks the run has; edges to others are left out, since nobody could draw them */
export function taskView({ task, content }: StoredTask, isKnown: (taskId: string) => boolean): TaskView {
  const { progress } = latestAttempt(task);
  return {
    task_id: task.taskId,
    external_id: task.externalId,
    parent_task_id: task.parentTaskId,
    depends_on: task.dependsOn.filter(isKnown),
    name: task.name,
    kind: task.kind,
    ...attemptView(latestAttempt(task)),
    attempts: task.attempts.map(attemptView),
    duration_ms: durationMs(progress.startedAtUs, progress.finishedAtUs),
    url: task.url,
    labels: Object.fromEntries(task.labels),
    event_count: content.events,
    artifact_count: content.artifacts,
  };
}

/** Views of all tasks of one run. */
export function taskViews(tasks: readonly StoredTask[]): TaskView[] {
  const ids = new Set(tasks.map(({ task }) => task.taskId));
  return tasks.map((task) => taskView(task, (taskId) => ids.has(taskId)));
}

function attemptView({ number, progress, executor }: Attempt): AttemptView {
  return {
    attempt: number,
    status: statusWord(statusOf(progress)),
    outcome: outcomeWord(outcomeOf(progress)),
    queued_at: isoOrNull(progress.queuedAtUs),
    started_at: isoOrNull(progress.startedAtUs),
    finished_at: isoOrNull(progress.finishedAtUs),
    error: errorView(failureShownFor(progress)),
    executor: executorView(executor),
  };
}

function executorView(executor: ExecutorState | null): AttemptView['executor'] {
  if (executor === null) return null;
  const { executorClass, ...rest } = executor;
  return { ...rest, executor_class: executorClass };
}
