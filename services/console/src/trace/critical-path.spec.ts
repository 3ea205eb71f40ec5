import { describe, expect, it } from '@jest/globals';
import { aTask, atSecond } from '../testing/task-builder.js';
import { criticalTasks } from './critical-path.js';
import { taskForest } from './task-forest.js';
import type { Task } from '../api/wire-shapes.js';

const critical = (...tasks: Task[]): string[] => [...criticalTasks(taskForest(tasks))].sort();

describe('criticalTasks', () => {
  it('goes back from the last end to what was waited for last', () => {
    expect(
      critical(
        aTask('fast', [0, 1]),
        aTask('slow', [0, 6]),
        aTask('join', [6, 8], { depends_on: ['fast', 'slow'] }),
        aTask('report', [8, 10], { depends_on: ['join'] }),
        aTask('side', [8, 9], { depends_on: ['join'] }),
      ),
    ).toEqual(['join', 'report', 'slow']);
  });

  it('takes steps without dependencies one after the other', () => {
    expect(critical(aTask('one', [0, 2]), aTask('beside', [0, 1]), aTask('two', [2.01, 4]))).toEqual(['one', 'two']);
  });

  it('goes on inside a task that contains others', () => {
    expect(
      critical(
        aTask('build', [0, 9]),
        aTask('lint', [0, 3]),
        aTask('checkout', [0, 2], { parent_task_id: 'build' }),
        aTask('compile', [2, 9], { parent_task_id: 'build' }),
        aTask('style', [0, 3], { parent_task_id: 'lint' }),
      ),
    ).toEqual(['build', 'checkout', 'compile']);
  });

  it('follows what still runs', () => {
    expect(critical(aTask('over', [0, 5]), aTask('running', null, { status: 'running', started_at: atSecond(1) }))).toEqual(['running']);
  });

  it('leaves out what never started, and survives circles', () => {
    expect(critical(aTask('never', null, { depends_on: ['a'] }), aTask('a', [0, 1], { depends_on: ['b'] }), aTask('b', [0, 2], { depends_on: ['a'] }))).toEqual(['a', 'b']);
    expect(critical()).toEqual([]);
  });
});
