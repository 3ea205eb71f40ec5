import type { Task } from '../api/wire-shapes.js';
import { startMsOf, type TaskNode } from './task-forest.js';

// Clocks of producers round to the millisecond, so a successor may seem to start just before its predecessor ends.
const toleranceMs = 50;

/**
 * The tasks that decided how long the run took: back from the task that ended last, always to what it waited for last;
 * inside a task, the same among the tasks it contains. Where no dependencies were told, the sibling that ended last before
 * it started counts as what it waited for.
 */
export function criticalTasks(forest: readonly TaskNode[]): ReadonlySet<string> {
  const critical = new Set<string>();
  const levels: (readonly TaskNode[])[] = [forest];
  for (let level = levels.pop(); level !== undefined; level = levels.pop()) {
    for (const node of chainOf(level)) {
      critical.add(node.task.task_id);
      if (node.children.length > 0) levels.push(node.children);
    }
  }
  return critical;
}

function chainOf(level: readonly TaskNode[]): readonly TaskNode[] {
  const byId = new Map(level.map((node) => [node.task.task_id, node]));
  const isTold = level.some((node) => node.task.depends_on.some((id) => byId.has(id)));
  const started = level.filter((node) => Number.isFinite(startMsOf(node.task)));
  const chain = new Set<TaskNode>();
  let current = lastEnding(started);
  while (current !== undefined && !chain.has(current)) {
    chain.add(current);
    const { task } = current;
    const before = isTold
      ? task.depends_on.flatMap((id) => byId.get(id) ?? []).filter((node) => Number.isFinite(startMsOf(node.task)))
      : started.filter((node) => endMsOf(node.task) <= startMsOf(task) + toleranceMs && !chain.has(node));
    current = lastEnding(before);
  }
  return [...chain];
}

function lastEnding(nodes: readonly TaskNode[]): TaskNode | undefined {
  let last: TaskNode | undefined;
  for (const node of nodes) {
    if (last === undefined || endMsOf(node.task) > endMsOf(last.task)) last = node;
  }
  return last;
}

/** Infinity for a task that still runs. */
function endMsOf({ finished_at }: Task): number {
  const endMs = finished_at === null ? NaN : Date.parse(finished_at);
  return Number.isNaN(endMs) ? Infinity : endMs;
}
