import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { nodeGraphOf, nodesOf, type NodeGraph } from './node-graph.js';

type Sketch = Readonly<Record<string, { readonly type: string; readonly in?: string; readonly to?: readonly string[]; readonly hooked?: boolean }>>;

function graphOf(sketch: Sketch): NodeGraph {
  const nodes = Object.entries(sketch).map(([id, node]) => [
    id,
    { id, type: node.type, boundaryID: node.in, children: node.to ?? [], ...(node.hooked === true ? { nodeFlag: { hooked: true } } : {}) },
  ]);
  return nodeGraphOf(nodesOf(Object.fromEntries(nodes)));
}

describe('graph of nodes', () => {
  it('of steps: each waits for those of the line before', () => {
    const graph = graphOf({
      root: { type: 'Steps', to: ['g0'] },
      g0: { type: 'StepGroup', in: 'root', to: ['a'] },
      a: { type: 'Pod', in: 'root', to: ['g1'] },
      g1: { type: 'StepGroup', in: 'root', to: ['b', 'c'] },
      b: { type: 'Pod', in: 'root', to: ['g2'] },
      c: { type: 'Pod', in: 'root', to: ['g2'] },
      g2: { type: 'StepGroup', in: 'root', to: ['d'] },
      d: { type: 'Pod', in: 'root' },
    });

    expect(graph.taskIds).toEqual(['root', 'a', 'b', 'c', 'd']);
    expect(graph.dependenciesOf('a')).toEqual([]);
    expect(graph.dependenciesOf('b')).toEqual(['a']);
    expect(graph.dependenciesOf('d').toSorted()).toEqual(['b', 'c']);
    expect(graph.parentOf('d')).toBe('root');
  });

  it('of a task with items: the next waits for each item, or for what came before when there was none', () => {
    const items = graphOf({
      root: { type: 'DAG', to: ['a'] },
      a: { type: 'Pod', in: 'root', to: ['many'] },
      many: { type: 'TaskGroup', in: 'root', to: ['i0', 'i1'] },
      i0: { type: 'Pod', in: 'root', to: ['z'] },
      i1: { type: 'Pod', in: 'root', to: ['z'] },
      z: { type: 'Pod', in: 'root' },
    });
    const none = graphOf({
      root: { type: 'DAG', to: ['a'] },
      a: { type: 'Pod', in: 'root', to: ['many'] },
      many: { type: 'TaskGroup', in: 'root', to: ['z'] },
      z: { type: 'Pod', in: 'root' },
    });

    expect(items.dependenciesOf('i0')).toEqual(['a']);
    expect(items.dependenciesOf('z').toSorted()).toEqual(['i0', 'i1']);
    expect(none.dependenciesOf('z')).toEqual(['a']);
  });

  it('of a DAG within a DAG: what follows it waits for the whole of it', () => {
    const graph = graphOf({
      root: { type: 'DAG', to: ['inner'] },
      inner: { type: 'DAG', in: 'root', to: ['x'] },
      x: { type: 'Pod', in: 'inner', to: ['y'] },
      y: { type: 'Pod', in: 'inner', to: ['after'] },
      after: { type: 'Pod', in: 'root' },
    });

    expect(graph.dependenciesOf('after')).toEqual(['inner']);
    expect(graph.dependenciesOf('y')).toEqual(['x']);
    expect(graph.dependenciesOf('x')).toEqual([]);
  });

  it('of a retry: its attempts are one task, without its hooks', () => {
    const graph = graphOf({
      root: { type: 'DAG', to: ['r'] },
      r: { type: 'Retry', in: 'root', to: ['r0', 'hook', 'r1'] },
      r0: { type: 'Pod', in: 'root' },
      hook: { type: 'Pod', in: 'root', hooked: true },
      r1: { type: 'Steps', in: 'root', to: ['g'] },
      g: { type: 'StepGroup', in: 'r1', to: ['s'] },
      s: { type: 'Pod', in: 'r1', to: ['next'] },
      next: { type: 'Pod', in: 'root' },
    });

    expect(graph.taskIds).toEqual(['root', 'r', 'hook', 's', 'next']);
    expect(graph.attemptsOf('r')).toEqual(['r0', 'r1']);
    expect(graph.attemptsOf('next')).toEqual(['next']);
    expect(graph.parentOf('s')).toBe('r');
    expect(graph.dependenciesOf('next')).toEqual(['r']);
    expect(graph.dependenciesOf('hook')).toEqual(['r']);
  });

  it('leaves out edges to nodes that are not there', () => {
    const graph = graphOf({ a: { type: 'Pod', in: 'missing', to: ['b', 'missing'] }, b: { type: 'Pod' } });

    expect(graph.parentOf('a')).toBeUndefined();
    expect(graph.dependenciesOf('b')).toEqual(['a']);
  });

  it('ends for any nodes, circles among them, and names only tasks that are there', () => {
    const id = fc.constantFrom('a', 'b', 'c', 'd', 'e');
    const node = fc.record({ type: fc.constantFrom('Pod', 'DAG', 'Retry', 'StepGroup', 'TaskGroup'), in: fc.option(id, { nil: undefined }), to: fc.array(id, { maxLength: 4 }) });
    fc.assert(
      fc.property(fc.dictionary(id, node), (sketch) => {
        const graph = graphOf(sketch);

        for (const taskId of graph.taskIds) {
          for (const other of [...graph.dependenciesOf(taskId), graph.parentOf(taskId)]) {
            expect(other).not.toBe(taskId);
            expect(other === undefined || other in sketch).toBe(true);
          }
        }
      }),
    );
  });
});
