import { describe, expect, it } from '@jest/globals';
import { seededRandom, type Random } from '@orrery/stats';
import fc from 'fast-check';
import { conformityScore, createConformalState, observeScore, parseConformalState, widen, wideningOf, type ConformalState } from './conformal-state.js';

// Streams 10 % quantile, centre and 90 % quantile of a standard normal as the interval that is given, whatever the truth does.
const given = { lower: -1.2816, centre: 0, upper: 1.2816 };

function coverageOf(truthAt: (index: number, random: Random) => number, { length, seed, from = 0 }: { length: number; seed: number; from?: number }): number {
  const random = seededRandom(seed);
  let state = createConformalState();
  let held = 0;
  for (let index = 0; index < length; index++) {
    const truth = truthAt(index, random);
    const { lower, upper } = widen(state, given);
    if (index >= from && truth >= lower && truth <= upper) held++;
    state = observeScore(state, conformityScore(given, truth));
  }
  return held / (length - from);
}

describe('conformal intervals', () => {
  const streams: [string, (index: number, random: Random) => number][] = [
    ['intervals that are right', (_, random) => random.normal()],
    ['intervals four times too narrow', (_, random) => 4 * random.normal()],
    ['intervals four times too wide', (_, random) => random.normal() / 4],
    ['a spread that doubles half way', (index, random) => (index < 500 ? 1 : 2) * random.normal()],
    ['a spread that grows all the time', (index, random) => (1 + index / 200) * random.normal()],
    ['a centre that drifts away', (index, random) => index / 250 + random.normal()],
    ['heavy tails', (_, random) => random.normal() / Math.max(0.05, Math.abs(random.normal()))],
    ['spells of calm and of noise', (index, random) => (Math.floor(index / 120) % 2 === 0 ? 1 : 3) * random.normal()],
  ];

  it.each(streams)('cover 75-85 %% for %s', (_, truthAt) => {
    for (const seed of [1, 2, 3]) {
      const coverage = coverageOf(truthAt, { length: 1000, seed });

      expect(coverage).toBeGreaterThanOrEqual(0.75);
      expect(coverage).toBeLessThanOrEqual(0.85);
    }
  });

  it('cover 75-85 % again soon after the spread has changed fivefold', () => {
    const coverage = coverageOf((index, random) => (index < 400 ? 1 : 5) * random.normal(), { length: 800, seed: 4, from: 440 });

    expect(coverage).toBeGreaterThanOrEqual(0.75);
    expect(coverage).toBeLessThanOrEqual(0.85);
  });

  it('are left about as they are while there is no evidence', () => {
    expect(wideningOf(createConformalState())).toBeCloseTo(1, 0);
  });

  it('hold their order around the centre, finite for any scores', () => {
    const scores = fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), { maxLength: 300 });
    const halves = fc.tuple(fc.double({ min: 0, max: 1e6, noNaN: true }), fc.double({ min: 0, max: 1e6, noNaN: true }));

    fc.assert(
      fc.property(scores, halves, (all, [below, above]) => {
        const state = all.reduce(observeScore, createConformalState());
        const { lower, centre, upper } = widen(state, { lower: 5 - below, centre: 5, upper: 5 + above });

        expect(lower).toBeLessThanOrEqual(centre);
        expect(upper).toBeGreaterThanOrEqual(centre);
        expect(Number.isFinite(lower) && Number.isFinite(upper)).toBe(true);
        expect(state.scores.length).toBeLessThanOrEqual(128);
      }),
      { numRuns: 40 },
    );
  });

  it('do not depend on the unit of ratios', () => {
    const state = [3, 0.2, 5, 1].reduce(observeScore, createConformalState());
    const one = widen(state, { lower: 5, centre: 10, upper: 30 }, 'ratio');
    const other = widen(state, { lower: 5000, centre: 10_000, upper: 30_000 }, 'ratio');

    expect(other.lower / one.lower).toBeCloseTo(1000, 6);
    expect(other.upper / one.upper).toBeCloseTo(1000, 6);
    expect(one.lower).toBeGreaterThan(0);
    expect(conformityScore({ lower: 5, centre: 10, upper: 30 }, 90, 'ratio')).toBeCloseTo(2, 9);
  });

  it('survive JSON', () => {
    const state: ConformalState = [3, 0.2].reduce(observeScore, createConformalState(0.9));

    expect(parseConformalState(JSON.parse(JSON.stringify(state)))).toEqual(state);
    expect(() => parseConformalState({ coverage: 0.8 })).toThrow('holds coverage');
    expect(() => parseConformalState(null)).toThrow('holds coverage');
  });

  it('refuse what is not a number', () => {
    expect(() => observeScore(createConformalState(), Number.NaN)).toThrow('zero or more');
    expect(() => conformityScore(given, Number.NaN)).toThrow('finite');
    expect(() => conformityScore({ lower: 1, centre: 2, upper: 3 }, 0, 'ratio')).toThrow('above zero');
    expect(() => createConformalState(1)).toThrow('between 0 and 1');
  });
});
