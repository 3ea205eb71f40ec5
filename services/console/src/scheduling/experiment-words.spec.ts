import { describe, expect, it } from '@jest/globals';
import { breakerOf, minimumText, noResultText, pText, sentence, shareText, statusOf, verdictOf } from './experiment-words.js';

const design = { block_ms: 60_000, burn_in_ms: 6000, blocks: 48, hold_out: 0.05, minimum_effect: 0.03, rollback_above: 0.1 };

const progress = { blocks_done: 20, blocks: 48, control: { runs: 1, unfinished: 0 }, treatment: { runs: 1, unfinished: 0 }, decisions: 1, faults: 0, since_end: null };

describe('an experiment without a result', () => {
  it('says that none is told before the horizon, or that none ever will be', () => {
    expect(noResultText({ status: 'running', design, progress })).toMatch(/^No effect is told before all 48 blocks have ended/);
    expect(noResultText({ status: 'running', design: null, progress: null })).toMatch(/before its end/);
    expect(noResultText({ status: 'rolled_back', design, progress })).toMatch(/ended before its horizon/);
    expect(noResultText({ status: 'running', design, progress: { ...progress, blocks_done: 48 } })).toMatch(/is worked out now/);
  });
});

describe('an experiment with one', () => {
  it('says whether it is what was asked for', () => {
    expect(minimumText({ verdict: 'better', reaches_minimum_effect: true }, 0.03)).toBe('At least the 3 % that were asked for beforehand.');
    expect(minimumText({ verdict: 'better', reaches_minimum_effect: false }, 0.025)).toBe('Less than the 2.5 % that were asked for beforehand.');
    expect(minimumText({ verdict: 'worse', reaches_minimum_effect: false }, 0.03)).toBe('');
  });

  it('is never more certain than can be', () => {
    expect([0, 0.0004, 0.01234, 1].map(pText)).toEqual(['p < 0.001', 'p < 0.001', 'p = 0.012', 'p = 1']);
    expect([0.05, 0.125, 0].map(shareText)).toEqual(['5 %', '12.5 %', '0 %']);
  });
});

describe('the marks of experiments', () => {
  it('have words, also for what this page does not know', () => {
    expect([statusOf('rolled_back').word, statusOf('paused' as never).word, verdictOf('better').word, breakerOf('half-open').word]).toEqual(['Rolled back', 'paused', 'Better', 'Breaker on probation']);
  });
});

describe('words of the API', () => {
  it('become sentences', () => {
    expect([sentence('runs took longer'), sentence('It ended.'), sentence(' ')]).toEqual(['Runs took longer.', 'It ended.', '']);
  });
});
