import { describe, expect, it } from '@jest/globals';
import { judgeChallenger } from './promotion.js';

const lossName = 'pinball loss in ln units';
const history = { against: 'history', rows: 412, challenger: 0.0812, rival: 0.12, margin: 0.004, isBetter: true };
const champion = { against: 'champion 3', rows: 412, challenger: 0.0812, rival: 0.0813, margin: 0.002, isBetter: false };

describe('a challenger', () => {
  it('is promoted when it is clearly better than all that it is held against', () => {
    expect(judgeChallenger({ comparisons: [history], lossName })).toEqual({ isBetter: true, reason: 'better than history (0.0812 against 0.120 on 412 rows); pinball loss in ln units' });
  });

  it('is rejected with the figures when one of them is as good', () => {
    expect(judgeChallenger({ comparisons: [champion, history], lossName })).toEqual({
      isBetter: false,
      reason: 'not clearly better than champion 3 (0.0812 against 0.0813 on 412 rows, at least 0.00200 less is needed); pinball loss in ln units',
    });
  });

  it('is not held against a rule that answered too few rows, and is rejected where nothing is left', () => {
    const few = { ...champion, rows: 29 };

    expect(judgeChallenger({ comparisons: [few, history], lossName }).isBetter).toBe(true);
    expect(judgeChallenger({ comparisons: [few], lossName })).toEqual({ isBetter: false, reason: 'nothing to be held against: no rival answered 30 of the newest executions' });
  });
});
