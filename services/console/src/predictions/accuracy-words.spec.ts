import { describe, expect, it } from '@jest/globals';
import type { TargetAccuracy } from '../api/prediction-shapes.js';
import { gradeShares, improvementText, mainFigure, scoreBars, shareText, verdictOf } from './accuracy-words.js';

const row: TargetAccuracy = {
  ...{ target: 'duration', origin: 'tracked', count: 10, excellent: 5, good: 3, fair: 1, poor: 1, mean_ape: 0.2, median_ape: 0.084, coverage80: 0.8, brier: null, accuracy: null },
  floors: [
    { name: 'last_success', count: 10, within_25: 0.7 },
    { name: 'median', count: 10, within_25: 0.82 },
    { name: 'average', count: 0, within_25: null },
  ],
};

describe('a score', () => {
  it('stands among the plain rules, the best first, without hiding a rule that was better', () => {
    expect(scoreBars({ score: 0.8, by_target: [row] }).map(({ name, isOurs }) => [name, isOurs])).toEqual([
      ['median', false],
      ['Orrery', true],
      ['last success', false],
    ]);
    expect(scoreBars({ score: null, by_target: [row] })).toEqual([]);
  });

  it('is said in words', () => {
    expect(verdictOf('critical')?.word).toBe('Critical');
    expect(verdictOf(null)).toBeNull();
    expect([0.819, 0.9999, 0.001, 0, 1, null].map(shareText)).toEqual(['82 %', '>99 %', '<1 %', '0 %', '100 %', '–']);
  });
});

describe('the figures of a target', () => {
  it('are shares of what could be graded, and the one that tells most', () => {
    expect(gradeShares(row).map(({ share }) => share)).toEqual([0.5, 0.3, 0.1, 0.1]);
    expect(gradeShares({ ...row, excellent: 0, good: 0, fair: 0, poor: 0 })).toEqual([]);
    expect([mainFigure(row), mainFigure({ ...row, median_ape: null, accuracy: 0.9 }), mainFigure({ ...row, target: 'failure', median_ape: null, brier: 0.08, accuracy: 0.9 })]).toEqual(['median error 8 %', '90 % right', 'Brier score 0.080']);
  });
});

describe('the improvement', () => {
  it.each([
    [0.124, '12.4 points better than in the beginning'],
    [-0.03, '3 points worse than in the beginning'],
    [0.0001, 'As good as in the beginning'],
    [null, ''],
  ])('%p is "%s"', (improvement, text) => {
    expect(improvementText(improvement)).toBe(text);
  });
});
