import type { Task } from '../api/wire-shapes.js';
import { hasFailed } from '../parts/standing.js';
import { walk, type TaskNode } from '../trace/task-forest.js';

/** A node of the drawing: one task, or several alike ones folded into one. */
export interface GraphNode {
  readonly id: string;
  readonly tasks: readonly [Task, ...Task[]];
  /** How many tasks lie inside it and are not drawn themselves. */
  readonly hiddenInside: number;
  readonly isFold: boolean;
  /** Whether it contains tasks that are drawn. */
  readonly isOpen: boolean;
}

export interface GraphEdge {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly kind: 'depends' | 'contains';
}

export interface GraphModel {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** How many nodes there would be beyond those that can be drawn. */
  readonly leftOut: number;
}

export interface GraphChoice {
  /** Ids of nodes that the reader opened or closed. */
  readonly toggled: ReadonlyMap<string, boolean>;
  /** How many nodes may be drawn. */
  readonly limit: number;
}

const openContainersUpTo = 40;
const leastFolded = 4;

/** What of a run's tasks is drawn, and how it hangs together: closed containers and folds of alike tasks stand for what is in them. */
export function graphOf(forest: readonly TaskNode[], { toggled, limit }: GraphChoice): GraphModel {
  const all = [...walk(forest)];
  const standIn = new Map<string, string>();
  const visible = visibleNodes(all, toggled, standIn);
  const links = linksBetween(visible, standIn);
  const folded = visible.length > limit ? fold(visible, links, { toggled, standIn }) : visible.map(drawnAlone);
  const kept = keepMostTelling(folded, links, { limit, standIn });
  const ids = new Set(kept.map((node) => node.id));
  return { nodes: kept, edges: edgesBetween(links, standIn, ids), leftOut: folded.length - kept.length };
}

interface Visible {
  readonly node: TaskNode;
  readonly isOpen: boolean;
}

/** Tasks that no closed container hides; for hidden ones, notes who stands for them. */
function visibleNodes(all: readonly TaskNode[], toggled: ReadonlyMap<string, boolean>, standIn: Map<string, string>): Visible[] {
  const isSmall = all.length <= openContainersUpTo;
  const visible: Visible[] = [];
  // All that lies deeper comes directly after it, since parents stand before their children.
  let closed: { readonly depth: number; readonly id: string } | null = null;
  for (const node of all) {
    const id = node.task.task_id;
    if (closed !== null && closed.depth >= node.depth) closed = null;
    standIn.set(id, closed === null ? id : closed.id);
    if (closed !== null) continue;
    const isContainer = node.children.length > 0;
    const isOpen = isContainer && (toggled.get(id) ?? (isSmall && hasInnerOrder(node)));
    if (isContainer && !isOpen) closed = { depth: node.depth, id };
    visible.push({ node, isOpen });
  }
  return visible;
}

/** Whether the contained tasks wait for each other: only then is there something to draw. */
function hasInnerOrder({ children }: TaskNode): boolean {
  const inside = new Set(children.map(({ task }) => task.task_id));
  return children.some(({ task }) => task.depends_on.some((id) => inside.has(id)));
}

interface Links {
  readonly depends: ReadonlyMap<string, ReadonlySet<string>>;
  readonly contains: ReadonlyMap<string, string>;
}

function linksBetween(visible: readonly Visible[], standIn: ReadonlyMap<string, string>): Links {
  const depends = new Map<string, Set<string>>();
  const contains = new Map<string, string>();
  const note = (node: TaskNode, id: string): void => {
    for (const before of node.task.depends_on) {
      const from = standIn.get(before);
      if (from !== undefined && from !== id) setOf(depends, id).add(from);
    }
  };
  for (const { node, isOpen } of visible) {
    const id = node.task.task_id;
    if (isOpen) {
      note(node, id);
      for (const child of node.children) contains.set(child.task.task_id, id);
    } else for (const inner of walk([node])) note(inner, id);
  }
  return { depends, contains };
}

function setOf(sets: Map<string, Set<string>>, key: string): Set<string> {
  const known = sets.get(key) ?? new Set<string>();
  sets.set(key, known);
  return known;
}

function drawnAlone({ node, isOpen }: Visible): GraphNode {
  return { id: node.task.task_id, tasks: [node.task], hiddenInside: isOpen ? 0 : sizeInside(node), isFold: false, isOpen };
}

function sizeInside(node: TaskNode): number {
  return [...walk([node])].length - 1;
}

interface FoldContext {
  readonly toggled: ReadonlyMap<string, boolean>;
  readonly standIn: Map<string, string>;
}

/** Folds tasks that wait for the same, are waited for by the same and lie in the same task; failed ones stay apart. */
function fold(visible: readonly Visible[], links: Links, { toggled, standIn }: FoldContext): GraphNode[] {
  const dependents = new Map<string, string[]>();
  for (const [to, froms] of links.depends) for (const from of froms) dependents.set(from, [...(dependents.get(from) ?? []), to]);
  const groups = new Map<string, Visible[]>();
  for (const entry of visible) {
    const id = entry.node.task.task_id;
    const signature = entry.isOpen ? id : JSON.stringify([links.contains.get(id), [...(links.depends.get(id) ?? [])].sort(), [...(dependents.get(id) ?? [])].sort(), hasFailed(entry.node.task)]);
    groups.set(signature, [...(groups.get(signature) ?? []), entry]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first, ...others] = group.map(({ node }) => node.task);
    const id = `fold ${first?.task_id ?? ''}`;
    if (first === undefined || group.length < leastFolded || toggled.get(id) === true) return group.map(drawnAlone);
    for (const { node } of group) standIn.set(node.task.task_id, id);
    return [{ id, tasks: [first, ...others], hiddenInside: group.reduce((sum, { node }) => sum + sizeInside(node), 0), isFold: true, isOpen: false }];
  });
}

interface KeepContext {
  readonly limit: number;
  readonly standIn: ReadonlyMap<string, string>;
}

/** Beyond the limit, keeps failed tasks and their neighbours first, then the others in order. */
function keepMostTelling(nodes: readonly GraphNode[], links: Links, { limit, standIn }: KeepContext): readonly GraphNode[] {
  if (nodes.length <= limit) return nodes;
  const near = new Set<string>();
  const drawn = (id: string): string => standIn.get(id) ?? id;
  const failed = new Set(nodes.filter(({ tasks }) => tasks.some(hasFailed)).map(({ id }) => id));
  for (const [to, froms] of links.depends) {
    for (const from of froms) {
      if (failed.has(drawn(to))) near.add(drawn(from));
      if (failed.has(drawn(from))) near.add(drawn(to));
    }
  }
  const rank = ({ id }: GraphNode): number => (failed.has(id) ? 0 : near.has(id) ? 1 : 2);
  const chosen = new Set([...nodes].sort((a, b) => rank(a) - rank(b)).slice(0, limit));
  return nodes.filter((node) => chosen.has(node));
}

function edgesBetween({ depends, contains }: Links, standIn: ReadonlyMap<string, string>, ids: ReadonlySet<string>): readonly GraphEdge[] {
  const edges = new Map<string, GraphEdge>();
  const add = (fromId: string, toId: string, kind: GraphEdge['kind']): void => {
    const from = standIn.get(fromId) ?? fromId;
    const to = standIn.get(toId) ?? toId;
    if (from !== to && ids.has(from) && ids.has(to)) edges.set(`${from} ${to}`, { id: `${from} ${to}`, from, to, kind });
  };
  for (const [child, parent] of contains) if (!isReachedByDependency(child, depends, contains)) add(parent, child, 'contains');
  for (const [to, froms] of depends) for (const from of froms) add(from, to, 'depends');
  return [...edges.values()];
}

/** A task that waits for another in the same container hangs on that one; a line from the container would only add clutter. */
function isReachedByDependency(child: string, depends: Links['depends'], contains: Links['contains']): boolean {
  const parent = contains.get(child);
  return [...(depends.get(child) ?? [])].some((before) => contains.get(before) === parent);
}
