import { describe, expect, it } from '@jest/globals';
import { listPolicy } from '../heuristics/list-policy.js';
import { namedRules } from '../heuristics/named-policies.js';
import { arrivalsOf } from '../simulation/arrivals.js';
import { ExecutorSimulation } from '../simulation/executor-simulation.js';
import { dagFamilies, defaultScales, familyWorkload, mixtureOf } from './dag-families.js';
import { syntheticQueries } from './synthetic-queries.js';

describe('families of jobs', () => {
  it('has every kind of every family at every scale', () => {
    const { sizes } = familyWorkload({ seed: 100_000 });
    expect(sizes.map((kinds) => kinds.length)).toEqual(defaultScales.map(() => 24));
    expect(new Set(sizes[0]!.map(({ shape }) => shape.name.split(' ')[0]))).toEqual(new Set(dagFamilies));
    for (const [kind, { shape }] of sizes[0]!.entries()) expect(sizes[3]![kind]!.shape.taskCount).toBe(8 * shape.taskCount);
  });

  it('draws the shapes that their names say', () => {
    const shapesOf = (family: (typeof dagFamilies)[number]) => familyWorkload({ seed: 1, families: [family], scales: [1] }).sizes.flat().map(({ shape }) => shape);
    for (const { stages } of shapesOf('chain')) expect(stages.map(({ parents }) => parents)).toEqual(stages.map((_, index) => (index === 0 ? [] : [index - 1])));
    for (const { stages } of shapesOf('fork-join')) expect(stages.at(-1)!.parents).toEqual(stages.slice(1, -1).map(({ index }) => index));
    for (const { stages } of shapesOf('map-reduce')) for (const { index, taskCount } of stages) expect(taskCount).toBeGreaterThanOrEqual(index % 2 === 0 ? 8 : 1);
    for (const { stages } of shapesOf('layered')) for (const { index, parents } of stages) for (const parent of parents) expect(parent).toBeLessThan(index);
  });

  it('is the same for the same seed', () => {
    const options = { kindCount: 2, scales: [1], levels: [5] };
    expect(familyWorkload({ ...options, seed: 3 })).toEqual(familyWorkload({ ...options, seed: 3 }));
    expect(familyWorkload({ ...options, seed: 3 }).sizes).not.toEqual(familyWorkload({ ...options, seed: 4 }).sizes);
  });

  it('tells what memory tasks need, and what they really took', () => {
    for (const { shape, peakMemoryBytes } of familyWorkload({ seed: 5, kindCount: 1, scales: [8] }).sizes.flat()) {
      for (const [index, { memoryBytes }] of shape.stages.entries()) {
        const peaks = peakMemoryBytes![index]!;
        const over = peaks.filter((peak) => peak > memoryBytes).length;
        expect(over / peaks.length).toBeLessThan(0.08);
        expect(memoryBytes / peaks[peaks.length >> 1]!).toBeCloseTo(1.3, 1);
      }
    }
  });

  it('runs to its end on executors', () => {
    const workload = mixtureOf('mixed', [{ workload: familyWorkload({ seed: 6 }), weight: 2 }, { workload: syntheticQueries({ seed: 6, sizesGb: [2] }) }]);
    expect(workload.sizes).toHaveLength(11);
    const { finishedCount } = new ExecutorSimulation(10).run(arrivalsOf(workload, { initialJobs: 3, laterJobs: 10, meanGapMs: 5000 }, 1), 1, listPolicy('fair', namedRules.fair));
    expect(finishedCount).toBe(13);
  });

  it('refuses no families, no parts and weights of nothing', () => {
    expect(() => familyWorkload({ seed: 1, families: [] })).toThrow('at least one family');
    expect(() => mixtureOf('none', [])).toThrow('no parts');
    expect(() => mixtureOf('half', [{ workload: syntheticQueries({ seed: 1, kindCount: 1, sizesGb: [2] }), weight: 0.5 }])).toThrow('whole weight');
  });
});
