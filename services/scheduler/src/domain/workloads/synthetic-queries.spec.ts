import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { listPolicy } from '../heuristics/list-policy.js';
import { namedRules } from '../heuristics/named-policies.js';
import { arrivalsOf } from '../simulation/arrivals.js';
import { ExecutorSimulation } from '../simulation/executor-simulation.js';
import type { JobTemplate, StageDurations } from '../simulation/workload.js';
import { defaultLevels, defaultSizesGb, syntheticQueries } from './synthetic-queries.js';

const workload = syntheticQueries({ seed: 100_000 });
const all = workload.sizes.flat();

const workAt = ({ shape }: JobTemplate, level: number) => shape.stages.reduce((sum, { taskCount, meanTaskMsByLevel }) => sum + taskCount * meanTaskMsByLevel[level]!, 0);
const median = (values: readonly number[]) => values.toSorted((one, other) => one - other)[values.length >> 1]!;

const isAscending = (list: Float64Array) => list.every((durationMs, index) => durationMs >= (list[index - 1] ?? 1));
const isWhole = ({ fresh, firstWave, restWave }: StageDurations, level: number, taskCount: number) =>
  firstWave[level]!.length > 0 && restWave[level]!.length > 0 === taskCount > defaultLevels[level]! && [fresh, firstWave, restWave].every((lists) => isAscending(lists[level]!));

describe('synthetic queries', () => {
  it('has every kind at every volume', () => {
    expect(workload.sizes.map((kinds) => kinds.length)).toEqual(defaultSizesGb.map(() => 22));
    for (const [kind, { shape }] of workload.sizes[0]!.entries()) {
      const large = workload.sizes.at(-1)![kind]!.shape;
      expect(large.stages.map(({ parents }) => parents)).toEqual(shape.stages.map(({ parents }) => parents));
      expect(large.workMs).toBeGreaterThan(shape.workMs);
    }
  });

  it('is the same for the same seed, and other for another', () => {
    const small = { kindCount: 3, sizesGb: [2], levels: [5, 10] };
    expect(syntheticQueries({ ...small, seed: 7 })).toEqual(syntheticQueries({ ...small, seed: 7 }));
    expect(syntheticQueries({ ...small, seed: 7 }).sizes).not.toEqual(syntheticQueries({ ...small, seed: 8 }).sizes);
  });

  it('gives most work to few jobs', () => {
    const works = all.map(({ shape }) => shape.workMs).toSorted((one, other) => other - one);
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
    expect(sum(works.slice(0, Math.round(works.length * 0.23))) / sum(works)).toBeGreaterThan(0.5);
  });

  it('gets costlier with the executors of a job, about as the published measurements do', () => {
    const last = defaultLevels.length - 1;
    const ratios = all.map((template) => workAt(template, last) / workAt(template, 0));
    expect(median(ratios)).toBeGreaterThan(2);
    expect(median(ratios)).toBeLessThan(5);
    const calm = syntheticQueries({ seed: 100_000, crowding: 0 }).sizes.flat();
    // Only the share of first waves grows.
    expect(median(calm.map((template) => workAt(template, last) / workAt(template, 0)))).toBeLessThan(median(ratios));
  });

  it('begins with scans and narrows to one stage', () => {
    for (const { shape } of all) {
      expect(shape.stages.length).toBeGreaterThanOrEqual(2);
      expect(shape.stages.length).toBeLessThanOrEqual(19);
      expect(shape.stages.filter(({ children }) => children.length === 0)).toHaveLength(1);
      for (const { parents, name } of shape.stages) expect(parents.length === 0).toBe(name.startsWith('scan'));
    }
  });

  it('has a duration for every wave that can be at every level, shortest first', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const faults = syntheticQueries({ seed, kindCount: 2, sizesGb: [3, 50] })
          .sizes.flat()
          .flatMap(({ shape, durations }) => durations.flatMap((stage, index) => defaultLevels.filter((_, level) => !isWhole(stage, level, shape.stages[index]!.taskCount))));
        expect(faults).toEqual([]);
      }),
      { numRuns: 20 },
    );
  });

  it('makes first in, first out wasteful, as it is on the measured queries', () => {
    const simulation = new ExecutorSimulation(50);
    const arrivals = arrivalsOf(workload, { initialJobs: 10, laterJobs: 0, meanGapMs: 0 }, 1);
    const [fifo, fair] = (['fifo', 'fair'] as const).map((name) => simulation.run(arrivals, 1, listPolicy(name, namedRules[name])));
    expect(fifo!.finishedCount).toBe(10);
    expect(fifo!.executorSeconds).toBeGreaterThan(fair!.executorSeconds * 1.2);
    expect(fifo!.meanCompletionSeconds).toBeGreaterThan(fair!.meanCompletionSeconds * 1.3);
  });
});
