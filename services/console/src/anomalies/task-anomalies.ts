import type { Anomaly } from '../api/anomaly-shapes.js';
import type { Task } from '../api/wire-shapes.js';
import { worstFirst } from './severity.js';

/** What is not as usual about the tasks of a run, by task id; tasks that are as usual are not there. */
export type TaskAnomalies = ReadonlyMap<string, readonly Anomaly[]>;

const none: readonly Anomaly[] = [];

export const anomaliesOf = (marks: TaskAnomalies, taskId: string): readonly Anomaly[] => marks.get(taskId) ?? none;

/** Finds the tasks that anomalies speak of. An anomaly names its task, and says nothing of the copies that share the name: all get it. */
export function anomaliesByTask(tasks: readonly Task[], anomalies: readonly Anomaly[]): TaskAnomalies {
  const byName = new Map<string, Anomaly[]>();
  for (const anomaly of worstFirst(anomalies)) {
    const { subject, task } = anomaly.subject;
    // A false alarm says that the task was as usual.
    if (subject !== 'task' || task === null || task === '' || anomaly.resolution?.kind === 'false_positive') continue;
    const known = byName.get(task);
    if (known === undefined) byName.set(task, [anomaly]);
    else known.push(anomaly);
  }
  if (byName.size === 0) return new Map();
  return new Map(
    tasks.flatMap((task) => {
      const found = byName.get(task.name ?? task.external_id ?? '');
      return found === undefined ? [] : [[task.task_id, found] as const];
    }),
  );
}

/** The first of the tasks that an anomaly speaks of. */
export function taskOf(anomaly: Anomaly, tasks: readonly Task[]): Task | undefined {
  const { subject, task: name } = anomaly.subject;
  return subject === 'task' && name !== null && name !== '' ? tasks.find((task) => (task.name ?? task.external_id) === name) : undefined;
}
