import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { plainTemplate } from '../../testing/plain-template.js';
import { listPolicy, type ListRules } from '../heuristics/list-policy.js';
import { namedRules } from '../heuristics/named-policies.js';
import { tunedFamily } from '../heuristics/tuned-family.js';
import type { Policy } from '../policy.js';
import type { Observation } from '../state/observation.js';
import { familyWorkload } from '../workloads/dag-families.js';
import { syntheticQueries } from '../workloads/synthetic-queries.js';
import { arrivalsOf } from './arrivals.js';
import { ExecutorSimulation } from './executor-simulation.js';
import type { SimulatedJob } from './simulated-job.js';
import type { JobTemplate } from './workload.js';

const fifo = listPolicy('fifo', namedRules.fifo);
const atOnce = (...templates: readonly JobTemplate[]) => templates.map((template) => ({ atMs: 0, template }));
const run = (executorCount: number, templates: readonly JobTemplate[], policy = fifo) => new ExecutorSimulation(executorCount).run(atOnce(...templates), 1, policy);

/** Each wave takes its own time, ms. */
function waves(template: JobTemplate, { fresh, firstWave, restWave }: { readonly fresh: number | undefined; readonly firstWave: number; readonly restWave: number }): JobTemplate {
  const list = (durationMs: number | undefined) => [Float64Array.from(durationMs === undefined ? [] : [durationMs])];
  return { ...template, durations: template.durations.map(() => ({ fresh: list(fresh), firstWave: list(firstWave), restWave: list(restWave) })) };
}

describe('a simulation of executors', () => {
  it('moves executors in 2 s and keeps them at their stage until no task of it is left', () => {
    // Two executors arrive at 2 s; tasks end at 3, 3 and 4 s.
    expect(run(2, [plainTemplate([{ taskCount: 3 }])])).toMatchObject({ completionSeconds: [4], executorSeconds: 3, makespanSeconds: 4, moveCount: 2, finishedCount: 1 });
  });

  it('draws a task of the wave that its executor is in', () => {
    const taking = { fresh: 4000, firstWave: 200, restWave: 30 };
    expect(run(1, [waves(plainTemplate([{ taskCount: 3 }, {}]), taking)])).toMatchObject({ executorSeconds: (4000 + 30 + 30 + 200) / 1000, completionSeconds: [2 + 4.26] });
    // Where a stage had to end first, the executor stood without work for a moment, and begins anew.
    expect(run(1, [waves(plainTemplate([{ taskCount: 3 }, { parents: [0] }]), taking)]).executorSeconds).toBeCloseTo(8.06, 9);
  });

  it('adds a second for warming up where nothing fresh was measured', () => {
    const job = waves(plainTemplate([{ taskCount: 2 }]), { fresh: undefined, firstWave: 200, restWave: 30 });
    expect(run(1, [job]).executorSeconds).toBeCloseTo(1.23, 9);
  });

  it('takes durations that were measured with as many executors as the job holds', () => {
    const template = plainTemplate([{ taskCount: 8 }]);
    const lists = [Float64Array.of(100), Float64Array.of(900)];
    const job = { shape: { ...template.shape, levels: [1, 4] }, durations: [{ fresh: lists, firstWave: lists, restWave: lists }] };
    expect(run(1, [job]).executorSeconds).toBeCloseTo(0.8, 9);
    // The first to arrive is alone, or nearly so; the others are not.
    expect(run(4, [job]).executorSeconds).toBeGreaterThan(4);
  });

  it('promises executors to a stage whose parents are at work still, and starts it when they are done', () => {
    const job = plainTemplate([{ taskCount: 2, meanTaskMs: 1000 }, { taskCount: 2, meanTaskMs: 500, parents: [0] }]);
    const lists = [[1000], [500]].map((list) => [Float64Array.from(list)]);
    const template = { ...job, durations: lists.map((list) => ({ fresh: list, firstWave: list, restWave: list })) };
    expect(run(2, [template]).completionSeconds).toEqual([3.5]);
  });

  it('asks nobody until something arrives, and tells the gaps between arrivals', () => {
    const gaps: number[] = [];
    const policy: Policy = { name: 'spy', decide: (observation) => (gaps.push(observation.arrivalGapMs), fifo.decide(observation)) };
    const arrivals = [5000, 25_000].map((atMs) => ({ atMs, template: plainTemplate([{}]) }));
    expect(new ExecutorSimulation(1).run(arrivals, 1, policy)).toMatchObject({ completionSeconds: [3, 3], makespanSeconds: 28 });
    expect([gaps[0], gaps.at(-1)]).toEqual([Infinity, 20_000]);
  });

  it('ends without what a policy never starts', () => {
    const outcome = run(2, [plainTemplate([{}])], { name: 'idle', decide: ({ freeCount }) => ({ stage: undefined, count: freeCount }) });
    expect(outcome).toMatchObject({ jobCount: 1, finishedCount: 0, completionSeconds: [Infinity], decisionCount: 1 });
  });

  it('refuses no executors, and choices of none', () => {
    expect(() => new ExecutorSimulation(0)).toThrow('at least one executor');
    expect(() => run(1, [plainTemplate([{}])], { name: 'none', decide: () => ({ stage: undefined, count: 0 }) })).toThrow('chose 0 executors, of 1');
  });
});

const workload = familyWorkload({ seed: 100_400, kindCount: 2, scales: [1, 3], levels: [2, 6, 12] });
const episode = fc.record({
  seed: fc.integer({ min: 100_000, max: 300_000 }),
  executorCount: fc.integer({ min: 1, max: 14 }),
  initialJobs: fc.integer({ min: 0, max: 5 }),
  laterJobs: fc.integer({ min: 0, max: 8 }),
});
const arrivalsFor = ({ seed, initialJobs, laterJobs }: { readonly seed: number; readonly initialJobs: number; readonly laterJobs: number }, jobs = workload) =>
  arrivalsOf(jobs, { initialJobs, laterJobs, meanGapMs: 6000 }, seed);

/** Chooses anything it may, now and then nothing, and looks on the way whether all is as it should be. */
function anything(seed: number, faults: Set<string>, seen: Set<SimulatedJob>): Policy {
  let state = seed;
  const below = (limit: number) => ((state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff) >>> 8) % limit;
  const decide = (observation: Observation) => {
    for (const fault of faultsOf(observation)) faults.add(fault);
    for (const job of observation.jobs) seen.add(job as SimulatedJob);
    const ready = observation.jobs.flatMap((job) => job.stages.filter((stage) => observation.isReady(stage)));
    return { stage: below(20) === 0 ? undefined : ready[below(Math.max(1, ready.length))], count: 1 + below(observation.freeCount) };
  };
  return { name: 'anything', decide };
}

function faultsOf({ jobs, freeCount, executorCount, source, pool }: Observation): string[] {
  const all = jobs as readonly SimulatedJob[];
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const standing = all.map((job) => job.executorCount + sum(job.stages.map(({ movingCount }) => movingCount)));
  return [
    ...(freeCount < 1 || freeCount > executorCount ? ['on offer'] : []),
    ...(pool.freeCount < freeCount || pool.freeCount > executorCount ? ['free'] : []),
    ...(source !== undefined && !jobs.includes(source) ? ['source'] : []),
    ...(sum(standing) > executorCount ? ['more executors than there are'] : []),
    ...all.flatMap((job, index) => {
      const committed = sum(job.stages.map(({ committedCount }) => committedCount));
      return [
        ...(job.supply < standing[index]! || job.supply > standing[index]! + committed ? ['supply'] : []),
        ...(job.stages.some(({ committedCount, movingCount, startedCount, finishedCount, shape }) => Math.min(committedCount, movingCount) < 0 || finishedCount > startedCount || startedCount > shape.taskCount) ? ['counts'] : []),
        ...(job.stages.some(({ startedCount, shape }) => startedCount > 0 && shape.parents.some((parent) => !job.stages[parent]!.isDone)) ? ['order'] : []),
        ...(job.remainingTaskCount === sum(job.stages.map(({ shape, startedCount }) => shape.taskCount - startedCount)) ? [] : ['tasks left']),
      ];
    }),
  ];
}

describe('any episode of executors', () => {
  it('does every task once, after what it waits for, with no more executors than there are', () => {
    fc.assert(
      fc.property(episode, (one) => {
        const faults = new Set<string>();
        const seen = new Set<SimulatedJob>();
        const outcome = new ExecutorSimulation(one.executorCount).run(arrivalsFor(one), one.seed, anything(one.seed, faults, seen));
        expect([...faults]).toEqual([]);
        for (const job of seen) {
          const isWhole = job.stages.every(({ isDone, startedCount, finishedCount, shape }) => isDone && startedCount === shape.taskCount && finishedCount === shape.taskCount);
          expect(isWhole).toBe(job.finishedMs < Infinity);
        }
        expect(outcome.finishedCount).toBe([...seen].filter(({ isDone }) => isDone).length);
      }),
      { numRuns: 80 },
    );
  });

  it('ends all jobs under every list scheduler, the same whenever it is run again', () => {
    fc.assert(
      fc.property(episode, fc.constantFrom<ListRules>(...Object.values(namedRules), ...tunedFamily), (one, rules) => {
        const simulation = new ExecutorSimulation(one.executorCount);
        const arrivals = arrivalsFor(one);
        const first = simulation.run(arrivals, one.seed, listPolicy('any', rules));
        expect(first.finishedCount).toBe(arrivals.length);
        simulation.run(arrivals, one.seed + 1, fifo);
        expect(simulation.run(arrivals, one.seed, listPolicy('any', rules))).toEqual(first);
      }),
      { numRuns: 30 },
    );
  });

  it('gives tasks the same luck under every policy: where waves and executors do not matter, work is the same to the ms', () => {
    const level = { ...workload, sizes: workload.sizes.map((jobs) => jobs.map((job) => ({ shape: { ...job.shape, levels: [] }, durations: job.durations.map(({ firstWave: [list = new Float64Array(1)] }) => ({ fresh: [list], firstWave: [list], restWave: [list] })) }))) };
    fc.assert(
      fc.property(episode, (one) => {
        const arrivals = arrivalsFor(one, level);
        const works = (['fifo', 'fair', 'srpt-cp'] as const).map((name) => new ExecutorSimulation(one.executorCount).run(arrivals, one.seed, listPolicy(name, namedRules[name])).executorSeconds);
        expect(new Set(works.map((work) => work.toFixed(3))).size).toBe(1);
      }),
      { numRuns: 20 },
    );
  });
});

describe('list schedulers on queries', () => {
  it('come out as they did when they were written', () => {
    const queries = syntheticQueries({ seed: 100_000, sizesGb: [2, 8, 32] });
    const simulation = new ExecutorSimulation(50);
    const arrivals = arrivalsOf(queries, { initialJobs: 10, laterJobs: 0, meanGapMs: 0 }, 100_000);
    const figures = Object.entries(namedRules).map(([name, rules]) => {
      const { meanCompletionSeconds, executorSeconds, decisionCount } = simulation.run(arrivals, 100_000, listPolicy(name, rules));
      return [name, meanCompletionSeconds.toFixed(3), executorSeconds.toFixed(3), decisionCount];
    });
    expect(figures).toEqual([
      ['fifo', '73.400', '4890.901', 163],
      ['fair', '31.850', '2604.301', 177],
      ['weighted-fair', '32.010', '2825.197', 169],
      ['sjf-cp', '64.606', '4852.397', 162],
      ['srpt-cp', '64.606', '4852.397', 162],
      ['critical-path', '71.675', '4896.451', 163],
    ]);
  });
});
