import { describe, expect, it } from '@jest/globals';
import { baselineWords, changeOfRatio, claimText, intervalText, toneOf, unbroken, winsText } from './change-words.js';

const shorter = { percent: -8.3, low: -8.7, high: -7.9, wins: 100 };
const unclear = { percent: -0.4, low: -1.1, high: 0.3, wins: 60 };
const undone = { percent: null, low: null, high: null, wins: 0 };
const compared = { measure: 'completion', baseline: 'tuned', place: 'TPC-H, batch of 20 jobs on 50 executors', sequences: 100 } as const;

describe('a claim', () => {
  it('names its baseline, its workload, its interval and its number of sequences', () => {
    expect(claimText(shorter, compared)).toBe('8.3 % shorter mean completion time than the tuned heuristic on TPC-H, batch of 20 jobs on 50 executors, 95 % interval 7.9 to 8.7 %, n = 100');
    expect(claimText({ percent: 13.1, low: 12, high: 14.2, wins: 0 }, { ...compared, measure: 'executorSeconds', baseline: 'fair' })).toBe(
      '13.1 % more executor-seconds than fair shares on TPC-H, batch of 20 jobs on 50 executors, 95 % interval 12.0 to 14.2 %, n = 100',
    );
  });

  it('is none where chance could be the cause', () => {
    expect(claimText(unclear, compared)).toMatch(/^No clear difference in mean completion time to the tuned heuristic on TPC-H, .*: 0\.4 % shorter, 95 % interval 1\.1 % shorter to 0\.3 % longer, n = 100$/);
  });

  it('does not hide jobs that were left undone, nor that there is no interval', () => {
    expect(claimText(undone, compared)).toBe('Jobs left undone, unlike under the tuned heuristic on TPC-H, batch of 20 jobs on 50 executors, n = 100');
    expect(claimText({ ...shorter, low: null }, compared)).toContain('without an interval');
  });

  it('is coloured by what it shows, and only where that is clear', () => {
    expect([shorter, unclear, undone, { ...shorter, percent: 3, low: 1, high: 5 }].map(toneOf)).toEqual(['good', 'calm', 'bad', 'bad']);
  });
});

describe('words about changes', () => {
  it('keep names that they do not know', () => {
    expect(['fifo', 'learned-3', 'constructor'].map(baselineWords)).toEqual(['first in, first out', 'learned-3', 'constructor']);
  });

  it('tell ratios as changes', () => {
    const change = changeOfRatio({ ratio: 0.939, low: 0.91, high: 0.97 });
    expect(change.percent).toBeCloseTo(-6.1, 9);
    expect(intervalText(change, 'completion')).toBe('3.0 to 9.0 %');
    expect(changeOfRatio({ ratio: Infinity, low: 1, high: Infinity }).percent).toBeNull();
  });

  it('keep figures and their signs on one line', () => {
    expect(unbroken('8.3 % shorter, one every 12 s on 50 executors, n = 100')).toBe('8.3\u00a0% shorter, one every 12\u00a0s on 50 executors, n\u00a0=\u00a0100');
  });

  it('count wins where somebody did', () => {
    expect([winsText(shorter, 100), winsText({ ...shorter, wins: null }, 100), winsText(shorter, null)]).toEqual(['better in 100 of 100 sequences', '', '']);
  });
});
