import { describe, expect, it } from '@jest/globals';
import { Breaker } from './breaker.js';

function record(breaker: Breaker, outcomes: readonly ('good' | 'bad')[]): void {
  for (const outcome of outcomes) {
    if (outcome === 'good') breaker.recordGood(1);
    else breaker.recordBad();
  }
}

const repeat = <Entry>(entries: readonly Entry[], count: number): Entry[] => Array.from({ length: count }, () => entries).flat();

describe('breaker', () => {
  it('opens at the 1,000th bad record in a row', () => {
    const breaker = new Breaker();
    record(breaker, repeat(['bad'], 999));
    expect(breaker.reason).toBeUndefined();
    record(breaker, ['good', ...repeat<'bad'>(['bad'], 999)]);
    expect(breaker.reason).toBeUndefined();
    record(breaker, ['bad']);

    expect(breaker.reason).toBe('1000 records in a row went to the dead letters');
  });

  it('opens when more than half of the last 5,000 are bad, and not before 5,000 were seen', () => {
    const breaker = new Breaker();
    record(breaker, repeat(['bad', 'bad', 'good'], 1_666));
    expect(breaker.reason).toBeUndefined();
    record(breaker, ['bad', 'bad']);

    expect(breaker.reason).toMatch(/^33\d\d of the last 5000 records/);
  });

  it('stays closed at a half, for as long as it goes on', () => {
    const breaker = new Breaker();
    record(breaker, repeat(['good', 'bad'], 20_000));

    expect(breaker.reason).toBeUndefined();
  });

  it('forgets what is longer ago', () => {
    const breaker = new Breaker();
    record(breaker, repeat(['bad', 'bad', 'good'], 1_000));
    breaker.recordGood(10_000);
    record(breaker, repeat(['bad', 'good', 'good'], 5_000));

    expect(breaker.reason).toBeUndefined();
  });

  it('stays open', () => {
    const breaker = new Breaker();
    record(breaker, repeat(['bad'], 1_000));
    breaker.recordGood(10_000);

    expect(breaker.reason).toContain('1000 records');
  });
});
