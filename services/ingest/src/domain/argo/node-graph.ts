import { entries, isRecord, list, record, text, type JsonRecord } from '../json-reading.js';

/** Nodes by id, as `status.nodes` has them. */
export type Nodes = ReadonlyMap<string, JsonRecord>;

// They stand for no work: a StepGroup for one line of a steps template, a TaskGroup for the expansion of a task with items.
const virtualTypes: ReadonlySet<string> = new Set(['StepGroup', 'TaskGroup']);

/** What the nodes of a workflow are to each other, in terms of the nodes that become tasks. */
export interface NodeGraph {
  /** Ids of the nodes that become tasks: all but the virtual ones and the attempts of retries. */
  readonly taskIds: readonly string[];
  /** The attempts of a task in their order; of a task that is not retried the node itself. */
  readonly attemptsOf: (taskId: string) => readonly string[];
  /** The task that contains a task. */
  readonly parentOf: (taskId: string) => string | undefined;
  /** The tasks beside it that a task waited for. */
  readonly dependenciesOf: (taskId: string) => readonly string[];
}

export function nodesOf(value: unknown): Nodes {
  return new Map(entries(value).filter((entry): entry is readonly [string, JsonRecord] => isRecord(entry[1])));
}

/** Reads the graph of a workflow's nodes; edges to nodes that are not there are left out, as are circles. */
export function nodeGraphOf(nodes: Nodes): NodeGraph {
  const attempts = attemptsByRetry(nodes);
  const taskOfAttempt = new Map([...attempts].flatMap(([retry, ids]) => ids.map((id) => [id, retry] as const)));
  const predecessors = predecessorsOf(nodes);
  const taskOf = (id: string): string => taskOfAttempt.get(id) ?? id;
  const parentOf = (taskId: string): string | undefined => {
    const boundary = text(nodes.get(taskId), 'boundaryID');
    const parent = boundary === undefined || !nodes.has(boundary) ? undefined : taskOf(boundary);
    return parent === taskId ? undefined : parent;
  };
  const dependenciesOf = (taskId: string): readonly string[] => {
    const containers = new Set(ancestorsOf(taskId, parentOf));
    const found = new Set<string>();
    for (const predecessor of realPredecessors(taskId, nodes, predecessors)) {
      const dependency = besideOf(taskOf(predecessor), parentOf(taskId), parentOf);
      // The first tasks inside a DAG are its children in Argo's graph: that is containment, and said already.
      if (dependency !== taskId && !containers.has(dependency)) found.add(dependency);
    }
    return [...found];
  };
  const taskIds = [...nodes.keys()].filter((id) => !isVirtual(nodes.get(id)) && !taskOfAttempt.has(id));
  return { taskIds, attemptsOf: (taskId) => attempts.get(taskId) ?? [taskId], parentOf, dependenciesOf };
}

function isVirtual(node: JsonRecord | undefined): boolean {
  return virtualTypes.has(text(node, 'type') ?? '');
}

function childrenOf(node: JsonRecord | undefined): readonly string[] {
  return list(node, 'children').filter((child): child is string => typeof child === 'string');
}

function attemptsByRetry(nodes: Nodes): ReadonlyMap<string, readonly string[]> {
  const attempts = new Map<string, readonly string[]>();
  const taken = new Set<string>();
  for (const [id, node] of nodes) {
    if (text(node, 'type') !== 'Retry') continue;
    const ids = childrenOf(node).filter((child) => isAttempt(nodes.get(child)) && child !== id && !taken.has(child));
    for (const child of ids) taken.add(child);
    if (ids.length > 0) attempts.set(id, ids);
  }
  return attempts;
}

/** Hooks of a retried node are among its children too. */
function isAttempt(node: JsonRecord | undefined): boolean {
  return node !== undefined && record(node, 'nodeFlag')?.hooked !== true;
}

function predecessorsOf(nodes: Nodes): ReadonlyMap<string, readonly string[]> {
  const predecessors = new Map<string, string[]>();
  for (const [id, node] of nodes) {
    for (const child of childrenOf(node)) {
      if (!nodes.has(child)) continue;
      const known = predecessors.get(child);
      if (known === undefined) predecessors.set(child, [id]);
      else known.push(id);
    }
  }
  return predecessors;
}

/** The nodes before a node, with those before the virtual ones in their place. */
function realPredecessors(id: string, nodes: Nodes, predecessors: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const real: string[] = [];
  const seen = new Set<string>([id]);
  const open = [...(predecessors.get(id) ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    if (isVirtual(nodes.get(next))) open.push(...(predecessors.get(next) ?? []));
    else real.push(next);
  }
  return real;
}

/**
 * The task around `taskId` that lies in `container`: what follows a DAG is, in Argo's graph, a child of the DAG's last tasks, and
 * waited for the whole of it.
 */
function besideOf(taskId: string, container: string | undefined, parentOf: (id: string) => string | undefined): string {
  if (parentOf(taskId) === container) return taskId;
  return [taskId, ...ancestorsOf(taskId, parentOf)].find((candidate) => parentOf(candidate) === container) ?? taskId;
}

function ancestorsOf(taskId: string, parentOf: (id: string) => string | undefined): readonly string[] {
  const ancestors: string[] = [];
  const seen = new Set<string>([taskId]);
  for (let next = parentOf(taskId); next !== undefined && !seen.has(next); next = parentOf(next)) {
    seen.add(next);
    ancestors.push(next);
  }
  return ancestors;
}
