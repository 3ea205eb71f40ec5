import { list, records, text, type JsonRecord } from '../json-reading.js';

// A reference to a result: $(tasks.build.results.image) or, indexed, $(tasks.build.results.images[*]).
const resultReference = /\$\(tasks\.([A-Za-z0-9._-]+?)\.(?:results|outputs)[.[]/g;

/**
 * What each task of a pipeline waits for, by the names that the pipeline gives them: those it says to run after, those whose
 * results it takes, and - for a task in `finally` - all that no other task waits for.
 */
export function pipelineEdges(pipelineSpec: JsonRecord | undefined): ReadonlyMap<string, readonly string[]> {
  const edges = new Map<string, readonly string[]>();
  const awaited = new Set<string>();
  for (const task of records(pipelineSpec, 'tasks')) {
    const name = text(task, 'name');
    if (name === undefined) continue;
    const before = predecessorsOf(task, name);
    for (const each of before) awaited.add(each);
    edges.set(name, before);
  }
  const last = [...edges.keys()].filter((name) => !awaited.has(name));
  for (const task of records(pipelineSpec, 'finally')) {
    const name = text(task, 'name');
    if (name !== undefined && !edges.has(name)) edges.set(name, last);
  }
  return edges;
}

function predecessorsOf(task: JsonRecord, ownName: string): readonly string[] {
  const names = new Set(list(task, 'runAfter').filter((name): name is string => typeof name === 'string'));
  for (const member of ['params', 'when', 'matrix']) {
    const written = task[member] === undefined ? '' : JSON.stringify(task[member]);
    for (const match of written.matchAll(resultReference)) if (match[1] !== undefined) names.add(match[1]);
  }
  names.delete(ownName);
  return [...names];
}
