import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { allDependants, chainLengths, findCycle, topologicalOrder } from './graph.js';

const node = (name: string, ...dependsOn: string[]) => ({ name, dependsOn });
const diamond = [node('a'), node('b', 'a'), node('c', 'a'), node('d', 'b', 'c')];

describe('the graph of a pipeline', () => {
  it('is walked in an order that keeps every dependency', () => {
    const graphs = fc.integer({ min: 1, max: 12 }).chain((size) =>
      fc.tuple(...Array.from({ length: size }, (_, index) => fc.subarray(Array.from({ length: index }, (_, before) => String(before))).map((dependsOn) => ({ name: String(index), dependsOn })))),
    );
    fc.assert(
      fc.property(graphs, (nodes) => {
        const shuffled = [...nodes].reverse();
        const order = topologicalOrder(shuffled);
        expect(order).toHaveLength(nodes.length);
        expect(findCycle(shuffled)).toBeUndefined();
        for (const { name, dependsOn } of nodes) for (const before of dependsOn) expect(order.indexOf(before)).toBeLessThan(order.indexOf(name));
      }),
    );
  });

  it('tells a circle without what merely leads to it or away from it', () => {
    expect(findCycle([node('out', 'b'), node('a', 'b'), node('b', 'c'), node('c', 'a', 'in'), node('in')])).toEqual(['b', 'c', 'a']);
    expect(findCycle(diamond)).toBeUndefined();
  });

  it('tells what a stage holds up, and the longest chain that begins with it', () => {
    const lengths: Record<string, number> = { a: 1, b: 5, c: 2, d: 1 };

    expect([...allDependants(diamond, 'a')].sort()).toEqual(['b', 'c', 'd']);
    expect([...allDependants(diamond, 'd')]).toEqual([]);
    expect([...chainLengths(diamond, (name) => lengths[name] ?? 0)]).toEqual(expect.arrayContaining([['a', 7], ['b', 6], ['c', 3], ['d', 1]]));
  });
});
