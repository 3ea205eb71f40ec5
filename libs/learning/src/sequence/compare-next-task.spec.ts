import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '@orrery/stats';
import { compareNextTaskModels } from './compare-next-task.js';
import type { Sequence } from './sequence.js';

/** Builds whose deploy depends on the branch. */
function runs(count: number): readonly Sequence[] {
  const random = seededRandom(1);
  return Array.from({ length: count }, (_, index) => {
    const branch = random.next() < 0.4 ? 'main' : 'topic';
    const tasks = ['build', 'test', ...(branch === 'main' ? ['deploy'] : [])];
    return { id: String(index), events: tasks.map((symbol, at) => ({ symbol, atMs: index * 3_600_000 + at * 60_000, attributes: { branch } })) };
  });
}

describe('comparing next-task models', () => {
  const scores = compareNextTaskModels(runs(100), 1);
  const scoreOf = (name: string) => scores.find(({ model }) => model === name);

  it('tells of all kinds on the same runs', () => {
    expect(scores.map(({ model }) => model)).toEqual(['logistic regression', 'decision tree', 'naive Bayes', 'n-gram', 'gradient boosting']);
    expect(new Set(scores.map(({ prefixes }) => prefixes)).size).toBe(1);
  });

  it('shows who reads more than the tasks', () => {
    expect(scoreOf('decision tree')).toMatchObject({ accuracy: 1, macroPrecision: 1, macroRecall: 1, macroF1: 1 });
    expect(scoreOf('gradient boosting')?.accuracy).toBe(1);
    expect(scoreOf('n-gram')?.accuracy).toBeLessThan(0.9);
  });

  it('draws the tree', () => {
    expect(scoreOf('decision tree')?.drawing).toContain('branch');
  });

  it('wants enough runs', () => {
    expect(() => compareNextTaskModels(runs(9), 1)).toThrow('at least 10 sequences, got 9');
  });
});
