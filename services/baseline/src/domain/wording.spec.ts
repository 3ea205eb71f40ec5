import { describe, expect, it } from '@jest/globals';
import { durationText, isoMinute, percentText, sizeText, trimmed } from './wording.js';

describe('wording', () => {
  it('says durations as people do', () => {
    expect([0, 850, 1500, 42_000, 247_000, 840_000, 7_500_000, 273_600_000].map(durationText)).toEqual(['0 ms', '850 ms', '1.5 s', '42 s', '4 min 7 s', '14 min', '2 h 5 min', '3 d 4 h']);
    expect(durationText(59_700)).toBe('1 min');
  });

  it('says sizes, shares and numbers shortly', () => {
    expect([0, 512, 1.5 * 2 ** 30, 2 ** 20].map(sizeText)).toEqual(['0 B', '512 B', '1.5 GiB', '1 MiB']);
    expect([percentText(0.5), percentText(0.987), trimmed(1234.5), trimmed(3.44)]).toEqual(['50 %', '98.7 %', '1235', '3.4']);
  });

  it('says times in UTC, with the day when it is another', () => {
    expect(isoMinute(Date.UTC(2026, 2, 2, 9, 40), Date.UTC(2026, 2, 2, 23))).toBe('09:40 UTC');
    expect(isoMinute(Date.UTC(2026, 2, 1, 9, 40), Date.UTC(2026, 2, 2, 23))).toBe('2026-03-01 09:40 UTC');
  });
});
