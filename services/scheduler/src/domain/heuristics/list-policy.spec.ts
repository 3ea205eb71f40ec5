import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { plainTemplate } from '../../testing/plain-template.js';
import { JobState } from '../state/job-state.js';
import type { Observation } from '../state/observation.js';
import { listPolicy, sharesOf, stageOf, type ListRules } from './list-policy.js';
import { namedRules } from './named-policies.js';
import { tunedFamily } from './tuned-family.js';

const jobOf = (number: number, taskCount: number, terms: { weight?: number } = {}) => new JobState(plainTemplate([{ taskCount }]).shape, { id: `${number}`, number, arrivedMs: 0, ...terms });

/** As it is in the service: everything free, nothing runs. */
function observe(jobs: readonly JobState[], freeCount: number, source?: JobState): Observation {
  const pool = { id: 'a', executorCount: freeCount, timeFactor: 1, memoryBytes: Infinity, freeMemoryBytes: Infinity, freeCount };
  return { nowMs: 0, executorCount: freeCount, pools: [pool], jobs, pool, freeCount, source, arrivalGapMs: Infinity, isReady: (stage) => stage.isRunnable && !stage.isSaturated };
}
const chosen = (rules: ListRules, observation: Observation) => {
  const { stage, count } = listPolicy('any', rules).decide(observation);
  return [stage?.job.terms.number, count];
};

describe('list schedulers', () => {
  it('give the first job all it can use, the shortest, or the one with least left', () => {
    const jobs = [jobOf(0, 9), jobOf(1, 3), jobOf(2, 5)];
    expect(chosen(namedRules.fifo, observe(jobs, 20))).toEqual([0, 9]);
    expect(chosen(namedRules['sjf-cp'], observe(jobs, 20))).toEqual([1, 3]);
    jobs[2]!.remainingWorkMs = 10;
    expect(chosen(namedRules['srpt-cp'], observe(jobs, 20))).toEqual([2, 5]);
    expect(chosen(namedRules['sjf-cp'], observe(jobs, 2))).toEqual([1, 2]);
  });

  it('give equal shares, or such as fall with work, and no more', () => {
    const jobs = [jobOf(0, 30), jobOf(1, 10)];
    expect(chosen(namedRules.fair, observe(jobs, 8))).toEqual([0, 4]);
    expect(chosen(namedRules['weighted-fair'], observe(jobs, 8))).toEqual([0, 2]);
    jobs[0]!.supply = 4;
    expect(chosen(namedRules.fair, observe(jobs, 8))).toEqual([1, 4]);
    jobs[1]!.supply = 4;
    expect(chosen(namedRules.fair, observe(jobs, 8))).toEqual([undefined, 8]);
    expect(chosen({ ...namedRules.fair, givesLeftovers: true }, observe(jobs, 8))).toEqual([0, 8]);
  });

  it('leave executors at their job, or do not', () => {
    const jobs = [jobOf(0, 9), jobOf(1, 9)];
    jobs[1]!.supply = 2;
    expect(chosen(namedRules.fifo, observe(jobs, 2, jobs[1]))).toEqual([1, 2]);
    expect(chosen({ ...namedRules.fifo, staysLocal: false }, observe(jobs, 2, jobs[1]))).toEqual([0, 2]);
  });

  it('take the stage with most work behind it, or the first, and one that can start before one that cannot', () => {
    const job = new JobState(plainTemplate([{}, { meanTaskMs: 5000 }, { meanTaskMs: 9000 }]).shape, { id: 'a', number: 0, arrivedMs: 0 });
    job.stages[2]!.isRunnable = false;
    const any = { ...observe([job], 1), isReady: () => true };
    expect(stageOf(any, job, 'index')?.shape.index).toBe(0);
    expect(stageOf(any, job, 'critical-work')?.shape.index).toBe(1);
    job.stages[0]!.isRunnable = false;
    job.stages[1]!.isRunnable = false;
    expect(stageOf(any, job, 'critical-work')?.shape.index).toBe(2);
    expect(stageOf({ ...any, candidatesOf: () => [job.stages[1]!] }, job, 'critical-work')?.shape.index).toBe(1);
  });

  it('share out at least one executor a job, and in all not much more than there are', () => {
    const jobs = fc.array(fc.record({ taskCount: fc.integer({ min: 1, max: 500 }), weight: fc.constantFrom(0.5, 1, 4) }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(jobs, fc.integer({ min: 1, max: 100 }), fc.constantFrom(-2, -1, 0, 1, 2), (list, executorCount, shareExponent) => {
        const shares = sharesOf({ jobs: list.map(({ taskCount, weight }, number) => jobOf(number, taskCount, { weight })), executorCount }, { shareExponent, shareBy: 'total-work' });
        const counts = [...(shares as ReadonlyMap<JobState, number>).values()];
        expect(counts).toHaveLength(list.length);
        expect(counts.every((count) => Number.isInteger(count) && count >= 1)).toBe(true);
        expect(counts.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(executorCount + list.length);
      }),
    );
  });

  it('leave out of the shares what wants nothing, and heed weights', () => {
    const jobs = [jobOf(0, 1), jobOf(1, 5), jobOf(2, 5, { weight: 3 })];
    jobs[0]!.stages[0]!.startedCount = 1;
    expect([...(sharesOf({ jobs, executorCount: 8 }, namedRules.fair) as ReadonlyMap<JobState, number>).values()]).toEqual([2, 6]);
    expect(sharesOf({ jobs, executorCount: 8 }, namedRules.fifo)).toBe(8);
  });
});

describe('the family that is tuned', () => {
  it('has 264 members, none twice', () => {
    expect(new Set(tunedFamily.map((rules) => JSON.stringify(rules))).size).toBe(264);
  });
});
