import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { heftSchedule, upwardRanks, type TaskGraph } from './heft-schedule.js';

/** Topcuoglu, Hariri and Wu 2002, figure 2 and table 1; tasks from 0. */
const published: TaskGraph = {
  costs: [
    [14, 16, 9],
    [13, 19, 18],
    [11, 13, 19],
    [13, 8, 17],
    [12, 13, 10],
    [13, 16, 9],
    [7, 15, 11],
    [5, 11, 14],
    [18, 12, 20],
    [21, 7, 16],
  ],
  transfers: [
    [1, 2, 18], [1, 3, 12], [1, 4, 9], [1, 5, 11], [1, 6, 14], [2, 8, 19], [2, 9, 16], [3, 7, 23],
    [4, 8, 27], [4, 9, 23], [5, 9, 13], [6, 8, 15], [7, 10, 17], [8, 10, 11], [9, 10, 13],
  ].map(([from, to, cost]) => ({ from: from! - 1, to: to! - 1, cost: cost! })),
};

describe('upward ranks', () => {
  it('are those of the published example (table 2)', () => {
    const ranks = upwardRanks(published);
    const expected = [108, 77, 80, 80, 69, 63.333, 42.667, 35.667, 44.333, 14.667];
    for (const [task, rank] of expected.entries()) expect(ranks[task]).toBeCloseTo(rank, 3);
  });

  it('refuse tasks that wait for each other, and one that can run nowhere', () => {
    const circle = [{ from: 0, to: 1, cost: 0 }, { from: 1, to: 0, cost: 0 }];
    expect(() => upwardRanks({ costs: [[1], [1]], transfers: circle })).toThrow('2 tasks wait for each other');
    expect(() => upwardRanks({ costs: [[Infinity]], transfers: [] })).toThrow('can run nowhere');
  });
});

const graphs = fc
  .record({ machines: fc.integer({ min: 1, max: 4 }), tasks: fc.integer({ min: 1, max: 12 }), density: fc.double({ min: 0, max: 1, noNaN: true }), seed: fc.integer() })
  .map(({ machines, tasks, density, seed }): TaskGraph => {
    let state = seed;
    const next = () => ((state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff) >>> 8) / 0x7fffff;
    return {
      costs: Array.from({ length: tasks }, () => Array.from({ length: machines }, () => 1 + Math.floor(next() * 20))),
      transfers: Array.from({ length: tasks }, (_, to) => Array.from({ length: to }, (__, from) => ({ from, to, cost: Math.floor(next() * 9) })).filter(() => next() < density)).flat(),
    };
  });

describe('a HEFT schedule', () => {
  it('of the published example ends at 80', () => {
    const placements = heftSchedule(published);
    expect(Math.max(...placements.map(({ end }) => end))).toBe(80);
    // Figure 3a: the first task on the third machine, the last one on the second.
    expect(placements[0]).toEqual({ task: 0, machine: 2, start: 0, end: 9 });
    expect(placements[9]).toEqual({ task: 9, machine: 1, start: 73, end: 80 });
  });

  it('does one task at a time on a machine, and none before what it waits for has been handed over', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const placements = heftSchedule(graph);
        for (const [task, { machine, start, end }] of placements.entries()) expect(end - start).toBe(graph.costs[task]![machine]);
        for (const { from, to, cost } of graph.transfers) {
          const [before, after] = [placements[from]!, placements[to]!];
          expect(after.start).toBeGreaterThanOrEqual(before.end + (before.machine === after.machine ? 0 : cost));
        }
        const byStart = placements.toSorted((one, other) => one.start - other.start);
        for (const [at, one] of byStart.entries()) for (const other of byStart.slice(at + 1)) if (one.machine === other.machine) expect(other.start).toBeGreaterThanOrEqual(one.end);
      }),
    );
  });

  it('puts a task only where it can run', () => {
    expect(heftSchedule({ costs: [[Infinity, 50], [1, 1]], transfers: [] }).map(({ machine }) => machine)).toEqual([1, 0]);
  });
});
