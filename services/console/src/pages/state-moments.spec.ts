import { describe, expect, it } from '@jest/globals';
import type { Run } from '../api/wire-shapes.js';
import { aTask, atSecond } from '../testing/task-builder.js';
import { momentsOf, stepTo } from './state-moments.js';

const run = { queued_at: null, started_at: atSecond(0), finished_at: atSecond(9) } as Run;
const seconds = (moments: readonly number[]): number[] => moments.map((moment) => (moment - Date.parse(atSecond(0))) / 1000);

describe('the moments of a run', () => {
  it('are those at which something changed, each once', () => {
    expect(seconds(momentsOf(run, [aTask('a', [1, 4]), aTask('b', [4, 9])]))).toEqual([0, 1, 4, 9]);
  });

  it('can be gone through in both directions', () => {
    const moments = [0, 10, 20];
    expect([stepTo(moments, 10, 1), stepTo(moments, 10, -1), stepTo(moments, 20, 1), stepTo(moments, 0, -1)]).toEqual([20, 0, null, null]);
  });
});
