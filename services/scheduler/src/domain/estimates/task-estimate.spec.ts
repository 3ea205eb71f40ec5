import { describe, expect, it } from '@jest/globals';
import { emptyEstimate, expectationOfTask, learnTask, type TaskOutcome } from './task-estimate.js';

const success = (durationMs: number, peakMemoryBytes: number | null = null): TaskOutcome => ({ isSuccess: true, isOutOfMemory: false, durationMs, peakMemoryBytes, memoryLimitBytes: null });
const after = (outcomes: readonly TaskOutcome[]) => outcomes.reduce(learnTask, emptyEstimate);

describe('an estimate of a task', () => {
  it('expects nothing of what was never seen', () => {
    expect(expectationOfTask(emptyEstimate)).toEqual({ durationMs: undefined, memoryBytes: undefined });
  });

  it('is the mean of the last successes without the extremes', () => {
    const usual = Array.from({ length: 20 }, (_, index) => success(1000 + (index % 2) * 100));

    expect(expectationOfTask(after([...usual, success(1_000_000)])).durationMs).toBeCloseTo(1050, -2);
  });

  it('follows a task that has become longer, and remembers no more than it must', () => {
    const estimate = after([...Array.from({ length: 100 }, () => success(1000)), ...Array.from({ length: 40 }, () => success(5000))]);

    expect(expectationOfTask(estimate).durationMs).toBe(5000);
    expect([estimate.count, estimate.durationsMs.length]).toEqual([140, 32]);
  });

  it('gives the memory that all but the hungriest needed, and a tenth more', () => {
    expect(expectationOfTask(after(Array.from({ length: 32 }, (_, index) => success(1, 100 + index)))).memoryBytes).toBe(Math.ceil(130 * 1.1));
  });

  it('gives more after a task ran out of memory, and learns nothing of how long it took', () => {
    const { durationMs, memoryBytes } = expectationOfTask(after([{ isSuccess: false, isOutOfMemory: true, durationMs: 10, peakMemoryBytes: 90, memoryLimitBytes: 100 }]));

    expect([durationMs, memoryBytes]).toEqual([undefined, Math.ceil(200 * 1.1)]);
  });

  it('takes no failure for a measurement', () => {
    expect(expectationOfTask(after([{ isSuccess: false, isOutOfMemory: false, durationMs: 10, peakMemoryBytes: 90, memoryLimitBytes: null }]))).toEqual({ durationMs: undefined, memoryBytes: undefined });
  });
});
