import { describe, expect, it } from '@jest/globals';
import { instantText } from '../parts/instant.js';
import { atSecond } from '../testing/task-builder.js';
import { anAnomaly } from '../testing/anomaly-builder.js';
import { amountText, figuresOf, standingText } from './anomaly-words.js';

describe('amountText', () => {
  it.each([
    [247_000, 'ms', '4 min 07 s'],
    [90, 's', '1 min 30 s'],
    [1.5 * 2 ** 30, 'By', '1.5 GiB'],
    [0.42, 'USD', '$0.42'],
    [1, '{token}', '1 token'],
    [12_345, '{token}', '12,345 tokens'],
    [0.98765, '1', '0.988'],
    [1234.5, null, '1,235'],
    [0, '1', '0'],
  ])('puts %p in %p as %p', (value, unit, expected) => {
    expect(amountText(value, unit)).toBe(expected);
  });

  it.each([null, NaN, Infinity])('knows nothing of %p', (value) => {
    expect(amountText(value, 'ms')).toBeNull();
  });
});

describe('figuresOf', () => {
  it('sets expected against actual', () => {
    expect(figuresOf(anAnomaly('build', { count: 3 }))).toEqual([['Expected', '4 min 07 s'], ['Actual', '14 min 00 s'], ['Deviation', '6.2'], ['Seen', '3 times']]);
  });

  it('takes a start for a moment and a share for one', () => {
    expect(figuresOf(anAnomaly('nightly', { type: 'missed_start', expected: Date.parse(atSecond(0)), actual: null, deviation: null }))).toEqual([['Expected', instantText(atSecond(0))], ['Seen', '1 time']]);
    expect(figuresOf(anAnomaly('test', { type: 'flaky', unit: '1', expected: 0, actual: 0.677, deviation: null })).slice(0, 2)).toEqual([['Expected', '0 %'], ['Actual', '67.7 %']]);
  });

  it('leaves out what is not known', () => {
    expect(figuresOf(anAnomaly('build', { expected: null, actual: null, deviation: null }))).toEqual([['Seen', '1 time']]);
  });
});

describe('standingText', () => {
  const resolution = { kind: 'false_positive', at: null, by: 'anna', note: null };

  const nowMs = Date.parse(atSecond(120));

  it('says nothing of what nobody has dealt with', () => {
    expect(standingText(anAnomaly('a'), nowMs)).toBeNull();
  });

  it('says who did what', () => {
    expect(standingText(anAnomaly('a', { status: 'acknowledged', acknowledged_by: 'team-a', acknowledged_at: atSecond(0) }), nowMs)).toBe('Acknowledged by team-a, 2 minutes ago');
    expect(standingText(anAnomaly('a', { status: 'resolved', resolution }), nowMs)).toBe('Called a false positive by anna');
    expect(standingText(anAnomaly('a', { status: 'resolved', resolution: { ...resolution, kind: 'normal_returned', by: '' } }), nowMs)).toBe('Resolved: normal returned');
  });

  it('names nobody where nobody has a name', () => {
    expect(standingText(anAnomaly('a', { status: 'acknowledged', acknowledged_by: 'default' }), nowMs)).toBe('Acknowledged');
  });

  it('does not fail on a kind that it does not know', () => {
    expect(standingText(anAnomaly('a', { status: 'resolved', resolution: { ...resolution, kind: 'constructor' } }), nowMs)).toBe('Resolved by anna');
  });
});
