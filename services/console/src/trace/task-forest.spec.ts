import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Task } from '../api/wire-shapes.js';
import { aTask, atSecond } from '../testing/task-builder.js';
import { taskForest, walk, type TaskNode } from './task-forest.js';

const outline = (forest: readonly TaskNode[]): string[] => [...walk(forest)].map(({ task, depth }) => `${'  '.repeat(depth)}${task.task_id}`);

describe('taskForest', () => {
  it('puts tasks below the task that contains them, in order of start', () => {
    const tasks = [
      aTask('step 2', [4, 5], { parent_task_id: 'job' }),
      aTask('job', [1, 9]),
      aTask('step 1', [2, 3], { parent_task_id: 'job' }),
      aTask('earlier job', [0, 1]),
    ];
    expect(outline(taskForest(tasks))).toEqual(['earlier job', 'job', '  step 1', '  step 2']);
  });

  it('puts tasks that never started after those they wait for', () => {
    const tasks = [aTask('a publish', null, { depends_on: ['load'] }), aTask('load', null, { depends_on: ['extract'] }), aTask('extract', [0, 1])];
    expect(outline(taskForest(tasks))).toEqual(['extract', 'load', 'a publish']);
  });

  it('orders by dependency where clocks disagree', () => {
    expect(outline(taskForest([aTask('after', [0, 1], { depends_on: ['before'] }), aTask('before', [2, 3])]))).toEqual(['before', 'after']);
  });

  it('keeps the order of start among what a task waits for, though it was queued before them', () => {
    const tasks = [aTask('build', null, { queued_at: atSecond(0), depends_on: ['lint', 'tests'] }), aTask('lint', [2, 9]), aTask('tests', [3, 4])];
    expect(outline(taskForest(tasks))).toEqual(['lint', 'tests', 'build']);
  });

  it('puts what waits below what runs', () => {
    const tasks = [aTask('waits', null, { queued_at: atSecond(0) }), aTask('runs', null, { queued_at: atSecond(0), started_at: atSecond(9) })];
    expect(outline(taskForest(tasks))).toEqual(['runs', 'waits']);
  });

  it('counts numbers in names as numbers', () => {
    expect(outline(taskForest([aTask('shard 10', null), aTask('shard 9', null)]))).toEqual(['shard 9', 'shard 10']);
  });

  it('shows a task at the top when its parent is missing or is itself', () => {
    expect(outline(taskForest([aTask('orphan', [0, 1], { parent_task_id: 'gone' }), aTask('own', [1, 2], { parent_task_id: 'own' })]))).toEqual(['orphan', 'own']);
  });

  it('shows tasks that contain each other', () => {
    const circle = [aTask('a', [0, 1], { parent_task_id: 'b' }), aTask('b', [1, 2], { parent_task_id: 'a' })];
    expect(outline(taskForest(circle))).toEqual(['a', '  b']);
  });

  it('survives a chain that is ten thousand deep', () => {
    const chain = Array.from({ length: 10_000 }, (_, index) => aTask(`t${String(index)}`, null, { parent_task_id: `t${String(index - 1)}`, depends_on: [`t${String(index + 1)}`] }));
    expect([...walk(taskForest(chain))]).toHaveLength(10_000);
    const flat = chain.map((task) => ({ ...task, parent_task_id: null }));
    expect(outline(taskForest(flat))[0]).toBe('t9999');
  });

  it('shows every task exactly once, whatever the relations', () => {
    const ids = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'missing');
    const task = fc.record({ parent: fc.option(ids), depends: fc.array(ids, { maxLength: 3 }), start: fc.option(fc.nat(9)) });
    fc.assert(
      fc.property(fc.array(task, { minLength: 5, maxLength: 5 }), (drawn) => {
        const tasks: Task[] = drawn.map(({ parent, depends, start }, index) =>
          aTask('abcde'.charAt(index), start === null ? null : [start, start + 1], { parent_task_id: parent, depends_on: depends }),
        );
        const shown = [...walk(taskForest(tasks))].map((node) => node.task.task_id);
        expect([...shown].sort()).toEqual(['a', 'b', 'c', 'd', 'e']);
      }),
    );
  });
});
