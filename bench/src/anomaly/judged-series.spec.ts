import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { costProfiles, type CostProfile } from './cost-profile.js';
import { bestThreshold, corpusScore, judge, probationRows, rawScore, scaledSigmoid } from './judged-series.js';

const [standard, lowFalsePositives, lowFalseNegatives] = costProfiles as [CostProfile, CostProfile, CostProfile];

/** 200 rows: 30 of probation, a window of 21 rows at 100. */
const windows = [{ first: 100, last: 120 }];

function scoredWith(alarms: Readonly<Record<number, number>>, rows = 200): number[] {
  return Array.from({ length: rows }, (_, index) => alarms[index] ?? 0);
}

const rawOf = (alarms: Readonly<Record<number, number>>, profile = standard): number => rawScore(judge(scoredWith(alarms), windows), profile, 0.5);

describe('judged series', () => {
  it('keeps 15 % for probation, at most 750 rows', () => {
    expect([100, 4032, 5000, 22_695].map(probationRows)).toEqual([15, 604, 750, 750]);
  });

  it('weighs places by the published curve', () => {
    // Values of 2 / (1 + e^(5 y)) - 1, to nine digits.
    expect(scaledSigmoid(-1)).toBeCloseTo(0.986614298, 9);
    expect(scaledSigmoid(-0.5)).toBeCloseTo(0.84828364, 8);
    expect(scaledSigmoid(0)).toBe(0);
    expect(scaledSigmoid(1)).toBeCloseTo(-0.986614298, 9);
    expect(scaledSigmoid(3)).toBeCloseTo(-0.999999388, 9);
    expect(scaledSigmoid(3.01)).toBe(-1);
  });

  it('gives the full weight for the first row of a window and less for later ones', () => {
    expect(rawOf({ 100: 1 })).toBeCloseTo(1, 12);
    // Row 110 is the middle: position -(120 - 110 + 1) / 21.
    expect(rawOf({ 110: 1 })).toBeCloseTo((2 / (1 + Math.exp((-5 * 11) / 21)) - 1) / 0.986614298, 8);
    expect(rawOf({ 120: 1 })).toBeCloseTo((2 / (1 + Math.exp(-5 / 21)) - 1) / 0.986614298, 8);
  });

  it('counts the first alarm of a window and no other', () => {
    expect(rawOf({ 105: 0.7, 106: 0.9, 118: 1 })).toBe(rawOf({ 105: 0.7 }));
  });

  it('charges a missed window by the profile', () => {
    expect([standard, lowFalsePositives, lowFalseNegatives].map((profile) => rawOf({}, profile))).toEqual([-1, -1, -2]);
  });

  it('charges every false alarm: in full before the first window, less just after one', () => {
    expect(rawOf({ 50: 1, 51: 1 })).toBeCloseTo(-1 - 2 * 0.11, 12);
    expect(rawOf({ 50: 1 }, lowFalsePositives)).toBeCloseTo(-1.22, 12);
    // Row 121 lies 1 / 20 of the window's width behind it.
    expect(rawOf({ 121: 1 })).toBeCloseTo(-1 + 0.11 * (2 / (1 + Math.exp(5 / 20)) - 1), 12);
    expect(rawOf({ 199: 1 })).toBeCloseTo(-1.11, 12);
  });

  it('ignores alarms in the probation', () => {
    expect(rawOf({ 0: 1, 29: 1 })).toBe(-1);
    expect(rawOf({ 30: 1 })).toBeCloseTo(-1.11, 12);
  });

  it('takes a score equal to the threshold for an alarm', () => {
    expect(rawOf({ 100: 0.5 })).toBeCloseTo(1, 12);
  });

  it('puts the silent detector at 0 and the perfect one at 100 in every profile', () => {
    const silent = [judge(scoredWith({}), windows), judge(scoredWith({}), [])];
    const perfect = [judge(scoredWith({ 100: 1 }), windows), judge(scoredWith({}), [])];

    for (const profile of costProfiles) {
      expect(corpusScore(silent, profile, 0.5)).toBe(0);
      expect(corpusScore(perfect, profile, 0.5)).toBeCloseTo(100, 10);
    }
  });

  it('finds the threshold that no other beats', () => {
    const score = fc.integer({ min: 0, max: 10 }).map((tenths) => tenths / 10);
    fc.assert(
      fc.property(fc.array(score, { minLength: 200, maxLength: 200 }), fc.array(score, { minLength: 200, maxLength: 200 }), fc.constantFrom(...costProfiles), (one, other, profile) => {
        const corpus = [judge(one, windows), judge(other, [{ first: 60, last: 70 }, { first: 150, last: 169 }])];

        const best = bestThreshold(corpus, profile);

        expect(best.score).toBeCloseTo(corpusScore(corpus, profile, best.threshold), 9);
        for (let tenths = 0; tenths <= 11; tenths += 1) expect(best.score).toBeGreaterThanOrEqual(corpusScore(corpus, profile, tenths / 10) - 1e-9);
      }),
      { numRuns: 50 },
    );
  });
});
