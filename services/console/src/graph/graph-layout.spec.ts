import { describe, expect, it } from '@jest/globals';
import { layOut, nodeSize } from './graph-layout.js';

describe('layOut', () => {
  it('places what comes later further to the right, and nothing over something else', () => {
    const places = layOut({ nodeIds: ['a', 'b', 'c', 'd'], edges: [['a', 'b'], ['a', 'c'], ['b', 'd'], ['c', 'd']], direction: 'LR' });
    const at = (id: string) => places.get(id)!;
    expect(at('a').x + nodeSize.width).toBeLessThan(at('b').x);
    expect(at('b').x + nodeSize.width).toBeLessThan(at('d').x);
    expect(Math.abs(at('b').y - at('c').y)).toBeGreaterThanOrEqual(nodeSize.height);
  });

  it('survives circles and nodes without edges', () => {
    expect(layOut({ nodeIds: ['a', 'b', 'alone'], edges: [['a', 'b'], ['b', 'a']], direction: 'TB' }).size).toBe(3);
  });
});
