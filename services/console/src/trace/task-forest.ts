import type { Task } from '../api/wire-shapes.js';

/** A task with the tasks it contains, in the order in which they came to run. */
export interface TaskNode {
  readonly task: Task;
  readonly depth: number;
  readonly children: readonly TaskNode[];
}

interface GrowingNode extends TaskNode {
  depth: number;
  readonly children: GrowingNode[];
}

/** The start of a task as epoch milliseconds; Infinity for one that has not started. */
export function startMsOf({ started_at: started, finished_at: finished }: Task): number {
  return millisecondsOf(started ?? finished);
}

function millisecondsOf(instant: string | null): number {
  const atMs = instant === null ? NaN : Date.parse(instant);
  return Number.isNaN(atMs) ? Infinity : atMs;
}

/**
 * Builds the containment tree of a run. Siblings stand in order of start, each one after those it depends on. Tasks whose
 * parent is missing, or that contain each other, stand at the top.
 */
export function taskForest(tasks: readonly Task[]): readonly TaskNode[] {
  const nodes = new Map<string, GrowingNode>();
  for (const task of tasks) nodes.set(task.task_id, { task, depth: 0, children: [] });
  const roots: GrowingNode[] = [];
  for (const node of nodes.values()) {
    const parent = node.task.parent_task_id === null ? undefined : nodes.get(node.task.parent_task_id);
    if (parent === undefined || parent === node) roots.push(node);
    else parent.children.push(node);
  }
  const placed = place(roots);
  if (placed.size < nodes.size) roots.push(...uncoiled(nodes, placed));
  return sorted(roots);
}

/** Every node of a forest, parents before their children. */
export function* walk(forest: readonly TaskNode[]): Generator<TaskNode> {
  const stack = [...forest].reverse();
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    yield node;
    for (let index = node.children.length - 1; index >= 0; index -= 1) {
      const child = node.children[index];
      if (child !== undefined) stack.push(child);
    }
  }
}

/** Gives everything below the roots its depth and its order; returns the ids that were reached. */
function place(roots: readonly GrowingNode[], placed = new Set<string>()): Set<string> {
  const stack = [...roots];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    placed.add(node.task.task_id);
    if (node.children.length > 1) node.children.splice(0, node.children.length, ...sorted(node.children));
    for (const child of node.children) {
      child.depth = node.depth + 1;
      stack.push(child);
    }
  }
  return placed;
}

/** Tasks that contain each other hang on no root: the first of each circle is cut loose and becomes one. */
function uncoiled(nodes: ReadonlyMap<string, GrowingNode>, placed: Set<string>): GrowingNode[] {
  const roots: GrowingNode[] = [];
  for (const [id, node] of nodes) {
    if (placed.has(id)) continue;
    const siblings = nodes.get(node.task.parent_task_id ?? '')?.children ?? [];
    siblings.splice(siblings.indexOf(node), 1);
    place([node], placed);
    roots.push(node);
  }
  return roots;
}

function sorted<Node extends TaskNode>(siblings: readonly Node[]): Node[] {
  const byStart = [...siblings].sort((a, b) => compare(a.task, b.task));
  const places = new Map(byStart.map((node, place) => [node.task.task_id, place]));
  const dependenciesOf = ({ task }: Node): readonly Node[] => {
    // The earliest last, for the stack takes from its end.
    const known = task.depends_on.flatMap((id) => places.get(id) ?? []).sort((a, b) => b - a);
    return known.flatMap((place) => byStart[place] ?? []);
  };
  const ordered = new Set<Node>();
  for (const node of byStart) putAfterDependencies(node, dependenciesOf, ordered);
  return [...ordered];
}

const nameOrder = new Intl.Collator('en', { numeric: true });

// By start, else by when they were queued, else by name. The difference of two infinite times is NaN, which counts as none.
const compare = (a: Task, b: Task): number =>
  startMsOf(a) - startMsOf(b) || millisecondsOf(a.queued_at) - millisecondsOf(b.queued_at) || nameOrder.compare(a.name ?? a.task_id, b.name ?? b.task_id);

/** Appends a node once those it depends on are in; an explicit stack, for chains can be thousands long. */
function putAfterDependencies<Node extends TaskNode>(first: Node, dependenciesOf: (node: Node) => readonly Node[], ordered: Set<Node>): void {
  const stack = [first];
  const entered = new Set<Node>();
  for (let node = stack.at(-1); node !== undefined; node = stack.at(-1)) {
    if (ordered.has(node) || entered.has(node)) {
      ordered.add(node);
      stack.pop();
      continue;
    }
    entered.add(node);
    for (const dependency of dependenciesOf(node)) {
      if (!ordered.has(dependency) && !entered.has(dependency)) stack.push(dependency);
    }
  }
}
