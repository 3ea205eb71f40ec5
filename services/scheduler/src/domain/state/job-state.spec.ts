import { describe, expect, it } from '@jest/globals';
import { shapeOf } from './job-shape.js';
import { JobState } from './job-state.js';

const shape = shapeOf('job', [
  { name: 'map', taskCount: 4, meanTaskMs: 500, memoryBytes: 7, parents: [] },
  { name: 'reduce', taskCount: 1, meanTaskMs: 1000, parents: [0] },
]);

describe('the state of a job', () => {
  it('begins with all work left and plain terms', () => {
    const job = new JobState(shape, { id: 'a', number: 3, arrivedMs: 10 });
    expect(job).toMatchObject({ supply: 0, remainingWorkMs: 3000, remainingTaskCount: 5, isDone: false, version: 0, isHungry: true });
    expect(job.terms).toEqual({ id: 'a', number: 3, arrivedMs: 10, deadlineMs: Infinity, weight: 1, quota: Infinity, reserved: 0 });
    expect(job.stages.map(({ isRunnable, nextMemoryBytes }) => [isRunnable, nextMemoryBytes])).toEqual([[true, 7], [false, 0]]);
  });

  it('counts what is started, promised and on its way as spoken for', () => {
    const [map, reduce] = new JobState(shape, { id: 'a', number: 0, arrivedMs: 0 }).stages;
    Object.assign(map!, { startedCount: 1, committedCount: 2 });
    expect(map).toMatchObject({ demand: 1, isSaturated: false, isStarted: false, isDone: false });
    map!.movingCount = 1;
    expect(map).toMatchObject({ demand: 0, isSaturated: true, isStarted: false });
    Object.assign(map!, { startedCount: 4, committedCount: 0, movingCount: 0, finishedCount: 4 });
    expect(map).toMatchObject({ isSaturated: true, isStarted: true, isDone: true });
    expect(map!.job.isHungry).toBe(true);
    reduce!.committedCount = 1;
    expect(map!.job.isHungry).toBe(false);
  });
});
