interface Node {
  readonly name: string;
  readonly dependsOn: readonly string[];
}

/** The stages that wait directly for each stage. */
export function dependantsOf(nodes: readonly Node[]): ReadonlyMap<string, readonly string[]> {
  const dependants = new Map<string, string[]>(nodes.map(({ name }) => [name, []]));
  for (const { name, dependsOn } of nodes) for (const before of dependsOn) dependants.get(before)?.push(name);
  return dependants;
}

/**
 * Names in an order in which each comes after all that it depends on; ties in the order given. Those of a cycle, and what
 * depends on it, are left out.
 */
export function topologicalOrder(nodes: readonly Node[]): string[] {
  const dependants = dependantsOf(nodes);
  const open = new Map(nodes.map(({ name, dependsOn }) => [name, dependsOn.length]));
  const order = nodes.filter(({ dependsOn }) => dependsOn.length === 0).map(({ name }) => name);
  for (let index = 0; index < order.length; index++) {
    for (const next of dependants.get(order[index] ?? '') ?? []) {
      const left = (open.get(next) ?? 0) - 1;
      open.set(next, left);
      if (left === 0) order.push(next);
    }
  }
  return order;
}

/**
 * One cycle of the graph.
 *
 * @returns names such that each depends on the next and the last on the first; undefined when there is none
 */
export function findCycle(nodes: readonly Node[]): string[] | undefined {
  const ordered = new Set(topologicalOrder(nodes));
  const left = new Map(nodes.filter(({ name }) => !ordered.has(name)).map((node) => [node.name, node]));
  const path: string[] = [];
  let name = left.keys().next().value;
  while (name !== undefined && !path.includes(name)) {
    path.push(name);
    // Whatever is left over depends on something that is left over.
    name = left.get(name)?.dependsOn.find((before) => left.has(before));
  }
  return name === undefined ? undefined : path.slice(path.indexOf(name));
}

/** All stages that depend on one, directly or through others. */
export function allDependants(nodes: readonly Node[], name: string): ReadonlySet<string> {
  const dependants = dependantsOf(nodes);
  const found = new Set<string>();
  const waiting = [...(dependants.get(name) ?? [])];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    waiting.push(...(dependants.get(next) ?? []));
  }
  return found;
}

/** The length of the longest chain from the beginning of each stage to the end of the graph, in the units of `lengthOf`. */
export function chainLengths(nodes: readonly Node[], lengthOf: (name: string) => number): ReadonlyMap<string, number> {
  const dependants = dependantsOf(nodes);
  const chains = new Map<string, number>();
  for (const name of topologicalOrder(nodes).reverse()) {
    const after = (dependants.get(name) ?? []).reduce((longest, next) => Math.max(longest, chains.get(next) ?? 0), 0);
    chains.set(name, lengthOf(name) + after);
  }
  return chains;
}
