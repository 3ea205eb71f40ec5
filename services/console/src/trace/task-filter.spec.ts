import { describe, expect, it } from '@jest/globals';
import type { Attempt } from '../api/wire-shapes.js';
import { aTask } from '../testing/task-builder.js';
import { matchingTasks } from './task-filter.js';
import { taskForest } from './task-forest.js';

const forest = taskForest([
  aTask('build', [0, 5]),
  aTask('compile', [1, 2], { parent_task_id: 'build' }),
  aTask('unit tests', [2, 5], { parent_task_id: 'build', status: 'finished', outcome: 'failure' }),
  aTask('deploy', [6, 7]),
  aTask('flaky', [8, 9], { attempts: [{ attempt: 1, status: 'finished', outcome: 'timeout' } as Attempt, { attempt: 2, status: 'finished', outcome: 'success' } as Attempt] }),
]);
const shown = (text: string, onlyFailed = false) => matchingTasks(forest, { text, onlyFailed });

describe('matchingTasks', () => {
  it('is null while nothing is filtered', () => {
    expect(shown('  ')).toBeNull();
  });

  it('finds by name, with the tasks around it', () => {
    expect([...(shown('Compile') ?? [])].sort()).toEqual(['build', 'compile']);
  });

  it('finds failures, also those of earlier tries', () => {
    expect([...(shown('', true) ?? [])].sort()).toEqual(['build', 'flaky', 'unit tests']);
  });

  it('is empty when nothing matches', () => {
    expect(shown('nowhere')).toEqual(new Set());
  });
});
