import { describe, expect, it } from '@jest/globals';
import { showAmount, showNumber, showShare } from './amount.js';
import { drawSparkline } from './sparkline.js';
import { wrap } from './wrap.js';

describe('amounts', () => {
  it.each([
    [247_000, 'ms', '4m 7s'],
    [1.5, 's', '1.5s'],
    [512e6, 'By', '512 MB'],
    [0.0123, 'USD', '$0.0123'],
    [1_200, '{token}', '1200 tokens'],
    [0.95, '1', '0.95'],
    [3, null, '3'],
    [null, 'ms', ''],
    [NaN, 'ms', ''],
  ])('%p %p is %p', (value, unit, expected) => {
    expect(showAmount(value, unit)).toBe(expected);
  });

  it('keep the digits that count', () => {
    expect([3.398, 12.34, 1_234.5, 0].map(showNumber)).toEqual(['3.4', '12.3', '1235', '0']);
  });
});

describe('shares', () => {
  it('are never all or nothing when they are not', () => {
    expect([1, 0.9999, 0.991, 0.5, 0.0002, 0, null].map(showShare)).toEqual(['100 %', '>99.9 %', '99.1 %', '50 %', '<0.1 %', '0 %', '']);
  });
});

describe('a sparkline', () => {
  it('runs from the least to the greatest, with dots for what is not known', () => {
    expect(drawSparkline([10, null, 45, 80])).toBe('▁·▅█');
  });

  it('is level for what is always the same, and empty for nothing', () => {
    expect([drawSparkline([5, 5]), drawSparkline([])]).toEqual(['▄▄', '']);
  });
});

describe('broken lines', () => {
  it('stay within the width, but for words that cannot', () => {
    expect(wrap('one two threeeeeeeeee four', 10, '  ')).toEqual(['  one two', '  threeeeeeeeee', '  four']);
  });
});
