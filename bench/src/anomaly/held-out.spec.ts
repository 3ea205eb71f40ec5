import { describe, expect, it } from '@jest/globals';
import { costProfiles, type CostProfile } from './cost-profile.js';
import { categories, halves, type NamedSeries } from './held-out.js';
import { judge } from './judged-series.js';

const [standard] = costProfiles as [CostProfile];

/** 100 rows with a window at 50, an alarm of the given score in its first row and a false one of another score at row 30. */
function series(name: string, hit: number, miss: number): NamedSeries {
  const scores = Array.from({ length: 100 }, (_, index) => (index === 50 ? hit : index === 30 ? miss : 0));
  return { name, category: name.split('/')[0]!, judged: judge(scores, [{ first: 50, last: 59 }]) };
}

describe('held-out scores', () => {
  it('take every other series of each category by name, whatever the order given', () => {
    const all = [series('b/2', 0.9, 0.1), series('a/1', 0.9, 0.1), series('b/1', 0.9, 0.1), series('a/2', 0.9, 0.1), series('a/3', 0.9, 0.1)];

    const { score, parts } = halves(all, standard);

    expect(parts.map(({ part, series: count }) => [part, count])).toEqual([['even', 3], ['odd', 2]]);
    expect(score).toBeCloseTo(100, 10);
  });

  it('score a part with a threshold that has not seen it', () => {
    const all = [series('a/1', 0.9, 0.1), series('a/2', 0.9, 0.1), series('b/1', 0.4, 0.1)];

    const { parts, score } = categories(all, standard);

    expect(parts).toEqual([
      { part: 'a', series: 2, threshold: 0.4, score: expect.closeTo(100, 10) },
      { part: 'b', series: 1, threshold: 0.9, score: 0 },
    ]);
    expect(score).toBeCloseTo(200 / 3, 10);
  });
});
