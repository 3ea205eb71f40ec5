import { describe, expect, it } from '@jest/globals';
import { isUnderWay, jobStatusOf, progressText, requestText } from './training-words.js';

describe('a training', () => {
  it('says how far it is, and of what its best so far is a figure', () => {
    expect(progressText({ share: 0.429, best_percent: -7.12, eta_seconds: 200, words: '' })).toBe('42 %, about 3 min to go; best so far 7.1 % below the heuristic it began as, on the jobs that it learns from');
    expect(progressText({ share: 0, best_percent: 0.2, eta_seconds: null, words: '' })).toBe('0 %');
    expect([2.4, 89, 90, 6000].map((seconds) => progressText({ share: 0.5, best_percent: null, eta_seconds: seconds, words: '' }))).toEqual(['2 s', '89 s', '2 min', '1.7 h'].map((left) => `50 %, about ${left} to go`));
    expect(progressText(null)).toBe('');
  });

  it('says what was asked for', () => {
    expect(requestText({ workload: 'synthetic', scenario: 'both', executors: 50, lambda: 0, seed: 1, by: 'ann', other: {} })).toBe('jobs synthetic, scenario both, 50 executors, lambda 0, seed 1');
    expect(requestText({})).toBe('');
  });

  it('stands somewhere, also where this page does not know the word', () => {
    expect([jobStatusOf('refused').word, jobStatusOf('paused' as never).word]).toEqual(['Not better', 'paused']);
    expect([isUnderWay('queued'), isUnderWay('refused')]).toEqual([true, false]);
  });
});
