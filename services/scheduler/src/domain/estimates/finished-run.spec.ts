import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addTask, graphOf, noTasks, type EndedTask } from './finished-run.js';

const task = (id: string, more: Partial<EndedTask> = {}): EndedTask => ({ id, name: id, attempt: 1, startedAtMs: 0, durationMs: 1000, memoryBytes: null, dependsOn: [], ...more });
const tasks = [task('a'), task('b', { startedAtMs: 10, dependsOn: ['a'] }), task('c', { startedAtMs: 10, dependsOn: ['a', 'ghost'] }), task('d', { startedAtMs: 20, dependsOn: ['b', 'c'] })];

describe('the graph of a run that ended', () => {
  it('is the same in whatever order its tasks were told', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(tasks, { minLength: tasks.length }), (told) => {
        expect(graphOf(told.reduce(addTask, noTasks)).map(({ name, parents }) => [name, parents])).toEqual([['a', []], ['b', [0]], ['c', [0]], ['d', [1, 2]]]);
      }),
    );
  });

  it('has each task once, as its last attempt was', () => {
    const told = [task('a'), task('a', { attempt: 2, durationMs: 7 }), task('a', { attempt: 1, durationMs: 9 })];

    expect(graphOf(told.reduce(addTask, noTasks))).toEqual([{ name: 'a', durationMs: 7, memoryBytes: null, parents: [] }]);
  });

  it('is never a circle, whatever clocks say', () => {
    const told = [task('a', { startedAtMs: 5, dependsOn: ['b'] }), task('b', { startedAtMs: 9, dependsOn: ['a'] })];

    expect(graphOf(told.reduce(addTask, noTasks)).map(({ parents }) => parents)).toEqual([[], [0]]);
  });

  it('knows when it is not whole', () => {
    expect(Array.from({ length: 503 }, (_, index) => task(`${index}`)).reduce(addTask, noTasks)).toMatchObject({ more: 3 });
  });
});
