import type { Artifact, ExecutionEvent } from '../api/wire-shapes.js';
import { emptyBranch, eventKey, outsideKey, taskKey, type Branch, type Branches } from './branch.js';
import type { TaskNode } from './task-forest.js';

interface RowPlace {
  readonly key: string;
  readonly depth: number;
}

export type TraceRow = RowPlace &
  (
    | { readonly kind: 'task'; readonly node: TaskNode; readonly isOpen: boolean; readonly canOpen: boolean }
    | { readonly kind: 'outside'; readonly isOpen: boolean; readonly total: number | null }
    | { readonly kind: 'event'; readonly event: ExecutionEvent; readonly isOpen: boolean; readonly canOpen: boolean }
    | { readonly kind: 'artifact'; readonly artifact: Artifact }
    | { readonly kind: 'more'; readonly branchKey: string; readonly remaining: number }
    | { readonly kind: 'note'; readonly text: string; readonly isProblem: boolean; readonly branchKey: string }
  );

export interface RowSource {
  readonly forest: readonly TaskNode[];
  readonly branches: Branches;
  readonly isOpen: (key: string, isOpenAtFirst: boolean) => boolean;
  /** Null shows all tasks, else only those in the set. */
  readonly visibleTasks: ReadonlySet<string> | null;
  /** True when the run itself holds events or artifacts that belong to no task. */
  readonly hasOutside: boolean;
}

// A forest of this size is shown with its containers open: more would bury what lies on top.
const openForestSize = 300;
const openEventChildren = 40;
const openEventDepth = 6;

/** The rows of the waterfall from top to bottom, as the reader has opened and filtered them. */
export function traceRows(source: RowSource): readonly TraceRow[] {
  const rows: TraceRow[] = [];
  const isSmall = sizeOf(source.forest, openForestSize) < openForestSize;
  if (source.hasOutside && source.visibleTasks === null) addOutside(rows, source);
  // Rows of containers that are open: an explicit stack, for containment can be deep.
  const stack = [...source.forest].reverse();
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    const key = taskKey(node.task.task_id);
    const isVisible = source.visibleTasks?.has(node.task.task_id) ?? true;
    if (!isVisible) continue;
    const isOpenAtFirst = node.children.length > 0 && (isSmall || source.visibleTasks !== null);
    const isOpen = source.isOpen(key, isOpenAtFirst);
    rows.push({ kind: 'task', key, depth: node.depth, node, isOpen, canOpen: canOpenTask(node) });
    if (!isOpen) continue;
    addBranch(rows, source, { key, depth: node.depth + 1 });
    for (let index = node.children.length - 1; index >= 0; index -= 1) {
      const child = node.children[index];
      if (child !== undefined) stack.push(child);
    }
  }
  return rows;
}

/** Whether anything lies inside a task. */
export function canOpenTask({ task, children }: TaskNode): boolean {
  return children.length > 0 || task.event_count > 0 || task.artifact_count > 0;
}

function addOutside(rows: TraceRow[], source: RowSource): void {
  const branch = source.branches.get(outsideKey);
  const isAlone = source.forest.length === 0;
  if (isAlone) {
    addBranch(rows, source, { key: outsideKey, depth: 0 });
    return;
  }
  if (branch !== undefined && !branch.isLoading && branch.problem === null && branch.cursor === null && isBare(branch)) return;
  const isOpen = source.isOpen(outsideKey, false);
  rows.push({ kind: 'outside', key: outsideKey, depth: 0, isOpen, total: branch === undefined || branch.cursor !== null ? null : branch.events.length });
  if (isOpen) addBranch(rows, source, { key: outsideKey, depth: 1 });
}

const isBare = ({ events, artifacts }: Branch): boolean => events.length === 0 && artifacts.length === 0;

function addBranch(rows: TraceRow[], source: RowSource, { key, depth }: RowPlace): void {
  const branch = source.branches.get(key);
  if (branch === undefined) return;
  const byEvent = groupedByEvent(branch);
  for (const artifact of byEvent.get(null) ?? []) rows.push({ kind: 'artifact', key: `${key} ${artifact.artifact_id}`, depth, artifact });
  for (const event of branch.events) addEvent(rows, source, { event, depth, byEvent });
  addEnd(rows, branch, { key, depth });
}

interface EventPlace {
  readonly event: ExecutionEvent;
  readonly depth: number;
  readonly byEvent: ReadonlyMap<string | null, readonly Artifact[]>;
}

/** Adds an event and what is open below it; the API nests at most ten deep, so the recursion ends soon. */
function addEvent(rows: TraceRow[], source: RowSource, { event, depth, byEvent }: EventPlace): void {
  const key = eventKey(event.event_id);
  const own = source.branches.get(key);
  const artifacts = byEvent.get(event.event_id) ?? [];
  const canOpen = event.child_count > 0 || artifacts.length > 0;
  const hasSomethingAtHand = event.children.length > 0 || artifacts.length > 0;
  const isOpen = canOpen && source.isOpen(key, hasSomethingAtHand && depth < openEventDepth && event.child_count <= openEventChildren);
  rows.push({ kind: 'event', key, depth, event, isOpen, canOpen });
  if (!isOpen) return;
  for (const artifact of artifacts) rows.push({ kind: 'artifact', key: `${key} ${artifact.artifact_id}`, depth: depth + 1, artifact });
  for (const child of childrenOf(event, own)) addEvent(rows, source, { event: child, depth: depth + 1, byEvent });
  addEnd(rows, own ?? { ...emptyBranch, total: event.child_count, events: event.children }, { key, depth: depth + 1 });
}

/** The children that were read page by page, once there are any; until then those that came with their parent. */
function childrenOf(event: ExecutionEvent, own: Branch | undefined): readonly ExecutionEvent[] {
  return own !== undefined && own.events.length > 0 ? own.events : event.children;
}

function addEnd(rows: TraceRow[], branch: Branch, { key, depth }: RowPlace): void {
  if (branch.problem !== null) rows.push({ kind: 'note', key: `${key} problem`, depth, text: branch.problem, isProblem: true, branchKey: key });
  else if (branch.isLoading) rows.push({ kind: 'note', key: `${key} loading`, depth, text: 'Reading …', isProblem: false, branchKey: key });
  else if (branch.cursor !== null || branch.total > branch.events.length) {
    rows.push({ kind: 'more', key: `${key} more`, depth, branchKey: key, remaining: Math.max(0, branch.total - branch.events.length) });
  }
  if (branch.hasMoreArtifacts) {
    const text = `The first ${String(branch.artifacts.length)} artifacts are shown here; all are under Artifacts.`;
    rows.push({ kind: 'note', key: `${key} artifacts`, depth, text, isProblem: false, branchKey: key });
  }
}

function groupedByEvent({ artifacts, events }: Branch): Map<string | null, Artifact[]> {
  const known = new Set<string>();
  const stack = [...events];
  for (let event = stack.pop(); event !== undefined; event = stack.pop()) {
    known.add(event.event_id);
    stack.push(...event.children);
  }
  const groups = new Map<string | null, Artifact[]>();
  for (const artifact of artifacts) {
    const id = artifact.event_id !== null && known.has(artifact.event_id) ? artifact.event_id : null;
    const group = groups.get(id);
    if (group === undefined) groups.set(id, [artifact]);
    else group.push(artifact);
  }
  return groups;
}

function sizeOf(forest: readonly TaskNode[], limit: number): number {
  let size = 0;
  const stack = [...forest];
  for (let node = stack.pop(); node !== undefined && size < limit; node = stack.pop()) {
    size += 1;
    stack.push(...node.children);
  }
  return size;
}
