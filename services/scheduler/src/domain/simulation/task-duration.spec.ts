import { describe, expect, it } from '@jest/globals';
import { plainTemplate } from '../../testing/plain-template.js';
import { Executor, SimulatedJob } from './simulated-job.js';
import { TaskDurations } from './task-duration.js';

/** A job of 4000 tasks that take the number of executors that they were measured with. */
function measuredAt(levels: readonly number[]): SimulatedJob {
  const template = plainTemplate([{ taskCount: 4000 }]);
  const lists = levels.map((level) => Float64Array.of(level));
  return new SimulatedJob({ atMs: 0, template: { shape: { ...template.shape, levels }, durations: [{ fresh: lists, firstWave: lists, restWave: lists }] } }, 0);
}

/** Share of the tasks that were drawn at each level. */
function sharesAt(executors: number, levels: readonly number[]): Record<string, number> {
  const job = measuredAt(levels);
  job.executorCount = executors;
  const durations = new TaskDurations(100);
  const shares: Record<string, number> = {};
  for (const stage = job.stages[0]!; stage.startedCount < 4000; stage.startedCount += 1) {
    const level = durations.draw(100_000, stage, new Executor());
    shares[level] = (shares[level] ?? 0) + 1 / 4000;
  }
  return shares;
}

describe('durations of tasks', () => {
  it('are those of the least or most executors that were measured, beyond them', () => {
    expect(Object.keys(sharesAt(1, [5, 10]))).toEqual(['5']);
    expect(Object.keys(sharesAt(100, [5, 10]))).toEqual(['10']);
    expect(Object.keys(sharesAt(10, [5, 10, 20]))).toEqual(['10']);
  });

  it('are between two as in the published simulator: the lower, the likelier the farther it is', () => {
    const shares = sharesAt(12, [10, 20]);
    expect(shares['10']).toBeCloseTo(0.2, 1);
    expect(shares['20']).toBeCloseTo(0.8, 1);
  });

  it('are what is expected where nothing was measured', () => {
    const template = plainTemplate([{ meanTaskMs: 700 }]);
    const nothing = [new Float64Array(0)];
    const job = new SimulatedJob({ atMs: 0, template: { ...template, durations: [{ fresh: nothing, firstWave: nothing, restWave: nothing }] } }, 0);
    // With a second for warming up.
    expect(new TaskDurations(4).draw(1, job.stages[0]!, new Executor())).toBe(1700);
  });
});
