import { describe, expect, it } from '@jest/globals';
import { coverage, meanAbsoluteError, seasonalScale, smape } from './scores.js';

describe('forecast scores', () => {
  it('tell the symmetric percentage error, 200 at most', () => {
    // |90 - 110| x 200 / 200 and |0 - 5| x 200 / 5, halved.
    expect(smape([110, 5], [90, 0])).toBe((20 + 200) / 2);
    expect(smape([0], [0])).toBe(0);
  });

  it('scale by what the seasonal naive errs within the history', () => {
    expect(seasonalScale([1, 2, 3, 5, 3, 6], 2)).toBe((2 + 3 + 0 + 1) / 4);
    expect(meanAbsoluteError([1, 2], [2, 4])).toBe(1.5);
  });

  it('count the ends of an interval as within', () => {
    expect(coverage([1, 2, 3, 4], { p10: [1, 0, 0, 5], p90: [2, 2, 2, 6] })).toBe(0.5);
  });
});
