import { hasFailed } from '../parts/standing.js';
import { walk, type TaskNode } from './task-forest.js';

export interface TaskFilter {
  readonly text: string;
  readonly onlyFailed: boolean;
}

/** The ids of the tasks that match, with all that contain them; null when nothing is filtered. */
export function matchingTasks(forest: readonly TaskNode[], { text, onlyFailed }: TaskFilter): ReadonlySet<string> | null {
  const wanted = text.trim().toLowerCase();
  if (wanted === '' && !onlyFailed) return null;
  const visible = new Set<string>();
  const trail: TaskNode[] = [];
  for (const node of walk(forest)) {
    trail.length = Math.min(trail.length, node.depth);
    trail.push(node);
    if (matches(node, wanted, onlyFailed)) for (const { task } of trail) visible.add(task.task_id);
  }
  return visible;
}

function matches({ task }: TaskNode, wanted: string, onlyFailed: boolean): boolean {
  if (onlyFailed && !hasFailed(task) && !task.attempts.some(hasFailed)) return false;
  return wanted === '' || [task.name, task.external_id, task.kind].some((words) => words?.toLowerCase().includes(wanted) ?? false);
}
