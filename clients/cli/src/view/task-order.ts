import type { Task } from '../api-shapes.js';

/** A task with the tasks inside it. */
export interface TaskNode {
  readonly task: Task;
  readonly children: readonly TaskNode[];
}

/**
 * Puts tasks into a tree by containment, siblings in the order in which they could run: what a task depends on comes before
 * it, and otherwise what started first. Cycles and parents that do not exist do no harm.
 */
export function orderTasks(tasks: readonly Task[]): readonly TaskNode[] {
  const known = new Set(tasks.map(({ task_id: id }) => id));
  const byParent = group(tasks, known);
  const placed = new Set<string>();
  const place = (siblings: readonly Task[]): TaskNode[] =>
    siblings.flatMap((task) => {
      if (placed.has(task.task_id)) return [];
      placed.add(task.task_id);
      return [{ task, children: place(inRunOrder(byParent.get(task.task_id) ?? [])) }];
    });
  const roots = place(inRunOrder(byParent.get(null) ?? []));
  // Tasks whose parents form a circle hang below nothing; they are shown all the same.
  return [...roots, ...place(inRunOrder(tasks.filter(({ task_id: id }) => !placed.has(id))))];
}

function group(tasks: readonly Task[], known: ReadonlySet<string>): Map<string | null, Task[]> {
  const groups = new Map<string | null, Task[]>();
  for (const task of tasks) {
    const parent = task.parent_task_id !== null && known.has(task.parent_task_id) ? task.parent_task_id : null;
    const siblings = groups.get(parent);
    if (siblings === undefined) groups.set(parent, [task]);
    else siblings.push(task);
  }
  return groups;
}

function startOf(task: Task): string {
  return task.started_at ?? task.queued_at ?? '9999';
}

function inRunOrder(siblings: readonly Task[]): Task[] {
  const waiting = [...siblings].sort((a, b) => (startOf(a) < startOf(b) ? -1 : startOf(a) > startOf(b) ? 1 : 0));
  const byId = new Map(waiting.map((task) => [task.task_id, task]));
  const ordered: Task[] = [];
  const visited = new Set<string>();
  // Depth-first with a stack of its own: runs may have chains of thousands of tasks.
  for (const first of waiting) {
    const stack: { task: Task; next: number }[] = visited.has(first.task_id) ? [] : [{ task: first, next: 0 }];
    visited.add(first.task_id);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const before = byId.get(top.task.depends_on[top.next++] ?? '');
      if (before !== undefined && !visited.has(before.task_id)) {
        visited.add(before.task_id);
        stack.push({ task: before, next: 0 });
      } else if (top.next > top.task.depends_on.length) {
        ordered.push(top.task);
        stack.pop();
      }
    }
  }
  return ordered;
}
