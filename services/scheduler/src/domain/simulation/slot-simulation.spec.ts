import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { listPolicy } from '../heuristics/list-policy.js';
import { namedRules } from '../heuristics/named-policies.js';
import type { Policy } from '../policy.js';
import type { Observation } from '../state/observation.js';
import { plainTemplate } from '../../testing/plain-template.js';
import { familyWorkload } from '../workloads/dag-families.js';
import { arrivalsOf } from './arrivals.js';
import type { SlotStage } from './slot-job.js';
import { SlotSimulation, type SlotRules } from './slot-simulation.js';
import type { Arrival, JobTemplate } from './workload.js';

const fifo = listPolicy('fifo', namedRules.fifo);

const arrival = (template: JobTemplate, atMs = 0, terms: Arrival['terms'] = {}): Arrival => ({ atMs, template, terms });

describe('a simulation of slots', () => {
  it('runs what is ready at once, and the rest when its dependencies are done', () => {
    const diamond = plainTemplate([{}, { parents: [0], meanTaskMs: 2000 }, { parents: [0], meanTaskMs: 3000 }, { parents: [1, 2] }]);
    const outcome = new SlotSimulation([{ id: 'a', slotCount: 2 }]).run([arrival(diamond), arrival(diamond, 10_000)], 1, fifo);
    expect(outcome).toMatchObject({ finishedCount: 2, completionSeconds: [5, 5], executorSeconds: 14, makespanSeconds: 15, failedAttemptCount: 0, memoryGbSeconds: 0 });
  });

  it('takes longer in slower pools, and uses the fastest first', () => {
    const pools = [{ id: 'slow', slotCount: 1, timeFactor: 3 }, { id: 'fast', slotCount: 1, timeFactor: 0.5 }];
    const one = new SlotSimulation(pools).run([arrival(plainTemplate([{}]))], 1, fifo);
    expect(one.completionSeconds).toEqual([0.5]);
    const two = new SlotSimulation(pools).run([arrival(plainTemplate([{ taskCount: 2 }]))], 1, fifo);
    expect(two).toMatchObject({ completionSeconds: [3], executorSeconds: 3.5 });
  });

  it('runs a stage only in pools that it names', () => {
    const pools = [{ id: 'any', slotCount: 4 }, { id: 'gpu', slotCount: 1 }];
    const job = plainTemplate([{ taskCount: 3, poolIds: ['gpu'] }]);
    expect(new SlotSimulation(pools).run([arrival(job)], 1, fifo).completionSeconds).toEqual([3]);
    expect(() => new SlotSimulation([{ id: 'any', slotCount: 4 }]).run([arrival(job)], 1, fifo)).toThrow('no pool can run it');
  });

  it('starts no more than memory allows', () => {
    const outcome = new SlotSimulation([{ id: 'a', slotCount: 8, memoryBytes: 5e9 }]).run([arrival(plainTemplate([{ taskCount: 4, memoryBytes: 2e9 }]))], 1, fifo);
    expect(outcome).toMatchObject({ completionSeconds: [2], memoryGbSeconds: 8 });
  });

  it('tries a task that ran out of memory again with more', () => {
    const outcome = new SlotSimulation([{ id: 'a', slotCount: 8, memoryBytes: 8e9 }]).run([arrival(plainTemplate([{ memoryBytes: 1e9, peaks: [3e9] }]))], 1, fifo);
    expect(outcome).toMatchObject({ finishedCount: 1, failedAttemptCount: 2, memoryFailureCount: 2, failedJobCount: 0 });
    expect(outcome.memoryGbSeconds).toBeGreaterThan(4);
  });

  it('gives a job up whose task failed as often as it may, and goes on with others', () => {
    const hopeless = plainTemplate([{ memoryBytes: 1e9, peaks: [9e9] }, { parents: [0] }]);
    const outcome = new SlotSimulation([{ id: 'a', slotCount: 1, memoryBytes: 4e9 }]).run([arrival(hopeless), arrival(plainTemplate([{}]))], 1, fifo);
    expect(outcome).toMatchObject({ jobCount: 2, finishedCount: 1, failedJobCount: 1, failedAttemptCount: 4 });
    expect(outcome.completionSeconds[0]).toBe(Infinity);
  });

  it('fails as often as it is told to, and takes part of the time for it', () => {
    const job = plainTemplate([{ taskCount: 4000 }]);
    const outcome = new SlotSimulation([{ id: 'a', slotCount: 100 }], { failureChance: 0.2, attemptLimit: 16 }).run([arrival(job)], 1, fifo);
    // Each task is tried 1 / (1 - 0.2) times.
    expect(outcome.failedAttemptCount / 4000).toBeCloseTo(0.25, 1);
    // A failure takes half the time of a success, in the mean.
    expect((outcome.executorSeconds - 4000) / outcome.failedAttemptCount).toBeCloseTo(0.5, 1);
  });

  it('keeps quotas and counts missed deadlines', () => {
    const wide = plainTemplate([{ taskCount: 6 }]);
    const outcome = new SlotSimulation([{ id: 'a', slotCount: 8 }]).run([arrival(wide, 0, { quota: 2, deadlineMs: 2500 }), arrival(wide, 0, { deadlineMs: 2500 })], 1, fifo);
    expect(outcome).toMatchObject({ completionSeconds: [3, 1], deadlineMissCount: 1 });
  });

  it('counts as missed a deadline of a job that never ended', () => {
    const idle: Policy = { name: 'idle', decide: ({ freeCount }) => ({ stage: undefined, count: freeCount }) };
    expect(new SlotSimulation([{ id: 'a', slotCount: 1 }]).run([arrival(plainTemplate([{}]), 0, { deadlineMs: 5000 })], 1, idle)).toMatchObject({ finishedCount: 0, deadlineMissCount: 1 });
  });

  it('refuses choices that are none, pools that are none and rules that are none', () => {
    const simulation = new SlotSimulation([{ id: 'a', slotCount: 1 }]);
    const chain = arrival(plainTemplate([{}, { parents: [0] }]));
    expect(() => simulation.run([chain], 1, { name: 'none', decide: ({ jobs }) => ({ stage: jobs[0]!.stages[0], count: 0 }) })).toThrow('chose 0 slots');
    expect(() => simulation.run([chain], 1, { name: 'early', decide: ({ jobs }) => ({ stage: jobs[0]!.stages[1], count: 1 }) })).toThrow('for stage stage 1');
    expect(() => new SlotSimulation([])).toThrow('at least one');
    expect(() => new SlotSimulation([{ id: 'a', slotCount: 1 }, { id: 'a', slotCount: 1 }])).toThrow('one name');
    expect(() => new SlotSimulation([{ id: 'a', slotCount: 0 }])).toThrow('at least one slot');
    expect(() => new SlotSimulation([{ id: 'a', slotCount: 1, timeFactor: 0 }])).toThrow('time factor');
    expect(() => new SlotSimulation([{ id: 'a', slotCount: 1, memoryBytes: 0 }])).toThrow('memory');
    for (const rules of [{ failureChance: 2 }, { attemptLimit: 0 }, { attemptLimit: 17 }, { memoryHeadroom: 0 }, { memoryGrowth: 0.5 }]) {
      expect(() => new SlotSimulation([{ id: 'a', slotCount: 1 }], rules)).toThrow('expected');
    }
  });
});

const workload = familyWorkload({ seed: 100_100, kindCount: 3, scales: [1, 4] });
const episode = fc.record({
  seed: fc.integer({ min: 100_000, max: 200_000 }),
  jobs: fc.integer({ min: 1, max: 6 }),
  pools: fc.array(fc.record({ slotCount: fc.integer({ min: 1, max: 6 }), timeFactor: fc.constantFrom(0.5, 1, 2), memoryBytes: fc.constantFrom(4e9, 16e9, Infinity) }), { minLength: 1, maxLength: 3 }),
  rules: fc.record<SlotRules>({ failureChance: fc.constantFrom(0, 0.05, 0.3), attemptLimit: fc.integer({ min: 1, max: 16 }), memoryHeadroom: fc.constantFrom(0.7, 1, 1.5) }),
  quota: fc.constantFrom(1, 3, Infinity),
});

/** Chooses anything it may, and looks on the way whether all is as it should be. */
function watching(seed: number, faults: string[]): { readonly policy: Policy; readonly seen: Set<SlotStage> } {
  const seen = new Set<SlotStage>();
  let state = seed;
  const below = (limit: number) => (state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff) % limit;
  const decide = (observation: Observation) => {
    faults.push(...faultsOf(observation));
    const ready = observation.jobs.flatMap((job) => job.stages.filter((stage) => observation.isReady(stage)));
    for (const job of observation.jobs) for (const stage of job.stages) seen.add(stage as SlotStage);
    if (ready.length === 0) faults.push('asked with nothing ready');
    return { stage: ready[below(ready.length)], count: 1 + below(observation.freeCount) };
  };
  return { policy: { name: 'anything', decide }, seen };
}

function faultsOf({ pools, jobs, pool, freeCount }: Observation): string[] {
  const running = jobs.reduce((sum, { supply }) => sum + supply, 0);
  const busy = pools.reduce((sum, one) => sum + one.executorCount - one.freeCount, 0);
  return [
    ...(pools.some((one) => one.freeCount < 0 || one.freeCount > one.executorCount) ? ['slots'] : []),
    ...(pools.some((one) => one.freeMemoryBytes < -1 || one.freeMemoryBytes > one.memoryBytes + 1) ? ['memory'] : []),
    ...(jobs.some(({ supply, terms }) => supply < 0 || supply > terms.quota) ? ['quota'] : []),
    ...(freeCount > pool.freeCount || running > busy ? ['counts'] : []),
    ...(jobs.some(({ stages, supply }) => stages.reduce((sum, { startedCount, finishedCount }) => sum + startedCount - finishedCount, 0) !== supply) ? ['supply'] : []),
    ...(jobs.some(({ stages }) => stages.some(({ shape, startedCount }) => startedCount > 0 && shape.parents.some((parent) => !stages[parent]!.isDone))) ? ['order'] : []),
  ];
}

describe('any episode of slots', () => {
  it('keeps slots, memory, quotas and the order of stages, loses no task and does none twice', () => {
    fc.assert(
      fc.property(episode, ({ seed, jobs, pools, rules, quota }) => {
        const arrivals = arrivalsOf(workload, { initialJobs: 1, laterJobs: jobs, meanGapMs: 4000 }, seed).map((one) => ({ ...one, terms: { quota } }));
        const faults: string[] = [];
        const { policy, seen } = watching(seed, faults);
        const outcome = new SlotSimulation(pools.map((pool, index) => ({ ...pool, id: `${index}` })), rules).run(arrivals, seed, policy);
        expect(faults).toEqual([]);
        expect(outcome.finishedCount + outcome.failedJobCount).toBe(jobs + 1);
        for (const { job, finishedCount, startedCount, shape } of seen) {
          if (!job.hasFailed) expect([finishedCount, startedCount]).toEqual([shape.taskCount, shape.taskCount]);
          expect(finishedCount).toBeLessThanOrEqual(shape.taskCount);
          if (!job.hasFailed) expect(Math.abs(job.remainingWorkMs)).toBeLessThan(1);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('ends the same when it is run again, whatever ran between', () => {
    fc.assert(
      fc.property(episode, ({ seed, jobs, pools, rules }) => {
        const arrivals = arrivalsOf(workload, { initialJobs: jobs, laterJobs: 0, meanGapMs: 0 }, seed);
        const simulation = new SlotSimulation(pools.map((pool, index) => ({ ...pool, id: `${index}` })), rules);
        const first = simulation.run(arrivals, seed, fifo);
        simulation.run(arrivals, seed + 1, listPolicy('fair', namedRules.fair));
        expect(simulation.run(arrivals, seed, fifo)).toEqual(first);
      }),
      { numRuns: 15 },
    );
  });

  it('gives tasks the same luck whatever the policy: the same attempts fail, and jobs with them', () => {
    fc.assert(
      fc.property(episode, ({ seed, jobs, pools, rules }) => {
        const arrivals = arrivalsOf(workload, { initialJobs: jobs, laterJobs: 0, meanGapMs: 0 }, seed);
        const simulation = new SlotSimulation(pools.map((pool, index) => ({ ...pool, id: `${index}` })), rules);
        const failing = (policy: Policy) => simulation.run(arrivals, seed, policy).completionSeconds.map(Number.isFinite);
        expect(failing(listPolicy('srpt-cp', namedRules['srpt-cp']))).toEqual(failing(fifo));
      }),
      { numRuns: 15 },
    );
  });
});
