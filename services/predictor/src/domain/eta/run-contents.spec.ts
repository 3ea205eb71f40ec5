import { describe, expect, it } from '@jest/globals';
import { follow, taskEnd } from '../../../test/running-scene.js';
import { agreeing, contentsOf, endShareFrom } from './run-contents.js';
import { taskStatesOf } from './task-state.js';
import { emptyShape } from './workflow-shape.js';

const after = (...names: readonly string[]) => follow(emptyShape, names.map((name, index) => taskEnd({ name, from: index, to: index + 1, id: `${name}-${index}` }))).progress;

describe('what recent runs had', () => {
  it('weighs the more the later it was, and equal contents are one', () => {
    const contents = contentsOf([['a', 'b'], ['b', 'a'], ['a']]);

    expect(contents.map(({ counts }) => [...counts])).toEqual([[['a', 1], ['b', 1]], [['a', 1]]]);
    expect(contents.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 12);
    expect(contents[0]!.weight).toBeGreaterThan(2 / 3);
    expect(contentsOf([])).toEqual([]);
  });

  it('counts where it agrees with what a run has already', () => {
    const [left, right] = agreeing(contentsOf([['a', 'left'], ['a', 'right']]), taskStatesOf(after('a', 'right')));

    expect(left!.weight).toBeLessThan(0.05);
    expect(right!.weight).toBeGreaterThan(0.95);
  });

  it('says whether the end is near', () => {
    const runs = [['a', 'b', 'b'], ['a', 'b', 'b'], ['a', 'b', 'b', 'c']];

    expect(endShareFrom([], after('a'))).toBeNull();
    expect(endShareFrom(runs, after('a'))).toBe(0);
    expect(endShareFrom(runs, after('a', 'b'))).toBe(0);
    expect(endShareFrom(runs, after('a', 'b', 'b'))).toBeCloseTo(2 / 3, 1);
    expect(endShareFrom(runs, after('a', 'b', 'b', 'c'))).toBe(0.98);
  });
});
