import { contentOfArtifact, contentOfEvent, noContent, noTasks, withContent, withTask, type ContentTally, type TaskTally } from './tally.js';
import type { Trace } from './trace.js';

export interface TraceTally {
  readonly tasks: TaskTally;
  readonly content: ContentTally;
  readonly contentByTask: ReadonlyMap<string, ContentTally>;
}

/** Counts a whole trace at once: what the store keeps by and by, from scratch. */
export function tallyOfTrace(trace: Trace): TraceTally {
  let content = noContent;
  const contentByTask = new Map<string, ContentTally>();
  const add = (taskId: string | null, change: ContentTally) => {
    content = withContent(content, change);
    if (taskId !== null) contentByTask.set(taskId, withContent(contentByTask.get(taskId) ?? noContent, change));
  };
  for (const event of trace.events.values()) add(event.taskId, contentOfEvent(event));
  for (const artifact of trace.artifacts.values()) add(artifact.taskId, contentOfArtifact(artifact));
  let tasks = noTasks;
  for (const task of trace.tasks.values()) tasks = withTask(tasks, null, task);
  return { tasks, content, contentByTask };
}
